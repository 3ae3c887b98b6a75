"""Activities: one call to the outside world each, in three parts.

`prepare` and `record` run inside transactions and `perform` runs between them, so that no
transaction is open during a network call. An activity runs at least once. `Call.key` is the same
for all its attempts, so that a provider with idempotency keys carries it out exactly once.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, auto
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.sql.base import ExecutableOption

from models.base import db
from models.clock import tick
from models.durable.execution import Execution
from state_machines.durable.base.failure import GivingUp, RetryPolicy, Snooze
from state_machines.durable.machine import DurableMachine

E = TypeVar("E", bound=Execution)
Request = TypeVar("Request")
Response = TypeVar("Response")
# The part of a lease for claiming and recording, before and after the call.
MARGIN = timedelta(seconds=5)


_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def note_request_id(request_id: str | None) -> None:
    """Note the provider's id of the request under way, for a question to its support."""
    _request_id.set(request_id)


def request_id() -> str | None:
    """Return the provider's id of the last request made in this context."""
    return _request_id.get()


# The end of the activity under way, on the clock of `tick`.
_end: ContextVar[float] = ContextVar("end", default=float("inf"))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the calls made inside to `seconds` in all. They read `time_left`."""
    token = _end.set(tick() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def time_left() -> float:
    """Return the seconds that the activity under way has left; infinite outside of one."""
    return _end.get() - tick()


@dataclass(frozen=True, slots=True)
class Call:
    """A claimed activity, as `prepare` and `perform` see it: the values of its row."""

    id: UUID
    subject_id: UUID
    attempt: int
    payload: dict[str, Any] = field(default_factory=dict)
    secret: str | None = None
    giving_up: GivingUp | None = None
    traceparent: str | None = None

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt."""
        return str(self.id)


class Priority(StrEnum):
    INTERACTIVE = auto()  # a person waits for the result
    BACKGROUND = auto()


class Activity(Generic[E, Request, Response]):
    """A call to a provider. A subclass with a `name`, such as "payments.refund", is registered."""

    name: ClassVar[str]
    machine: ClassVar[type[DurableMachine[Any]]]
    # The queue of the workers that run it, and the provider that it calls, if any: an operator can
    # pause each of them.
    queue: ClassVar[str] = "default"
    provider: ClassVar[str | None] = None
    priority: ClassVar[Priority] = Priority.BACKGROUND
    retry: ClassVar[RetryPolicy] = RetryPolicy()
    # What `prepare` reads beside the row, loaded for the whole batch at once.
    loads: ClassVar[tuple[ExecutableOption, ...]] = ()
    # Seconds for all requests of one attempt; `perform` ends by `time_left`.
    timeout: ClassVar[float] = 5
    # Whether the provider honours idempotency keys. Without them the claim is written to disk
    # before the call, since only the claim says that the call may have been made.
    keyed: ClassVar[bool] = True

    registry: "ClassVar[dict[str, Activity[Any, Any, Any]]]" = {}

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            Activity.registry[cls.name] = cls()

    @property
    def lease(self) -> timedelta:
        """The time for which a claim is exclusive: one attempt and its two transactions."""
        return timedelta(seconds=self.timeout) + MARGIN

    def load(self, subject_ids: Iterable[UUID]) -> dict[UUID, E]:
        """Load the rows of a batch, without a lock, and return them by id."""
        ids = {*subject_ids}
        rows = db.session.scalars(self._loading, {"ids": list(ids)}) if ids else ()
        return {row.id: row for row in rows}

    @cached_property
    def _loading(self) -> Select[Any]:
        model = self.machine.model
        query = select(model).where(model.id.in_(bindparam("ids", expanding=True)))
        return query.options(*self.loads).execution_options(populate_existing=True)

    def prepare(self, row: E, call: Call) -> Request | None:
        """Return the request, read from the (unlocked) row, or None when nothing is left to do.

        Raises Snooze to be called again later.
        """
        raise NotImplementedError

    def perform(self, request: Request, call: Call) -> Response:
        """Make the call. Raises RetryableError, or NonRetryableError when no retry can help."""
        raise NotImplementedError

    def record(self, row: E, response: Response) -> None:
        """Record the response. The row is locked, and all changes commit with the activity."""

    def give_up(self, row: E, error: Exception) -> None:
        """Tell the machine that the activity has failed. The row is locked.

        Called after the last attempt, or at once after a NonRetryableError. After any other error
        the provider may have carried the call out. A NonRetryableError holds for the last attempt;
        it holds for earlier ones without an answer if they had the same idempotency key. An
        exception raised here is logged, and the engine calls this again, at growing intervals,
        until it succeeds.
        """


@dataclass(slots=True)
class Attempt:
    """The work of a worker on one claimed activity: the request, then the response or the error.

    `maybe_sent` means that the provider may have carried it out, and no row has the result.
    """

    call: Call
    request: Any = None
    response: Any = None
    error: Exception | None = None
    maybe_sent: bool = False
    request_id: str | None = None
    traceparent: str | None = None

    def names(self, activity: Activity[Any, Any, Any]) -> dict[str, str]:
        """Return the fields of lines of the log about this attempt."""
        ids = {"activity_id": str(self.call.id), "execution": str(self.call.subject_id)}
        return {"activity": activity.name, "machine": activity.machine.name, **ids}

    def is_last(self, retry: RetryPolicy) -> bool:
        """Return whether the attempt failed and `retry` allows no other."""
        if self.error is None or isinstance(self.error, Snooze):
            return False
        return self.call.giving_up is not None or not retry.allows(self.error, self.call.attempt)
