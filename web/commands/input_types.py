"""Types of command-line input: text, addresses, integers that fit a column, paths, durations."""

import re
from datetime import timedelta
from typing import Any

import click

from models.typed_text import clean_line
from web.schemas.admin.age import AGE, read_age
from web.schemas.base import normal_address

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


class EmailAddress(click.ParamType[str]):
    """An email address, normalised as in requests."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return normal_address(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


email_argument = click.argument("email", type=EmailAddress())


class Duration(click.ParamType[timedelta]):
    """A length of time: a number with a unit, such as 90s, 15m, 2h or 3d."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if not re.fullmatch(AGE, str(value)):
            self.fail(f"{value!r} is not a number with s, m, h or d, such as 15m", param, ctx)
        return read_age(str(value))


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
