"""Errors of PostgreSQL and of the output, shown by commands in a sentence without a traceback."""

import errno
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
# A full disk, a quota, a device that fails. click itself knows a pipe that nobody reads.
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def explain_outages(command: click.Command) -> None:
    """Make a command and its subcommands report errors in a sentence."""
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
    """Return the sentence for an error of PostgreSQL, its rows or the output; else None."""
    is_denied = code_of(error) == INSUFFICIENT_PRIVILEGE_CODE
    if is_denied or isinstance(error, exc.OperationalError | exc.TimeoutError):
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        return f"PostgreSQL error: {escape(reason)}"
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        problem = f"the output cannot be written ({error.strerror})"
        return f"{problem}; `audit list` shows what was changed"
    if is_unknown_state(error):
        return (
            "a row is in a state that this version of the code does not know: see machines stranded"
        )
    return None
