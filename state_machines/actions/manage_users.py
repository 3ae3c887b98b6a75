"""Changes of users' accounts by operators and staff, each within the caller's transaction."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.clock import now
from models.errors import ConflictError, NotFoundError
from models.user import REFUSED, User, UserSession, UserStatus, open_sessions

ADMIN = "admin"


def find(condition: ColumnElement[bool]) -> User:
    """Return the user that satisfies `condition`. Raises NotFoundError."""
    return _one(condition, is_locked=False)


def lock(condition: ColumnElement[bool]) -> User:
    """Lock the user that satisfies `condition`, and return it. Raises NotFoundError."""
    return _one(condition, is_locked=True)


def lock_for_removal(condition: ColumnElement[bool]) -> User:
    """Lock a user who is to lose the role admin or the account. Raises NotFoundError.

    Raises ConflictError for the last admin who can sign in: nobody could undo it in the console.
    """
    # All lock the admins in one order, so that two of them cannot remove each other at once.
    can_sign_in = User.status.not_in(REFUSED)
    admins = select(User.id).where(User.roles.contains([ADMIN]), can_sign_in).order_by(User.id)
    remaining = set(db.session.scalars(admins.with_for_update()))
    user = lock(condition)
    if remaining == {user.id}:
        raise ConflictError(f"{user.email} is the last admin: make somebody else admin first")
    return user


def create(email: str, roles: list[str]) -> User:
    """Add a user with this lower-case address. Raises ConflictError when there is one already."""
    inserted = db.session.execute(
        insert(User)
        .values(email=email, username=email.partition("@")[0], roles=roles)
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(User.id)
    ).all()
    if not inserted:
        raise ConflictError(f"There is a user {email} already")
    return find(User.email == email)


def grant(user: User, role: str) -> None:
    """Give a locked user a role."""
    user.roles, user.updated_at = sorted({*user.roles, role}), now()


def revoke(user: User, role: str) -> None:
    """Remove a role from a locked user."""
    user.roles, user.updated_at = sorted({*user.roles} - {role}), now()


def suspend(user: User) -> None:
    """End the sessions of a locked user, and refuse new ones.

    Raises ConflictError when the user is deleted.
    """
    if user.status == UserStatus.DELETED:
        raise ConflictError(f"{user.email} is deleted")
    user.status, user.updated_at = UserStatus.SUSPENDED, now()
    end_sessions(user.id)


def restore(user: User) -> None:
    """Let a locked user sign in again. Raises ConflictError unless the user is suspended."""
    if user.status != UserStatus.SUSPENDED:
        raise ConflictError(f"{user.email} is {user.status.lower()}, not suspended")
    user.status, user.updated_at = UserStatus.ACTIVE, now()


def end_sessions(user_id: UUID, *conditions: ColumnElement[bool]) -> int:
    """End the open sessions of a user, or those that satisfy `conditions`. Return how many."""
    ended = db.session.scalars(
        update(UserSession)
        .where(*open_sessions(user_id), *conditions)
        .values(revoked_at=now())
        .returning(UserSession.id)
    )
    return len(ended.all())


def _one(condition: ColumnElement[bool], *, is_locked: bool) -> User:
    query = select(User).where(condition).execution_options(populate_existing=True)
    user: User | None = db.session.scalar(query.with_for_update() if is_locked else query)
    if user is None:
        raise NotFoundError("There is no such user")
    return user
