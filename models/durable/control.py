"""Controls of an operator: pauses of activities, and limits of providers."""

from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum


class PauseKind(StrEnum):
    ACTIVITY = auto()
    QUEUE = auto()
    PROVIDER = auto()


class Pause(Base):
    """A pause: while the row is here, no worker claims the activities that it names."""

    __tablename__ = "pause"
    personal = "names of activities, and an operator's words about them"

    kind: Mapped[PauseKind] = mapped_column(text_enum(PauseKind, "kind"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    actor: Mapped[str]
    paused_at: Mapped[datetime]


class ProviderLimit(Base):
    """The limit of a provider's calls, shared by all processes.

    `per_second` fills a bucket of at most `burst` tokens, and each attempt takes one. `tokens` is
    the number in the bucket at `filled_at`. `at_once` limits the attempts under way.
    """

    __tablename__ = "provider_limit"
    personal = "figures about a provider"
    __table_args__ = (
        CheckConstraint("per_second > 0", "per_second"),
        CheckConstraint("burst >= 1", "burst"),
        CheckConstraint("at_once > 0", "at_once"),
        CheckConstraint("per_second IS NOT NULL OR at_once IS NOT NULL", "some"),
    )

    provider: Mapped[str] = mapped_column(primary_key=True)
    per_second: Mapped[float | None]
    burst: Mapped[float]
    tokens: Mapped[float]
    filled_at: Mapped[datetime]
    at_once: Mapped[int | None]
