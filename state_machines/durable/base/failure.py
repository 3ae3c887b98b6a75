"""Failures of calls: their errors, the delays between attempts, and the error to give up with."""

import random
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, ClassVar

from models.durable.activity import MAX_ERROR_CHARACTERS


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

    @classmethod
    def after(cls, error: Exception | None, before: "GivingUp | None") -> "GivingUp":
        """Return the value of a row whose `give_up` has failed to record `error`.

        `before` is the row's earlier value, if `give_up` had failed already.
        """
        return cls(
            error=str(error)[:MAX_ERROR_CHARACTERS],
            permanent=isinstance(error, NonRetryableError),
            failures=before.failures + 1 if before else 1,
            kind=type(error).__name__ if isinstance(error, CallError) else None,
            about=error.about if isinstance(error, CallError) else None,
        )

    def as_exception(self) -> CallError:
        """Return an error of the same class, or what a class unknown here or no CallError means."""
        other = NonRetryableError if self.permanent else RetryableError
        return CallError.kinds.get(self.kind or "", other)(self.error, about=self.about)


def error_text(error: Exception) -> str:
    """Return the type and the message of an error, as rows keep it."""
    return f"{type(error).__name__}: {error}"[:MAX_ERROR_CHARACTERS]
