"""Activities: one call to the outside world each, in three parts.

`prepare` and `record` run inside transactions and `perform` runs between them, so that no
transaction is open during a network call. An activity runs at least once. `Call.key` is the same
for all its attempts, so that a provider with idempotency keys carries it out exactly once.
"""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql.base import ExecutableOption

from models.base import db
from models.clock import tick
from models.durable.execution import Execution
from state_machines.durable.machine import DurableMachine

E = TypeVar("E", bound=Execution)
Request = TypeVar("Request")
Response = TypeVar("Response")
# The part of a lease for claiming and recording, before and after the call.
MARGIN = timedelta(seconds=5)


class CallError(Exception):
    """A call to a provider failed. The subclasses say whether another attempt may succeed.

    `about` names the provider's object, where `give_up` needs it. If `give_up` fails, it is called
    again with an error of the same class, message and `about`: it may depend on nothing else.
    """

    kinds: "ClassVar[dict[str, type[CallError]]]" = {}

    def __init__(self, message: str = "", *, about: str | None = None) -> None:
        super().__init__(message)
        self.about = about

    def __init_subclass__(cls) -> None:
        # Rows keep the name only.
        if cls.kinds.setdefault(cls.__name__, cls) is not cls:
            raise TypeError(f"there is another error {cls.__name__}")


class RetryableError(CallError):
    """The call failed, and another attempt may succeed."""


class UnknownOutcomeError(CallError):
    """No response came, and the provider may have carried the call out. It is tried again."""


class NonRetryableError(CallError):
    """The provider refused the call, and would refuse it again. It is not tried again."""


class Snooze(Exception):  # noqa: N818  not an error
    """`prepare` raises it to be called again `after` a while. The attempt does not count."""

    def __init__(self, why: str, *, after: timedelta = timedelta(seconds=1)) -> None:
        super().__init__(why)
        self.after = after


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
class RetryPolicy:
    """Delays between attempts, in seconds, and their number.

    The delay before attempt n+1 is initial * backoff**(n-1), at most `maximum`. `jitter` is the
    fraction by which it varies, so that failures do not return in step.
    """

    initial: float = 1.0
    backoff: float = 2.0
    maximum: float = 60.0
    attempts: int = 10
    jitter: float = 0.1
    non_retryable: tuple[type[Exception], ...] = (NonRetryableError,)

    def delay(self, attempts: int) -> timedelta:
        """Return the delay after attempt number `attempts` has failed."""
        plain = min(self.initial * self.backoff ** (attempts - 1), self.maximum)
        return timedelta(seconds=plain * random.uniform(1 - self.jitter, 1 + self.jitter))  # noqa: S311

    def allows(self, error: Exception, attempts: int) -> bool:
        """Return whether another attempt may follow number `attempts`, which ended in `error`."""
        return attempts < self.attempts and not isinstance(error, self.non_retryable)


@dataclass(frozen=True, slots=True)
class GivingUp:
    """The error that `give_up` must be called with again, because `give_up` itself failed.

    `permanent` means a NonRetryableError; `failures` counts the failed calls of `give_up`. `kind`
    is the name of the error's class, if that is a CallError.
    """

    error: str
    permanent: bool
    failures: int
    kind: str | None = None
    about: str | None = None

    @classmethod
    def from_row(cls, values: dict[str, Any]) -> "GivingUp":
        """Return what a row keeps, without the fields of a newer release."""
        return cls(**{each.name: values[each.name] for each in fields(cls) if each.name in values})

    def as_exception(self) -> CallError:
        """Return an error of the same class, or what a class unknown here or no CallError means."""
        other = NonRetryableError if self.permanent else RetryableError
        return CallError.kinds.get(self.kind or "", other)(self.error, about=self.about)


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt of one activity, as its row says."""

    id: UUID
    subject_id: UUID
    attempt: int
    payload: dict[str, Any] = field(default_factory=dict)
    secret: str | None = None
    giving_up: GivingUp | None = None

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
        ids, model = set(subject_ids), self.machine.model
        if not ids:
            return {}
        query = select(model).where(model.id.in_(ids)).options(*self.loads)
        rows = db.session.scalars(query.execution_options(populate_existing=True))
        return {row.id: row for row in rows}

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
    """One prepared call, and later its response or error.

    It is `maybe_sent` while the provider may have carried it out and no row says so yet.
    """

    call: Call
    request: Any = None
    response: Any = None
    error: Exception | None = None
    maybe_sent: bool = False
    request_id: str | None = None

    def is_last(self, retry: RetryPolicy) -> bool:
        """Return whether the attempt failed and `retry` allows no other."""
        if self.error is None or isinstance(self.error, Snooze):
            return False
        return self.call.giving_up is not None or not retry.allows(self.error, self.call.attempt)
