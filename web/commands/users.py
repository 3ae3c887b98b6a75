"""Commands for users: list, show, create, suspend, export and erase them, and change roles."""

import json
from typing import Any

import click
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models import User, UserSession, UserStatus, reading
from models.base import db
from models.clock import now
from models.errors import ConflictError, NotFoundError
from models.personal import Person
from models.personal_data import export
from state_machines.actions.erase_user import request_erasure
from web.commands import listing, output
from web.commands.auditing import audited, cli_errors
from web.commands.timeline import print_with_sections
from web.schemas.base import normal_address

group = click.Group("users", help="Users: list, show, create, roles, suspend, export, erase.")

ROLES = click.Choice(["admin", "staff"])
STATUSES = click.Choice([status.value for status in UserStatus])
FIELDS = ("id", "email", "username", "status", "roles", "created_at")
DETAILS = (*FIELDS, "first_name", "last_name", "phone_number", "updated_at")
SESSION = ("id", "user_agent", "ip_address", "created_at", "expires_at")


class EmailAddress(click.ParamType[str]):
    """An email address, normalised as in requests."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return normal_address(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


email_argument = click.argument("email", type=EmailAddress())


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
    conditions = listing.equals(User, status=status)
    if q is not None:
        columns = (User.email, User.username, User.first_name, User.last_name)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if role is not None:
        conditions.append(User.roles.contains([role]))
    users = listing.newest(User, limit, *conditions)
    output.print_rows((listing.as_row(user, FIELDS) for user in users), as_json=as_json)


@group.command("show")
@email_argument
@output.json_option
def show(email: str, *, as_json: bool) -> None:
    """Show a user and their open sessions."""
    with cli_errors(), reading():
        user = _load(email)
        open_sessions = select(UserSession).where(
            UserSession.user_id == user.id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now(),
        )
        rows = db.session.scalars(open_sessions.order_by(UserSession.id))
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
        inserted = db.session.execute(
            insert(User)
            .values(email=email, username=email.partition("@")[0], roles=initial_roles)
            .on_conflict_do_nothing(index_elements=["email"])
            .returning(User.id)
        ).all()
        if not inserted:
            raise ConflictError(f"there is a user {email} already")
        user = _load(email)
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
        user = _load(email, lock=True)
        user.roles, user.updated_at = sorted({*user.roles, role}), now()
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
        user = _load(email, lock=True)
        user.roles, user.updated_at = sorted({*user.roles} - {role}), now()
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
        user = _load(email, lock=True)
        if user.status == UserStatus.DELETED:
            raise ConflictError(f"{email} is deleted")
        user.status, user.updated_at = UserStatus.SUSPENDED, now()
        db.session.execute(
            update(UserSession)
            .where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
            .values(revoked_at=now())
        )
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
        user = _load(email, lock=True)
        if user.status != UserStatus.SUSPENDED:
            raise ConflictError(f"{email} is {user.status.lower()}, not suspended")
        user.status, user.updated_at = UserStatus.ACTIVE, now()
    _print_user(user, "can sign in again", as_json=as_json)


@group.command("export")
@email_argument
@output.json_option
def export_data(email: str, *, as_json: bool) -> None:  # noqa: ARG001  it is JSON in any case
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
        erasure = request_erasure(_load(email, lock=True))
    sentence = f"the data of {email} is being erased ({erasure.id})"
    output.print_result(sentence, as_json=as_json, id=erasure.id, state=erasure.state)


def _load(email: str, *, lock: bool = False) -> User:
    """Load the user with this address. Raises NotFoundError when there is none."""
    query = select(User).where(User.email == email).execution_options(populate_existing=True)
    user = db.session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise NotFoundError(f"there is no user {email}")
    return user


def _read(email: str) -> User:
    """Load a user in a transaction of its own. Raises click.ClickException when there is none."""
    with cli_errors(), reading():
        return _load(email)


def _print_user(user: User, predicate: str, *, as_json: bool) -> None:
    fields = listing.as_row(user, FIELDS)
    output.print_result(f"{user.email} {predicate}", as_json=as_json, **fields)
