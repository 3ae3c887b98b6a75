"""What operators type, judged in one place before any command sees it: text without characters that
nobody sees, whole numbers that the database can hold, paths that a system can have.
"""

from typing import Any

import click

from models.typed_text import clean_line

HOLDS = click.IntRange(-(2**31), 2**31 - 1)


class Text(click.ParamType[str]):
    """One line, normalised; not an empty one where a text is required."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            line = clean_line(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        if param is not None and param.required and not line:
            self.fail("must not be empty", param, ctx)
        return line


class Path(click.Path):
    """A path, or an error of the command's use where no file can have it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except ValueError:
            self.fail("no file can be called so", param, ctx)


def judge_input(command: click.Command) -> None:
    """Have every parameter of the command, and of those under it, judged."""
    for sub in command.commands.values() if isinstance(command, click.Group) else ():
        judge_input(sub)
    for param in command.params:
        if param.type is click.STRING:
            param.type = Text()
        elif param.type is click.INT:
            param.type = HOLDS
        elif type(param.type) is click.Path:
            param.type.__class__ = Path
