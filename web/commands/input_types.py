"""Types of command-line input: printable text, integers that fit a column, and possible paths."""

from typing import Any

import click

from models.typed_text import clean_line

DATABASE_INTEGER = click.IntRange(-(2**31), 2**31 - 1)


class Text(click.ParamType[str]):
    """One line of normalised text, not empty when the parameter is required."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            line = clean_line(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if param is not None and param.required and not line:
            self.fail("must not be empty", param, ctx)
        return line


class Path(click.Path):
    """A path, with a usage error for names that no file system allows."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except ValueError:
            self.fail("is not a valid file name", param, ctx)


def validate_input(command: click.Command) -> None:
    """Replace the general parameter types of a command and its subcommands by those of here."""
    for sub in command.commands.values() if isinstance(command, click.Group) else ():
        validate_input(sub)
    for param in command.params:
        if param.type is click.STRING:
            param.type = Text()
        elif param.type is click.INT:
            param.type = DATABASE_INTEGER
        elif type(param.type) is click.Path:
            param.type.__class__ = Path
