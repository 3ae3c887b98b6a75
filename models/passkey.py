"""Passkeys: public keys that replace the emailed code of a sign-in."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, LargeBinary, delete
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, db, text_enum
from models.ids import uuid7
from models.personal import Personal

CHALLENGE_LIFETIME = timedelta(minutes=5)


class Passkey(Base):
    """One credential of a user. `sign_count` is the authenticator's own counter; many keep it 0."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_user_id", "user_id"),)
    personal = Personal(
        lambda person: Passkey.user_id == person.user_id,
        hidden=("credential_id", "public_key"),
        deleted=True,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]


class ChallengePurpose(StrEnum):
    """The ceremony in which an authenticator signs a challenge."""

    REGISTER = auto()
    SIGN_IN = auto()


class PasskeyChallenge(Base):
    """A random value that an authenticator signs. It is used once, within CHALLENGE_LIFETIME."""

    __tablename__ = "passkey_challenge"
    personal = Personal(
        lambda person: PasskeyChallenge.user_id == person.user_id,
        hidden=("challenge",),
        deleted=True,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    purpose: Mapped[ChallengePurpose] = mapped_column(text_enum(ChallengePurpose, "purpose"))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    # The user who registers; None for a sign-in, where the credential identifies the user.
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]

    @classmethod
    def expired(cls, limit: datetime, /) -> ColumnElement[bool]:
        return cls.expires_at < limit


def store_challenge(
    purpose: ChallengePurpose, challenge: bytes, user_id: UUID | None = None
) -> PasskeyChallenge:
    """Store a challenge, and return its row."""
    row = PasskeyChallenge(
        id=uuid7(),
        purpose=purpose,
        challenge=challenge,
        user_id=user_id,
        expires_at=clock.now() + CHALLENGE_LIFETIME,
    )
    db.session.add(row)
    return row


def use_challenge(
    challenge_id: UUID, purpose: ChallengePurpose, user_id: UUID | None = None
) -> bytes | None:
    """Delete a challenge and return it; None when there is none, or when it has expired."""
    deletion = (
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.id == challenge_id,
            PasskeyChallenge.purpose == purpose,
            PasskeyChallenge.user_id.is_not_distinct_from(user_id),
        )
        .returning(PasskeyChallenge.challenge, PasskeyChallenge.expires_at)
    )
    row = db.session.execute(deletion).one_or_none()
    return row.challenge if row is not None and row.expires_at > clock.now() else None
