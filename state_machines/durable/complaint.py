"""Complaints: one line in the log for each row that fails, and a traceback once for each kind.

Whatever is broken is met again every second and by every row: its traceback helps once.
"""

import logging
import traceback


class TracebackOnce(logging.Filter):
    """Put each logged error into its line, and let its traceback pass once for each kind.

    A kind is the type of an error and its path through the code; a process has only as many as the
    code has places to fail.
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
                record.exc_info = None
            self._passed.add((type(error), path))
        return True


_once = TracebackOnce()


def complaints(name: str) -> logging.Logger:
    """Return the logger `name`, for a module whose errors come in loops."""
    log = logging.getLogger(name)
    log.addFilter(_once)
    return log


def one_line(error: BaseException) -> str:
    """Return the error's type and the first line of its words."""
    words = str(error).strip().splitlines()
    return f"{type(error).__name__}: {words[0] if words else ''}"[:300]
