"""Transactions of operators: attributed to a person in the history and recorded in the audit."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from config import settings
from models import transaction
from models.audit import audit
from models.base import db
from models.errors import InvalidInputError, ProjectXError
from models.printable import escape
from state_machines.durable import SignalRefusedError, caused_by
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.operations.expected_version import UnchangedError

NO_LOGIN_ACCOUNT = 2**32 - 1


@contextmanager
def audited(action: str, subject: object = None, **details: Any) -> Iterator[None]:
    """Run the block in one transaction and write one row into the audit.

    `action` is the command, such as "orders ship". Details that the block fills in are recorded,
    too. Raises click.ClickException when the change is refused; then nothing was changed. A block
    that raises UnchangedError is undone and leaves no row.
    """
    with suppress(UnchangedError), as_operator(action) as actor:
        try:
            yield
        except UnchangedError:
            # The rollback would expire the rows; detached, they can be printed as they were read.
            db.session.expunge_all()
            raise
        audit(actor, action, subject, **details)


@contextmanager
def as_operator(action: str) -> Iterator[str]:
    """Run a block that writes its own audit row in one transaction; yield the operator's name.

    Raises click.ClickException when the change is refused; then nothing was changed.
    """
    actor = operator_name()
    with cli_errors(), caused_by("command", action, actor=actor), transaction():
        yield actor


@contextmanager
def cli_errors() -> Iterator[None]:
    """Turn errors of the domain into one-line errors of the command line (exit status 1)."""
    try:
        yield
    except InvalidInputError as error:
        raise click.ClickException(escape(f"{error.field}: {error.message}")) from error
    except (ProjectXError, SignalRefusedError, OperationRefusedError) as error:
        raise click.ClickException(escape(str(error))) from error


def operator_name() -> str:
    """Return the operator's name: PROJECTX_OPERATOR together with the account of the system.

    Other environment variables, such as SUDO_USER, are not trusted. Raises click.ClickException in
    production when neither names a person.
    """
    account, name = os.getuid(), settings.projectx_operator
    login_account = _read_login_account()
    if login_account not in (None, account):
        machine = f"{_account_name(login_account)} as {_account_name(account)}"
    else:
        machine = _account_name(account)
    if name:
        return f"{name} ({machine})"
    if login_account is None and settings.projectx_env == "production":
        raise click.ClickException("Set PROJECTX_OPERATOR to your name: the audit records it")
    return machine


def _read_login_account() -> int | None:
    """Return the id of the account that signed in, also behind sudo. Only Linux records it.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_loginuid.5.html
    """
    try:
        number = int(Path("/proc/self/loginuid").read_text())
    except (OSError, ValueError):
        return None
    return None if number == NO_LOGIN_ACCOUNT else number


def _account_name(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        # A container may run under an id without a name.
        return f"uid {account}"
