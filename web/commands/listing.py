"""Options, queries and output shared by the commands `list` and `show`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy import ColumnElement, select

from models import reading
from models.base import db
from web.commands import output

F = TypeVar("F", bound=Callable[..., Any])

limit_option: Callable[[F], F] = click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="Maximum number of rows, newest first.",
)


def state_option(states: Iterable[str], text: str = "Filter by state.") -> Callable[[F], F]:
    """Return the option --state, limited to `states`, with `text` as its help."""
    choice = click.Choice([str(state) for state in states])
    return click.option("--state", type=choice, help=text)


def equals(row: type[Any], **values: object) -> list[ColumnElement[bool]]:
    """Return one condition for each column whose value is not None."""
    return [getattr(row, name) == value for name, value in values.items() if value is not None]


def newest(
    row: type[Any], number: int, *conditions: ColumnElement[bool], options: Sequence[Any] = ()
) -> Sequence[Any]:
    """Load up to `number` matching rows, newest first. Their ids sort by creation time."""
    query = select(row).where(*conditions).order_by(row.id.desc()).limit(number)
    with reading():
        return db.session.scalars(query.options(*options)).unique().all()


def load(row: type[Any], key: UUID, noun: str) -> Any:
    """Load the row with this id. Raises click.ClickException when there is none."""
    with reading():
        instance = db.session.get(row, key)
    if instance is None:
        raise click.ClickException(f"There is no {noun} {key}")
    return instance


def as_row(instance: Any, fields: Iterable[str]) -> dict[str, Any]:
    """Return the named fields of a model instance as a dict."""
    return {name: getattr(instance, name) for name in fields}


def print_row(instance: Any, fields: Iterable[str], *, as_json: bool) -> None:
    """Print the named fields of a model instance, one on each line."""
    if as_json:
        output.print_rows([as_row(instance, fields)], as_json=True)
    else:
        output.print_record(as_row(instance, fields))
