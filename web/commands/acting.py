"""What an operator changes: one transaction, named in the history, kept in the audit."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from models import transaction
from models.audit import audit
from models.errors import InvalidInputError, ProjectXError
from state_machines.durable import SignalRefusedError, caused_by


@contextmanager
def acting(action: str, subject: object = None, **details: Any) -> Iterator[None]:
    """Do `action`, such as "orders ship", to `subject`, all of it or nothing.

    Raises click.ClickException where the rows do not allow it; then nothing was changed.
    """
    with changing(action) as actor:
        yield
        audit(actor, action, subject, **details)


@contextmanager
def changing(action: str) -> Iterator[str]:
    """Run an action that writes its own row into the audit, all of it or nothing.

    The block gets the name of the actor.

    Raises click.ClickException as `acting` does.
    """
    actor = operator()
    with said(), caused_by("command", action, actor=actor), transaction():
        yield actor


@contextmanager
def said() -> Iterator[None]:
    """Have what is wrong with an input, or with what it is for, told in a line (exit status 1)."""
    try:
        yield
    except InvalidInputError as wrong:
        raise click.ClickException(f"{wrong.field}: {wrong.message}") from wrong
    except (ProjectXError, SignalRefusedError) as refused:
        raise click.ClickException(str(refused)) from refused


def operator() -> str:
    """Who is at the keyboard, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return f"uid {os.getuid()}"
