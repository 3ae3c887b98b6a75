"""Commands for users: list, show, create, suspend, export and erase them, and change roles."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select

from models import User, UserSession, UserStatus, reading
from models.base import db
from models.errors import NotFoundError
from models.personal import Person
from models.personal_data import export
from models.user import matching_users, open_sessions
from state_machines.actions import manage_users
from state_machines.actions.erase_user import request_erasure
from state_machines.durable.operations.expected_version import require_moves
from web.commands import listing, output
from web.commands.auditing import audited, cli_errors
from web.commands.input_types import email_argument
from web.commands.timeline import print_with_sections

group = click.Group("users", help="Users, their roles and their personal data.")

ROLES = click.Choice(["admin", "staff"])
STATUSES = click.Choice([status.value for status in UserStatus])
FIELDS = ("id", "email", "username", "status", "roles", "created_at")
DETAILS = (*FIELDS, "first_name", "last_name", "phone_number", "updated_at")
SESSION = ("id", "user_agent", "ip_address", "created_at", "expires_at")


@group.command("list")
@click.option("--q", help="Filter by a part of the address or name.")
@click.option("--role", type=ROLES, help="Filter by role.")
@click.option("--status", type=STATUSES, help="Filter by status.")
@listing.limit_option
@output.json_option
def show_list(
    q: str | None, role: str | None, status: str | None, limit: int, *, as_json: bool
) -> None:
    """List users, newest first."""
    known_status = None if status is None else UserStatus(status)
    conditions = matching_users(q=q, role=role, status=known_status)
    users = listing.newest(User, limit, *conditions)
    output.print_rows((listing.as_row(user, FIELDS) for user in users), as_json=as_json)


@group.command("show")
@email_argument
@output.json_option
def show(email: str, *, as_json: bool) -> None:
    """Show a user and their open sessions."""
    with cli_errors(), reading():
        user = _load(email)
        query = select(UserSession).where(*open_sessions(user.id))
        rows = db.session.scalars(query.order_by(UserSession.id))
        sections = {"sessions": [listing.as_row(row, SESSION) for row in rows]}
    print_with_sections(listing.as_row(user, DETAILS), sections, as_json=as_json)


@group.command("create")
@email_argument
@click.option("--role", "roles", type=ROLES, multiple=True, help="A role; may be repeated.")
@output.json_option
def create(email: str, roles: tuple[str, ...], *, as_json: bool) -> None:
    """Create a user, who signs in with this address."""
    initial_roles = sorted(set(roles))
    with audited("users create", email, roles=initial_roles):
        user = manage_users.create(email, initial_roles)
    _print_user(user, "is created", as_json=as_json)


@group.command("grant")
@email_argument
@click.argument("role", type=ROLES)
@output.json_option
def grant(email: str, role: str, *, as_json: bool) -> None:
    """Give a user a role. It takes effect at once, also in open sessions."""
    user = _read(email)
    if role in user.roles:
        _print_user(user, f"is {role} already", as_json=as_json)
        return
    with audited("users grant", email, role=role):
        user = _lock(email)
        manage_users.grant(user, role)
    _print_user(user, f"is {role}", as_json=as_json)


@group.command("revoke")
@email_argument
@click.argument("role", type=ROLES)
@output.json_option
def revoke(email: str, role: str, *, as_json: bool) -> None:
    """Remove a role from a user. It takes effect at once, also in open sessions."""
    user = _read(email)
    if role not in user.roles:
        _print_user(user, f"is not {role}", as_json=as_json)
        return
    with audited("users revoke", email, role=role):
        user = _lock(email)
        manage_users.revoke(user, role)
    _print_user(user, f"is no longer {role}", as_json=as_json)


@group.command("suspend")
@email_argument
@click.option("--reason", help="The reason, recorded in the audit.")
@output.json_option
def suspend(email: str, reason: str | None, *, as_json: bool) -> None:
    """End a user's sessions, and refuse sign-ins and new orders. Placed orders continue."""
    user = _read(email)
    if user.status == UserStatus.SUSPENDED:
        _print_user(user, "is suspended already", as_json=as_json)
        return
    with audited("users suspend", email, reason=reason):
        user = _lock(email)
        manage_users.suspend(user)
    _print_user(user, "is suspended and signed out everywhere", as_json=as_json)


@group.command("restore")
@email_argument
@output.json_option
def restore(email: str, *, as_json: bool) -> None:
    """Let a suspended user sign in again."""
    user = _read(email)
    if user.status == UserStatus.ACTIVE:
        _print_user(user, "is active already", as_json=as_json)
        return
    with audited("users restore", email):
        user = _lock(email)
        manage_users.restore(user)
    _print_user(user, "can sign in again", as_json=as_json)


@group.command("export")
@email_argument
@output.json_option
def export_data(email: str, *, as_json: bool) -> None:  # noqa: ARG001  the output is always JSON
    """Print all personal data of a user as JSON. Amounts are in minor units."""
    with cli_errors(), reading():
        user = _load(email)
        data = export(Person(user.id, user.email))
    click.echo(json.dumps(data, default=str, indent=2))


@group.command("erase")
@email_argument
@click.option("--reason", help="The reason, recorded in the audit until the data is erased.")
@output.json_option
def erase(email: str, reason: str | None, *, as_json: bool) -> None:
    """Delete a user's account and erase the personal data, or retry an erasure that failed.

    Refused while an order, a refund or a dispute is open. Amounts stay for accounting.
    """
    with audited("users erase", email, reason=reason):
        erasure = request_erasure(_lock(email))
        require_moves()
    sentence = f"the data of {email} is being erased ({erasure.id})"
    output.print_result(sentence, as_json=as_json, id=erasure.id, state=erasure.state)


def _load(email: str) -> User:
    """Load the user with this address. Raises NotFoundError when there is none."""
    with _naming(email):
        return manage_users.find(User.email == email)


def _lock(email: str) -> User:
    """Lock the user with this address. Raises NotFoundError when there is none."""
    with _naming(email):
        return manage_users.lock(User.email == email)


@contextmanager
def _naming(email: str) -> Iterator[None]:
    """Name the address in the error about a missing user."""
    try:
        yield
    except NotFoundError as error:
        raise NotFoundError(f"There is no user {email}") from error


def _read(email: str) -> User:
    """Load a user in a transaction of its own. Raises click.ClickException when there is none."""
    with cli_errors(), reading():
        return _load(email)


def _print_user(user: User, predicate: str, *, as_json: bool) -> None:
    fields = listing.as_row(user, FIELDS)
    output.print_result(f"{user.email} {predicate}", as_json=as_json, **fields)
