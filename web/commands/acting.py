"""What an operator changes: one transaction, named in the history, kept in the audit."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from config import settings
from models import transaction
from models.audit import audit
from models.errors import InvalidInputError, ProjectXError
from models.printable import escape
from state_machines.durable import SignalRefusedError, caused_by

NOBODY_SIGNED_IN = 2**32 - 1


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
        raise click.ClickException(escape(f"{wrong.field}: {wrong.message}")) from wrong
    except (ProjectXError, SignalRefusedError) as refused:
        raise click.ClickException(escape(str(refused))) from refused


def operator() -> str:
    """Return the name of the operator: the one that PROJECTX_OPERATOR says, and the machine's
    account. No other variable of the environment is believed.

    Raises click.ClickException in production, where neither names a person.
    """
    account, name = os.getuid(), settings.projectx_operator
    person = _signed_in()
    if person not in (None, account):
        machine = f"{_name(person)} as {_name(account)}"
    else:
        machine = _name(account)
    if name:
        return f"{name} ({machine})"
    if person is None and settings.projectx_env == "production":
        raise click.ClickException("say who you are, in PROJECTX_OPERATOR: the audit keeps it")
    return machine


def _signed_in() -> int | None:
    """Return the number of the account that signed in, also behind sudo; only Linux keeps it.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_loginuid.5.html
    """
    try:
        number = int(Path("/proc/self/loginuid").read_text())
    except (OSError, ValueError):
        return None
    return None if number == NOBODY_SIGNED_IN else number


def _name(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        # A container may run under a number that has no name.
        return f"uid {account}"
