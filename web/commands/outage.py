"""Errors of PostgreSQL in commands, shown as a sentence instead of a traceback."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy import exc

from models.base import is_unknown_state
from models.printable import escape


def explain_outages(command: click.Command) -> None:
    """Make a command and its subcommands report errors of PostgreSQL in a sentence."""
    for sub in command.commands.values() if isinstance(command, click.Group) else ():
        explain_outages(sub)
    if command.callback is not None and not hasattr(command.callback, "__wrapped__"):
        command.callback = _explain_errors(command.callback)


def _explain_errors(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return callback(*arguments, **options)
        except (exc.OperationalError, exc.TimeoutError) as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise click.ClickException(f"PostgreSQL error: {escape(reason)}") from error
        except LookupError as error:
            if not is_unknown_state(error):
                raise
            sentence = "a row is in a state that this version of the code does not know"
            raise click.ClickException(f"{sentence}: see machines stranded") from error

    return call
