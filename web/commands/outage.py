"""Commands without their database: a sentence, where there would be a traceback."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy import exc

from models.printable import escape


def explain_outages(command: click.Command) -> None:
    """Have the command, and those under it, say in a sentence what PostgreSQL did not do."""
    for sub in command.commands.values() if isinstance(command, click.Group) else ():
        explain_outages(sub)
    if command.callback is not None and not hasattr(command.callback, "__wrapped__"):
        command.callback = _explaining(command.callback)


def _explaining(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return callback(*arguments, **options)
        except (exc.OperationalError, exc.TimeoutError) as error:
            words = " ".join(str(getattr(error, "orig", None) or error).split())
            raise click.ClickException(f"PostgreSQL did not do it: {escape(words)}") from error

    return call
