"""HTTP whose calls end: a limit holds for a whole call, and not for each wait between two bytes.

The timeouts of the libraries begin anew with every byte that comes. Here each read of an answer may
take what is left of the call's time, which is PROVIDER_TIMEOUT or what its activity has left.
"""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import connection, connectionpool
from urllib3.exceptions import ConnectTimeoutError

from config import settings
from models.clock import tick
from state_machines.durable import RetryableError, time_left

# When the call under way must have ended, on the clock of `tick`.
_end: ContextVar[float] = ContextVar("end", default=float("inf"))


class NoTimeLeftError(RetryableError):
    """Earlier calls have used up the time of their activity: this one was not begun."""


class _TimedStream(io.RawIOBase):
    """The bytes of an answer, as long as its call has time."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket) -> None:
        self._stream, self._sock, self._end = stream, sock, _end.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - tick()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_TimedStream(self.fp.detach(), sock))


class _Timed:
    """Of a connection: nothing is sent once the time is over, and answers are timed."""

    response_class: Any = _TimedResponse

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        if tick() > _end.get():
            self.close()  # type: ignore[attr-defined]
            raise ConnectTimeoutError(self, "connecting took too long")


class _Connection(_Timed, connection.HTTPConnection):
    pass


class _SecureConnection(_Timed, connection.HTTPSConnection):
    pass


class _Pool(connectionpool.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(connectionpool.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **named)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def send(self, request: Any, *arguments: Any, **named: Any) -> Any:
        with _within(settings.provider_timeout) as seconds:
            return super().send(request, *arguments, **named | {"timeout": seconds})


def session() -> requests.Session:
    """Return a session whose calls end. One thread may use it at a time."""
    made = requests.Session()
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Adapter())
    return made


@contextmanager
def _within(seconds: float) -> Iterator[float]:
    """Let the call inside end within `seconds`, or what its activity has left; yield how long."""
    seconds = min(seconds, time_left())
    if seconds <= 0:
        raise NoTimeLeftError("its activity has no time left for another call")
    token = _end.set(tick() + seconds)
    try:
        yield seconds
    finally:
        _end.reset(token)
