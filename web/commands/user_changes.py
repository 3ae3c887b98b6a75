"""What an operator does to a user."""

import json

import click
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from models import User, UserSession, UserStatus, reading
from models.base import db
from models.clock import now
from models.errors import ConflictError
from models.personal_data import Person, export
from state_machines.erasure import request_erasure
from web.commands import listing, output
from web.commands.acting import acting, said
from web.commands.users import FIELDS, ROLES, address, group, known


@group.command("create")
@address
@click.option("--role", "roles", type=ROLES, multiple=True, help="May be said more than once.")
@output.as_json
def create(email: str, roles: tuple[str, ...], *, as_json: bool) -> None:
    """Create a user, who signs in with this address."""
    given = sorted(set(roles))
    with acting("users create", email, roles=given):
        made = db.session.execute(
            insert(User)
            .values(email=email, username=email.partition("@")[0], roles=given)
            .on_conflict_do_nothing(index_elements=["email"])
            .returning(User.id)
        ).all()
        if not made:
            raise ConflictError(f"there is a user {email} already")
        user = known(email)
    _done(user, "is created", as_json=as_json)


@group.command("grant")
@address
@click.argument("role", type=ROLES)
@output.as_json
def grant(email: str, role: str, *, as_json: bool) -> None:
    """Give a user a role, at once also for those who are signed in."""
    user = _read(email)
    if role in user.roles:
        _done(user, f"is {role} already", as_json=as_json)
        return
    with acting("users grant", email, role=role):
        user = known(email, lock=True)
        user.roles, user.updated_at = sorted({*user.roles, role}), now()
    _done(user, f"is {role}", as_json=as_json)


@group.command("revoke")
@address
@click.argument("role", type=ROLES)
@output.as_json
def revoke(email: str, role: str, *, as_json: bool) -> None:
    """Take a role from a user, at once also from those who are signed in."""
    user = _read(email)
    if role not in user.roles:
        _done(user, f"is not {role}", as_json=as_json)
        return
    with acting("users revoke", email, role=role):
        user = known(email, lock=True)
        user.roles, user.updated_at = sorted({*user.roles} - {role}), now()
    _done(user, f"is not {role} any more", as_json=as_json)


@group.command("suspend")
@address
@click.option("--reason", help="Kept in the audit.")
@output.as_json
def suspend(email: str, reason: str | None, *, as_json: bool) -> None:
    """Sign a user out everywhere, and let them neither sign in nor order. Orders go on."""
    user = _read(email)
    if user.status == UserStatus.SUSPENDED:
        _done(user, "is suspended already", as_json=as_json)
        return
    with acting("users suspend", email, reason=reason):
        user = known(email, lock=True)
        if user.status == UserStatus.DELETED:
            raise ConflictError(f"{email} is deleted")
        user.status, user.updated_at = UserStatus.SUSPENDED, now()
        db.session.execute(
            update(UserSession)
            .where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
            .values(revoked_at=now())
        )
    _done(user, "is suspended, and signed out everywhere", as_json=as_json)


@group.command("restore")
@address
@output.as_json
def restore(email: str, *, as_json: bool) -> None:
    """Let a suspended user sign in again."""
    user = _read(email)
    if user.status == UserStatus.ACTIVE:
        _done(user, "is active already", as_json=as_json)
        return
    with acting("users restore", email):
        user = known(email, lock=True)
        if user.status != UserStatus.SUSPENDED:
            raise ConflictError(f"{email} is {user.status.lower()}, not suspended")
        user.status, user.updated_at = UserStatus.ACTIVE, now()
    _done(user, "can sign in again", as_json=as_json)


@group.command("export")
@address
@output.as_json
def export_data(email: str, *, as_json: bool) -> None:  # noqa: ARG001  it is JSON in any case
    """Print all that is kept about a user, as JSON. Amounts are minor units."""
    with said(), reading():
        user = known(email)
        data = export(Person(user.id, user.email))
    click.echo(json.dumps(data, default=str, indent=2))


@group.command("erase")
@address
@click.option("--reason", help="Why: kept in the audit until the data is erased.")
@output.as_json
def erase(email: str, reason: str | None, *, as_json: bool) -> None:
    """Delete a user's account and erase the personal data; again after an erasure that failed.

    Refused while an order, a refund or a dispute is under way. The books keep their figures.
    """
    with acting("users erase", email, reason=reason):
        erasure = request_erasure(known(email, lock=True))
    sentence = f"the data of {email} is being erased ({erasure.id})"
    output.done(sentence, as_json=as_json, id=erasure.id, state=erasure.state)


def _read(email: str) -> User:
    with said(), reading():
        return known(email)


def _done(user: User, what: str, *, as_json: bool) -> None:
    output.done(f"{user.email} {what}", as_json=as_json, **listing.told(user, FIELDS))
