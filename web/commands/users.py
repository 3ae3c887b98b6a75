"""People, for who operates the system: found, and looked at."""

from typing import Any

import click
from sqlalchemy import ColumnElement, or_, select

from models import User, UserSession, UserStatus, reading
from models.base import db
from models.clock import now
from models.errors import NotFoundError
from web.commands import listing, output
from web.commands.acting import said
from web.commands.history import tell
from web.schemas.base import normal_address

group = click.Group("users", help="People: look, create, grant, suspend.")

ROLES = click.Choice(["admin", "staff"])
STATUSES = click.Choice([status.value for status in UserStatus])
FIELDS = ("id", "email", "username", "status", "roles", "created_at")
MORE = (*FIELDS, "first_name", "last_name", "phone_number", "updated_at")
SESSION = ("id", "user_agent", "ip_address", "created_at", "expires_at")


class Address(click.ParamType[str]):
    """An e-mail address as the web takes and keeps it."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return normal_address(value)
        except ValueError as wrong:
            self.fail(f"{value!r}: {wrong}", param, ctx)


address = click.argument("email", type=Address())


@group.command("list")
@click.option("--q", help="Only those with this in their address or name.")
@click.option("--role", type=ROLES, help="Only those who have it.")
@click.option("--status", type=STATUSES, help="Only those with this status.")
@listing.limit
@output.as_json
def show_list(
    q: str | None, role: str | None, status: str | None, limit: int, *, as_json: bool
) -> None:
    """List users, newest first."""
    wanted: list[ColumnElement[bool]] = []
    if q is not None:
        parts = (User.email, User.username, User.first_name, User.last_name)
        wanted.append(or_(*(part.icontains(q, autoescape=True) for part in parts)))
    if role is not None:
        wanted.append(User.roles.contains([role]))
    if status is not None:
        wanted.append(User.status == status)
    found = listing.newest(User, limit, *wanted)
    output.show((listing.told(user, FIELDS) for user in found), as_json=as_json)


@group.command("show")
@address
@output.as_json
def show(email: str, *, as_json: bool) -> None:
    """Show a user, and where they are signed in."""
    with said(), reading():
        user = known(email)
        open_ = select(UserSession).where(
            UserSession.user_id == user.id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now(),
        )
        rows = db.session.scalars(open_.order_by(UserSession.id))
        sessions = [listing.told(row, SESSION) for row in rows]
    about = listing.told(user, MORE)
    if as_json:
        output.show([about | {"sessions": sessions}], as_json=True)
        return
    output.record(about)
    tell({"sessions": sessions})


def known(email: str, *, lock: bool = False) -> User:
    """The user with this address. Raises NotFoundError when there is none."""
    query = select(User).where(User.email == email).execution_options(populate_existing=True)
    user = db.session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise NotFoundError(f"there is no user {email}")
    return user
