"""The cause of transitions, for the history."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """The origin of a transition, for the history.

    `text` is such as `request:7f3a…`; `actor` is a person, where there is one.
    """

    text: str
    actor: str | None = None


_NO_CAUSE = Cause("process")
_cause: ContextVar[Cause] = ContextVar("cause", default=_NO_CAUSE)


def current_cause() -> Cause:
    """Return the cause of the transitions made in this context."""
    return _cause.get()


@contextmanager
def caused_by(kind: str, key: object, actor: str | None = None) -> Iterator[None]:
    """Record `kind:key` as the cause of every transition made inside."""
    token = _cause.set(Cause(f"{kind}:{key}", actor))
    try:
        yield
    finally:
        _cause.reset(token)
