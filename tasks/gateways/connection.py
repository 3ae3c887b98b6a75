"""HTTP sessions with a time limit for whole calls.

The timeouts of the libraries restart with every byte received. Here each read of a response is
limited to the remaining time of its call: PROVIDER_TIMEOUT, or what its activity has left.
"""

import io
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import connection, connectionpool
from urllib3.exceptions import ConnectTimeoutError

from config import settings
from models import metrics, tracing
from models.clock import tick
from models.tracing import NewSpan, Span
from state_machines.durable import RetryableError, time_left

# The parts of paths that name an operation of Stripe or SendGrid. Others are ids.
RESOURCES = frozenset(
    {
        *("payment_intents", "refunds", "events", "disputes", "charges", "account"),
        *("webhook_endpoints", "cancel", "search", "mail", "send", "recipients", "erasejob"),
        *("scopes", "balance"),
    }
)
# The end of the current call, on the clock of `tick`.
_end: ContextVar[float] = ContextVar("end", default=float("inf"))


class NoTimeLeftError(RetryableError):
    """Raised instead of a call when earlier calls have used up the time of their activity."""


class _TimedStream(io.RawIOBase):
    """A stream of a response that raises TimeoutError when the time of its call is over."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket) -> None:
        self._stream, self._sock, self._end = stream, sock, _end.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - tick()
        if left <= 0:
            raise TimeoutError("the response took too long")
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
    """A connection that sends nothing after the end of its call and has timed responses."""

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
    def __init__(self, provider: str) -> None:
        self._provider = provider
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **named)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def send(self, request: Any, *arguments: Any, **named: Any) -> Any:
        counted = _counted(self._provider, request)
        with (
            _call_span(request) as span,
            _within(settings.provider_timeout) as seconds,
            counted as answers,
        ):
            response = super().send(request, *arguments, **named | {"timeout": seconds})
            answers.append(response.status_code)
            if span is not None:
                span.set(_answer_of(response))
            return response


def _call_span(request: Any) -> AbstractContextManager[Span | None]:
    """Make a span of one request to a provider. The provider is sent nothing about it."""
    if not tracing.is_on():
        return tracing.OFF
    address = urlsplit(request.url)
    attributes = {
        "http.request.method": request.method,
        "server.address": address.hostname or "",
        # Its query may hold what people typed.
        "url.path": address.path,
    }
    name = f"{request.method} {address.hostname}"
    return tracing.span(NewSpan(name, "client", attributes=attributes))


def _answer_of(response: requests.Response) -> tracing.Attributes:
    request_id = response.headers.get("Request-Id") or response.headers.get("X-Message-Id") or ""
    status = response.status_code
    return {"http.response.status_code": status, "projectx.provider_request": request_id}


@contextmanager
def _counted(provider: str, request: Any) -> Iterator[list[int]]:
    """Count one request to a provider. Yield a list for the status of its answer."""
    began, answers = tick(), list[int]()
    try:
        yield answers
    finally:
        operation = operation_of(request.method, request.url) if metrics.is_on() else ""
        metrics.PROVIDER_CALLS.add(provider, operation, _class_of(answers))
        metrics.PROVIDER_SECONDS.observe(tick() - began, provider, operation)


def operation_of(method: str, url: str) -> str:
    """Return the name of an operation, such as `POST payment_intents cancel`: never an id."""
    words = [part for part in urlsplit(url).path.split("/") if part in RESOURCES]
    return " ".join([method, *words])


def _class_of(answers: list[int]) -> str:
    if not answers:
        return "none"
    status = answers[-1]
    return "429" if status == requests.codes.too_many_requests else f"{status // 100}xx"


def session(provider: str) -> requests.Session:
    """Return a session with time limits. Only one thread may use it at a time."""
    timed = requests.Session()
    for scheme in ("http://", "https://"):
        timed.mount(scheme, _Adapter(provider))
    return timed


@contextmanager
def _within(seconds: float) -> Iterator[float]:
    """Limit the call inside to `seconds` or what its activity has left. Yield that time."""
    seconds = min(seconds, time_left())
    if seconds <= 0:
        raise NoTimeLeftError("its activity has no time left for another call")
    token = _end.set(tick() + seconds)
    try:
        yield seconds
    finally:
        _end.reset(token)
