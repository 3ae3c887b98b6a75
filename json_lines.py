"""Logs as JSON: one object a line, without secrets and addresses.

docs/reference/logs.md lists the fields.
"""

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime

from config import settings

# The attribute of a record with its context, such as the id of a request: models/logs.py sets it.
CONTEXT = "context"
# The attribute of a record with fields of its own: `extra={FIELDS: {...}}`.
FIELDS = "fields"
# No line may hold these, whichever library writes them: addresses, keys, tokens, cards.
PRIVATE = re.compile(
    r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:sk|rk|pk)_(?:live|test)_\w+|\bwhsec_\w+|\bSG\.[\w.-]+|\w+_secret_\w+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=Bearer )[\w.~+/-]+"
    r"|(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w.-])"
)
HIDDEN = "[hidden]"
# The logger of security events, whose lines have the level info.
SECURITY = "security"


class JsonLines(logging.Formatter):
    """A formatter of records as JSON objects, for one part of the system."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.part = settings.part_of(part)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "part": self.part,
            "message": hide(record.getMessage()),
        }
        line |= getattr(record, CONTEXT, {}) | getattr(record, FIELDS, {})
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["error"] = hide(record.exc_text)
        return json.dumps(line, ensure_ascii=False, default=str)


def hide(text: str) -> str:
    """Return `text` without what must not be in a log."""
    return PRIVATE.sub(HIDDEN, text)


def is_on() -> bool:
    """Return whether lines are JSON: LOG_FORMAT, or else the environment, decides."""
    default = "text" if settings.projectx_env == "development" else "json"
    return (settings.log_format or default) == "json"


def configure(part: str, level: int | str = logging.WARNING) -> None:
    """Let the root logger of this process write JSON to stderr, from `level`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(part))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger(SECURITY).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def configure_process(part: str) -> None:
    """Let a process of ours without a server's own logging write warnings, as JSON or as text."""
    if is_on():
        configure(part)
    else:
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


def configured_part() -> str | None:
    """Return the part of the root logger's lines, or None if they are not JSON."""
    formatters = (handler.formatter for handler in logging.getLogger().handlers)
    return next((each.part for each in formatters if isinstance(each, JsonLines)), None)


def say(text: str, *_: object) -> None:
    """Write a line from a handler of a signal, in which no lock may be taken."""
    record = logging.LogRecord("celery.worker", logging.WARNING, "", 0, text, None, None)
    line = JsonLines(configured_part() or "worker").format(record)
    os.write(sys.stderr.fileno(), f"{line}\n".encode())
