"""Users and their sessions."""

from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    and_,
    any_,
    func,
    literal,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from models import clock
from models.base import Base, db, text_enum
from models.email_address import address_from_mail
from models.encrypted import EncryptedText
from models.ids import uuid7
from models.personal import ERASED, Personal, pseudonym
from models.prepared import Prepared, parameter
from models.secret import Secret


class UserStatus(StrEnum):
    ACTIVE = "Active"
    INACTIVE = "Inactive"
    DELETED = "Deleted"
    SUSPENDED = "Suspended"


# Users with these can neither sign in nor act.
REFUSED = (UserStatus.SUSPENDED, UserStatus.DELETED)


CONTACT_COLUMNS = (
    *("first_name", "last_name", "address_line1", "address_line2", "city"),
    *("region", "postal_code", "country", "phone_number"),
)


class User(Base):
    """A user. `email` is stored in lower case, so that one address means one user."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_roles", "roles", postgresql_using="gin"),
        Index("ix_users_status_id", "status", "id"),
    )
    personal = Personal(
        lambda person: User.id == person.user_id,
        erase={"email": pseudonym, "username": ERASED, **dict.fromkeys(CONTACT_COLUMNS, "")},
        keeps=("roles",),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str]
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    address_line1: Mapped[str] = mapped_column(EncryptedText, default="")
    address_line2: Mapped[str] = mapped_column(EncryptedText, default="")
    city: Mapped[str] = mapped_column(EncryptedText, default="")
    region: Mapped[str] = mapped_column("state", EncryptedText, default="")
    postal_code: Mapped[str] = mapped_column(EncryptedText, default="")
    country: Mapped[str] = mapped_column(EncryptedText, default="")
    phone_number: Mapped[str] = mapped_column(EncryptedText, default="")
    status: Mapped[UserStatus] = mapped_column(
        text_enum(UserStatus, "status"), default=UserStatus.ACTIVE
    )
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    @classmethod
    def of_address(cls, email: str) -> "User":
        """Return the user with this lower-case address; insert one if there is none.

        Concurrent first sign-ins create one user.
        """
        db.session.execute(
            insert(cls)
            .values(email=email, username=email.partition("@")[0], roles=[])
            .on_conflict_do_nothing(index_elements=["email"])
        )
        return cast("User", db.session.scalars(db.select(cls).where(cls.email == email)).one())


class UserSession(Base):
    """One sign-in on one device.

    Its refresh tokens are derived from `family_secret`, a deferred column; `generation` is the
    number of the newest token. `superseded_at` has the times at which recent tokens were replaced,
    oldest first.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        Index("ix_user_session_user_id", "user_id"),
        Index("ix_user_session_login_id", "login_id"),
    )
    personal = Personal(
        lambda person: UserSession.user_id == person.user_id,
        erase={"user_agent": "", "ip_address": "", "family_secret": None},
        keeps=("methods",),
        hidden=("family_secret", "generation", "superseded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    # None: opened by a version that stored hashes. Such a session can no longer be refreshed.
    family_secret: Mapped[str | None] = mapped_column(Secret, deferred=True)
    generation: Mapped[int] = mapped_column(default=1)
    superseded_at: Mapped[list[datetime]] = mapped_column(
        ARRAY(DateTime(timezone=True)), default=list
    )
    rotated_at: Mapped[datetime] = mapped_column(default=clock.now)
    # The last authentication of the user, and its methods (RFC 8176).
    authenticated_at: Mapped[datetime] = mapped_column(default=clock.now)
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    login_id: Mapped[UUID | None] = mapped_column(ForeignKey("login.id", ondelete="SET NULL"))
    user_agent: Mapped[str]
    ip_address: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def expired(cls, limit: datetime, /) -> ColumnElement[bool]:
        return or_(cls.expires_at < limit, cls.revoked_at < limit)


def open_sessions(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a user's sessions that are neither ended nor expired."""
    return (
        UserSession.user_id == user_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > clock.now(),
    )


def among_newest(number: int) -> ColumnElement[bool]:
    """Return the condition of the newest users, so that a search reads no more rows than these."""
    oldest = db.select(User.id).order_by(User.id.desc()).offset(number - 1).limit(1)
    return User.id >= func.coalesce(oldest.scalar_subquery(), literal(UUID(int=0), User.id.type))


def has_address(text: str) -> ColumnElement[bool]:
    """Return the condition that a user has this address, in whichever form it is written."""
    return User.email == address_from_mail(text)


def matching_users(
    *, q: str | None = None, role: str | None = None, status: UserStatus | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions of the users with a part of the address or name, a role, a status."""
    conditions: list[ColumnElement[bool]] = []
    if q is not None:
        columns = (User.email, User.username, User.first_name, User.last_name)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if role is not None:
        # An array: PostgreSQL, without statistics of roles, might walk through all users.
        holders = db.select(User.id).where(User.roles.contains([role])).scalar_subquery()
        conditions.append(User.id == any_(func.array(holders)))
    if status is not None:
        conditions.append(User.status == status)
    return conditions


def signed_in(
    user_id: UUID | BindParameter[UUID],
    session_id: UUID | BindParameter[UUID],
    at: datetime | BindParameter[datetime] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that this session is open and its user may act, now or at a time.

    The query must join users and sessions.
    """
    return and_(
        User.id == user_id,
        User.status.not_in(REFUSED),
        UserSession.user_id == User.id,
        UserSession.id == session_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > (clock.now() if at is None else at),
    )


def signed_in_parameters() -> ColumnElement[bool]:
    """Return the condition `signed_in` with the parameters `user_id`, `session_id` and `at`."""
    return signed_in(parameter("user_id"), parameter("session_id"), parameter("at"))


_ROLES = Prepared(
    lambda: (
        db.select(User.roles)
        .join(UserSession, UserSession.user_id == User.id)
        .where(signed_in_parameters())
    )
)


def load_roles(user_id: UUID, session_id: UUID) -> tuple[str, ...] | None:
    """Return the roles of a user who may act in this session, or None when nobody may."""
    row = _ROLES.first(user_id=user_id, session_id=session_id, at=clock.now())
    return None if row is None else tuple(row[0])
