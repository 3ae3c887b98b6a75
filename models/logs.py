"""Log records with their context and no control characters, and each kind of traceback only once.

What is broken fails again for every row, every second: its traceback helps once.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from models import tracing
from models.printable import escape

OUR_PACKAGES = frozenset({"models", "state_machines", "tasks", "web"})


_NO_FIELDS: Mapping[str, str] = MappingProxyType({})
_fields: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default=_NO_FIELDS)


@contextmanager
def bound(**fields: str) -> Iterator[None]:
    """Add these fields to the lines of the block, such as the id of a request."""
    token = _fields.set({**_fields.get(), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


def bind(**fields: str) -> None:
    """Replace the fields of the lines that follow in this context."""
    _fields.set(fields)


class SafeRecord(logging.LogRecord):
    """A line of the log. Lines of our packages have no control characters."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        ids = tracing.ids(tracing.current())
        trace = {"trace": ids[0], "span": ids[1]} if ids else {}
        self.context = {**_fields.get(), **trace}
        self._is_ours = self.name.partition(".")[0] in OUR_PACKAGES
        if self._is_ours and self.exc_info and self.exc_info[0] is not None:
            # Formatters use this text instead of formatting the exception.
            lines = "".join(traceback.format_exception(*self.exc_info)).rstrip("\n")
            self.exc_text = escape(lines, keep="\n")

    def getMessage(self) -> str:  # noqa: N802  logging's name
        message = super().getMessage()
        return escape(message) if self._is_ours else message


def protect_logs() -> None:
    """Have every logger of this process make safe records."""
    logging.setLogRecordFactory(SafeRecord)


class TracebackOnce(logging.Filter):
    """A filter that puts each error into its line, and passes its traceback once for each kind.

    A kind is the type of an error and its path through the code, so that a process has only as many
    as the code has places to fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed: set[object] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.msg, record.args = f"{record.getMessage()}: {one_line(error)}", ()
            frames = traceback.walk_tb(error.__traceback__)
            path = tuple((frame.f_code.co_filename, line) for frame, line in frames)
            if (type(error), path) in self._passed:
                # The text, too: formatters write it without asking for the exception.
                record.exc_info = record.exc_text = None
            self._passed.add((type(error), path))
        return True


_once = TracebackOnce()


def logger(name: str) -> logging.Logger:
    """Return the logger `name`, for a module that logs errors in loops."""
    log = logging.getLogger(name)
    log.addFilter(_once)
    return log


def one_line(error: BaseException) -> str:
    """Return the error's type and the first line of its text, at most 300 characters."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]
