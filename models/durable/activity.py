"""Activities: calls to the outside world, as rows that outlive every process."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.secret import Secret


class ActivityState(StrEnum):
    QUEUED = auto()  # time asked for it: the sweep hands out some of each name a second
    PENDING = auto()  # handed out: the next worker that hears of it takes it
    WAITING = auto()  # for its next try, at `due_at`: not before, whoever hears of it
    RUNNING = auto()  # a worker holds it, until `due_at`
    DONE = auto()
    FAILED = auto()  # gave up: an operator may retry or abandon it
    ABANDONED = auto()  # an operator said that it is not needed


# What is due once `due_at` has passed: lost messages, dead workers, retries.
DUE = (ActivityState.PENDING, ActivityState.WAITING, ActivityState.RUNNING)
UNDER_WAY = (ActivityState.QUEUED, *DUE)
# Whoever asks for a few rows by their ids says "not one of these": by DUE, PostgreSQL may go
# through all that is under way (ix_activity_due_at), having heard that there is never much of it.
OVER = (ActivityState.DONE, ActivityState.FAILED, ActivityState.ABANDONED)


class ActivityRow(Base):
    """One call to a provider. `unknown_outcomes` counts the attempts that may have been carried out
    without an answer. A provider without idempotency keys may have carried each out again.

    Before `due_at` only the holder of the row may touch it: the process that dispatches a pending
    row, or the worker that runs it. After `due_at` the sweep publishes the row again. `token` is a
    fence: a worker finishes the row only while it holds the token of its claim.
    `giving_up` is there once no try is left and the machine could not be told of it: the error that
    ended the last try (`error`, `permanent`), and how often telling has failed (`failures`).
    `secret` is not loaded with the row: one that no key opens hurts only those who ask for it.
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index(
            "ix_activity_due_at",
            "due_at",
            postgresql_where=text("state IN ('pending', 'waiting', 'running')"),
        ),
        Index("ix_activity_queued", "name", "due_at", postgresql_where=text("state = 'queued'")),
        Index("ix_activity_failed", "created_at", postgresql_where=text("state = 'failed'")),
        Index("ix_activity_subject_id", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    machine: Mapped[str]
    subject_id: Mapped[UUID]
    state: Mapped[ActivityState] = mapped_column(text_enum(ActivityState, "state"))
    attempts: Mapped[int]
    unknown_outcomes: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    token: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    secret: Mapped[str | None] = mapped_column(Secret, deferred=True)
    last_error: Mapped[str | None]
    giving_up: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    provider_request_id: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
