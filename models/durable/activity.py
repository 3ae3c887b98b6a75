"""Activities: durable calls to providers, one row each."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Index, case, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, table_of, text_enum
from models.clock import now
from models.secret import Secret


class ActivityState(StrEnum):
    QUEUED = auto()  # scheduled by time: the sweep publishes some of each name a second
    PENDING = auto()  # to be published or published: a worker that receives its id claims it
    WAITING = auto()  # for its next attempt at `due_at`, and not before
    RUNNING = auto()  # a worker holds it, until `due_at`
    DONE = auto()
    FAILED = auto()  # gave up: an operator may retry or abandon it
    ABANDONED = auto()  # an operator decided that it is not needed


# The time for which only the process that publishes an activity may do so; then a sweep may. (A
# worker's claim has the lease of its activity.)
PUBLISHER_LEASE = timedelta(seconds=10)
# States in which the sweep publishes a row after `due_at`: lost messages, dead workers, retries.
SWEPT = (ActivityState.PENDING, ActivityState.WAITING, ActivityState.RUNNING)
NOT_OVER = (ActivityState.QUEUED, *SWEPT)
# Queries for a few rows by id exclude these states. With a condition on SWEPT instead, PostgreSQL
# may choose to scan ix_activity_due_at, which its statistics take for small.
OVER = (ActivityState.DONE, ActivityState.FAILED, ActivityState.ABANDONED)


class ActivityRow(Base):
    """One call to a provider.

    `unknown_outcomes` counts the attempts that may have been carried out without an answer. A
    provider without idempotency keys may have carried each out again.

    After `due_at` the sweep publishes the row. Before it, a running row belongs to the worker that
    claimed it, a waiting row to nobody, and a pending row to the worker that claims it first; the
    sweep releases queued rows without regard to it. `token` is a fence: a worker finishes the row
    only while it holds the token of its claim.
    Each publishing by the sweep moves `due_at` of a pending row; `late_since` keeps the first one,
    from which the row has waited for a worker. It says nothing in other states, or before the first
    publishing.
    `giving_up` is set when no attempt is left and the machine could not record that: the error of
    the last attempt (`kind`, `error`, `about`, `permanent`), and how often recording has failed
    (`failures`).
    `secret` is deferred: one that no key decrypts breaks only the queries that need it.
    """

    __tablename__ = "activity"
    plural: ClassVar[str] = "activities"
    __table_args__ = (
        Index(
            "ix_activity_due_at",
            "name",
            "due_at",
            postgresql_where=text("state IN ('pending', 'waiting', 'running')"),
        ),
        Index(
            "ix_activity_state",
            "state",
            "id",
            postgresql_where=text("state IN ('queued', 'pending', 'waiting', 'running')"),
        ),
        Index("ix_activity_queued", "name", "due_at", postgresql_where=text("state = 'queued'")),
        Index("ix_activity_failed", "id", postgresql_where=text("state = 'failed'")),
        Index("ix_activity_giving_up", "id", postgresql_where=text("giving_up IS NOT NULL")),
        Index("ix_activity_subject_id", "subject_id"),
        Index(
            "ix_activity_provider_request_id",
            "provider_request_id",
            postgresql_where=text("provider_request_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    machine: Mapped[str]
    subject_id: Mapped[UUID]
    state: Mapped[ActivityState] = mapped_column(text_enum(ActivityState, "state"))
    attempts: Mapped[int]
    unknown_outcomes: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    late_since: Mapped[datetime | None]
    token: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    secret: Mapped[str | None] = mapped_column(Secret, deferred=True)
    last_error: Mapped[str | None]
    giving_up: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    provider_request_id: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    # The context of the trace that it belongs to, if there are traces.
    traceparent: Mapped[str | None]

    @classmethod
    def is_held(cls) -> ColumnElement[bool]:
        """Return the condition that a worker runs the activity: its lease has not ended."""
        return (cls.state == ActivityState.RUNNING) & (cls.due_at > now())

    @classmethod
    def is_late(cls, before: datetime) -> ColumnElement[bool]:
        """Return the condition that it has waited for a worker since before this time."""
        return (cls.due_at < before) | (cls.is_published() & (cls.late_since < before))

    @classmethod
    def is_published(cls) -> ColumnElement[bool]:
        """Return the condition that the sweep has published it, and no worker has claimed it."""
        leased = (cls.due_at >= now()) & (cls.due_at <= now() + PUBLISHER_LEASE)
        return (cls.state == ActivityState.PENDING) & cls.late_since.is_not(None) & leased

    @classmethod
    def is_open(cls, name: str, subject_ids: Collection[UUID]) -> ColumnElement[bool]:
        """Return the condition that an activity of `name` for one of the subjects is not over."""
        return cls.subject_id.in_(subject_ids) & (cls.name == name) & cls.state.not_in(OVER)

    @classmethod
    def expired(cls, limit: datetime, /) -> ColumnElement[bool]:
        ended = (ActivityState.DONE, ActivityState.ABANDONED)
        return cls.state.in_(ended) & (cls.finished_at < limit)


# The maximum length of an error that a row keeps.
MAX_ERROR_CHARACTERS = 2000
# Columns of the table: with attributes of the class, a statement costs twice as much to execute.
_columns = table_of(ActivityRow).c
# Giving up makes no call, and so is no attempt.
IS_GIVING_UP = _columns.giving_up.is_not(None)
# The values of a row when a worker claims it, or the sweep takes it from a worker: one that died
# while it held the row may have made the call.
COUNTED_ATTEMPTS = _columns.attempts + case((IS_GIVING_UP, 0), else_=1)
UNKNOWN_OUTCOMES = _columns.unknown_outcomes + case(
    ((_columns.state == ActivityState.RUNNING) & ~IS_GIVING_UP, 1), else_=0
)
# The value of a row when the sweep publishes it.
LATE_SINCE = case(
    (
        ActivityRow.state == ActivityState.PENDING,
        func.coalesce(ActivityRow.late_since, ActivityRow.due_at),
    ),
    # It was not late: it had to wait for its turn.
    (ActivityRow.state == ActivityState.QUEUED, None),
    else_=ActivityRow.due_at,
)
