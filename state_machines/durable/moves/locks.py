"""The statements that lock executions.

They are made once: making one takes as long as executing it.
"""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import lazyload

Model = type[Any]


@cache
def of_roots(root: Model, child: Model | None, key: str, *, skip_locked: bool) -> Select[Any]:
    """Return the statement that locks and reads executions with `ids`, or the parents of children.

    `key` is the column of a child that has the id of its parent.
    """
    ids: Any = bindparam("ids", expanding=True)
    root_ids = ids if child is None else select(getattr(child, key)).where(child.id.in_(ids))
    return (
        select(root)
        .where(root.id.in_(root_ids))
        .order_by(root.id)
        .with_for_update(key_share=True, skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )


@cache
def of_children(child: Model, key: str) -> Select[Any]:
    """Return the statement that reads the executions with `ids` below locked `parents`."""
    return (
        select(child)
        .where(
            child.id.in_(bindparam("ids", expanding=True)),
            getattr(child, key).in_(bindparam("parents", expanding=True)),
        )
        .order_by(child.id)
        # The parents are already loaded.
        .options(lazyload("*"))
        .execution_options(populate_existing=True)
    )
