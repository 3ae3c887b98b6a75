"""Output of commands: tables for people, JSON for programs.

Control characters in texts of customers and providers are escaped, so that they cannot move the
terminal's cursor.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from models.printable import escape

F = TypeVar("F", bound=Callable[..., Any])

json_option: Callable[[F], F] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_rows(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    """Print rows as a table, or as a JSON array."""
    lines = list(rows)
    if as_json:
        click.echo(json.dumps(lines, default=str, indent=2))
    elif lines:
        header = list(lines[0])
        print_table([header, *([_format_cell(value) for value in line.values()] for line in lines)])


def print_table(lines: list[list[str]]) -> None:
    """Print lines of cells in aligned columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def print_record(fields: dict[str, Any]) -> None:
    """Print the fields of one object, one on each line."""
    print_table([[name, _format_cell(value)] for name, value in fields.items()])


def print_result(sentence: str, *, as_json: bool, **fields: Any) -> None:
    """Print the result of a command: the sentence for people, or the fields as JSON."""
    click.echo(json.dumps(fields, default=str, indent=2) if as_json else escape(sentence))


def _format_cell(value: Any) -> str:
    return "-" if value is None else escape(str(value))
