"""Rows of one kind, newest first: what the commands called `list` and `show` have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy import ColumnElement, select

from models import reading
from models.base import db
from web.commands import output

F = TypeVar("F", bound=Callable[..., Any])

limit: Callable[[F], F] = click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="How many, newest first.",
)


def state(states: Iterable[str]) -> Callable[[F], F]:
    """The option --state, which takes one of `states`."""
    choice = click.Choice([str(one) for one in states])
    return click.option("--state", type=choice, help="Only those in this state.")


def newest(
    row: type[Any], number: int, *conditions: ColumnElement[bool], options: Sequence[Any] = ()
) -> Sequence[Any]:
    """The newest rows under `conditions`; their ids sort by time."""
    query = select(row).where(*conditions).order_by(row.id.desc()).limit(number)
    with reading():
        return db.session.scalars(query.options(*options)).unique().all()


def one(row: type[Any], key: UUID, noun: str) -> Any:
    """The row with this id. Raises click.ClickException when there is none."""
    with reading():
        found = db.session.get(row, key)
    if found is None:
        raise click.ClickException(f"there is no {noun} {key}")
    return found


def told(row: Any, fields: Iterable[str]) -> dict[str, Any]:
    """Some fields of a row."""
    return {name: getattr(row, name) for name in fields}


def show(row: Any, fields: Iterable[str], *, as_json: bool) -> None:
    """Print one row, a field a line."""
    if as_json:
        output.show([told(row, fields)], as_json=True)
    else:
        output.record(told(row, fields))
