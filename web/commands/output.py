"""How commands answer: lines for people, JSON for programs, and an exit status for scripts.

What people and other systems wrote is escaped: no customer's text moves an operator's cursor.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from models.printable import escape

F = TypeVar("F", bound=Callable[..., Any])

as_json: Callable[[F], F] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def show(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    """Print rows as a table, or as a JSON array."""
    found = list(rows)
    if as_json:
        click.echo(json.dumps(found, default=str, indent=2))
    elif found:
        table([list(found[0]), *([_cell(value) for value in row.values()] for row in found)])


def table(lines: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def record(fields: dict[str, Any]) -> None:
    """Print one thing, a field a line."""
    table([[name, _cell(value)] for name, value in fields.items()])


def done(sentence: str, *, as_json: bool, **fields: Any) -> None:
    """Say what was done: a sentence, or the fields that a program needs."""
    click.echo(json.dumps(fields, default=str, indent=2) if as_json else escape(sentence))


def _cell(value: Any) -> str:
    return "-" if value is None else escape(str(value))
