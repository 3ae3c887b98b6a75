"""Why something moves: the request, activity, signal or deadline behind it, for the history."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """`text` such as `request:7f3a…`; `actor` is a person, where there is one."""

    text: str
    actor: str | None = None


_NOBODY = Cause("process")
_current: ContextVar[Cause] = ContextVar("cause", default=_NOBODY)


def current() -> Cause:
    return _current.get()


@contextmanager
def caused_by(kind: str, key: object, actor: str | None = None) -> Iterator[None]:
    """Name the cause of every move inside."""
    token = _current.set(Cause(f"{kind}:{key}", actor))
    try:
        yield
    finally:
        _current.reset(token)
