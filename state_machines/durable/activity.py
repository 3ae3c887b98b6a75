"""Activities: one call to the outside world each, in three parts.

`prepare` and `record` run inside transactions, `perform` runs between them: so no transaction is
ever open during a network call. An activity runs at least once; `Call.key` never changes between
its tries, so that a provider with idempotency keys makes it exactly once.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy.sql.base import ExecutableOption

from models.clock import tick
from models.durable.execution import Execution
from state_machines.durable.machine import DurableMachine

E = TypeVar("E", bound=Execution)
# Of a lease, for claiming and recording beside the calls.
MARGIN = timedelta(seconds=5)
Request = TypeVar("Request")
Response = TypeVar("Response")


class CallError(Exception):
    """A call to a provider failed. The subclasses say what may be done about it."""


class RetryableError(CallError):
    """The call failed, and another try may succeed."""


class UnknownOutcomeError(CallError):
    """No answer came, and the provider may have carried the call out. It is tried again."""


class NonRetryableError(CallError):
    """The provider refused the call, and would refuse it again. It is not tried again."""


_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def note_request_id(request_id: str | None) -> None:
    """Say what the provider called the request under way, so that its support can be asked."""
    _request_id.set(request_id)


def request_id() -> str | None:
    """What the provider called the last request made here."""
    return _request_id.get()


# When the activity under way must have ended, on the clock of `tick`.
_end: ContextVar[float] = ContextVar("end", default=float("inf"))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let the calls inside end within `seconds`: they ask for `time_left`."""
    token = _end.set(tick() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def time_left() -> float:
    """Return the seconds that the activity under way has left; infinite outside of one."""
    return _end.get() - tick()


class Snooze(Exception):  # noqa: N818  not an error: "come back later"
    """Raised by `prepare`: the activity waits, without spending an attempt."""

    def __init__(self, why: str, *, after: timedelta = timedelta(seconds=1)) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to try again. Seconds; the wait before try n+1 is initial * backoff**(n-1), at most
    `maximum`, spread by +-`jitter` (a fraction) so that failures do not return in step.
    """

    initial: float = 1.0
    backoff: float = 2.0
    maximum: float = 60.0
    attempts: int = 10
    jitter: float = 0.1
    non_retryable: tuple[type[Exception], ...] = (NonRetryableError,)

    def delay(self, attempts: int) -> timedelta:
        """How long to wait after the try number `attempts` has failed."""
        plain = min(self.initial * self.backoff ** (attempts - 1), self.maximum)
        return timedelta(seconds=plain * random.uniform(1 - self.jitter, 1 + self.jitter))  # noqa: S311

    def allows(self, error: Exception, attempts: int) -> bool:
        """Whether another try may follow the try number `attempts`, which ended in `error`."""
        return attempts < self.attempts and not isinstance(error, self.non_retryable)


@dataclass(frozen=True, slots=True)
class GivingUp:
    """No try is left, and telling the machine so has failed: the error that it is to be told."""

    error: str
    permanent: bool
    failures: int

    def as_exception(self) -> Exception:
        """Return the error as `give_up` tells errors apart: permanent, or not."""
        return (NonRetryableError if self.permanent else RetryableError)(self.error)


@dataclass(frozen=True, slots=True)
class Call:
    """One try of one activity, as its row says."""

    id: UUID
    subject_id: UUID
    attempt: int
    payload: dict[str, Any] = field(default_factory=dict)
    secret: str | None = None
    giving_up: GivingUp | None = None

    @property
    def key(self) -> str:
        """The idempotency key: the same for every try."""
        return str(self.id)


class Priority(StrEnum):
    INTERACTIVE = auto()  # a person waits for the result
    BACKGROUND = auto()


class Activity(Generic[E, Request, Response]):
    """Subclass it with a `name` such as "payments.create_intent", and it is registered."""

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
    # Start to close, in seconds, over all requests of one try; `perform` ends by `time_left`.
    timeout: ClassVar[float] = 5
    # Whether the provider carries out once what comes twice under one key. Where it does not, a
    # claim must not be lost in a crash: it is what tells that the call may have been made.
    keyed: ClassVar[bool] = True

    registry: "ClassVar[dict[str, Activity[Any, Any, Any]]]" = {}

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            Activity.registry[cls.name] = cls()

    @property
    def lease(self) -> timedelta:
        """How long a worker owns what it claimed: one try, and its two transactions."""
        return timedelta(seconds=self.timeout) + MARGIN

    def prepare(self, row: E, call: Call) -> Request | None:
        """What to ask for, read from the (unlocked) row; None when nothing is left to do.

        Raises Snooze to be called again later.
        """
        raise NotImplementedError

    def perform(self, request: Request, call: Call) -> Response:
        """Make the call. Raises RetryableError, or NonRetryableError when no retry can help."""
        raise NotImplementedError

    def record(self, row: E, response: Response) -> None:
        """Take the answer in: the row is locked, and what is written commits with the activity."""

    def give_up(self, row: E, error: Exception) -> None:
        """Tell the machine that the activity has failed. The row is locked.

        Called after the last attempt, or at once after a NonRetryableError. After any other error
        the provider may have carried the call out. An exception raised here is logged, and the
        engine calls this again, at growing intervals, until it succeeds.
        """
