"""The log of requests that are not HTTP: one line each, without what the client sent.

aiohttp logs each with its traceback and its text, which may hold a ticket.
"""

import logging

from aiohttp.http_exceptions import HttpProcessingError

SERVER_LOG = "aiohttp.server"


class MalformedRequests(logging.Filter):
    """A filter that shortens the lines about malformed requests, and passes all others."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = "refused a malformed request: %s", (type(error).__name__,)
            record.exc_info = record.exc_text = None
        return True


def install() -> None:
    """Shorten the lines of this process about malformed requests."""
    logging.getLogger(SERVER_LOG).addFilter(MalformedRequests())
