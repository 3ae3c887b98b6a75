"""Errors of PostgreSQL in commands, shown as a sentence instead of a traceback."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy import exc

from models.base import is_unknown_state
from models.failures import code_of
from models.printable import escape

# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
INSUFFICIENT_PRIVILEGE_CODE = "42501"


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
        except Exception as error:
            sentence = explain(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error

    return call


def explain(error: Exception) -> str | None:
    """Return the sentence for an error of PostgreSQL or of its rows; None for a fault of ours."""
    is_denied = code_of(error) == INSUFFICIENT_PRIVILEGE_CODE
    if is_denied or isinstance(error, exc.OperationalError | exc.TimeoutError):
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        return f"PostgreSQL error: {escape(reason)}"
    if is_unknown_state(error):
        return (
            "a row is in a state that this version of the code does not know: see machines stranded"
        )
    return None
