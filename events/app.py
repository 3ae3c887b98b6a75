"""The HTTP application: `GET /events` is the stream, `GET /health` the state of the process.

`GET /metrics` has its numbers, if METRICS is on. No proxy passes these two on.
"""

import json
import random
from http import HTTPStatus

from aiohttp import HttpVersion11, web

import tickets
from config import settings
from events import metrics
from events.subscription import Subscription
from events.watchers import FullError, TooManyStreamsError, Watcher, Watchers

# Milliseconds after which a browser opens a lost stream again. They differ, so that not all come
# at once.
RETRY_RANGE = (3_000, 15_000)
RETRY_AFTER = 10  # seconds
STREAM_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    # nginx would collect events.
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}


class Application:
    """The handlers of requests, with the watchers and the subscription that they use."""

    def __init__(self, watchers: Watchers, subscription: Subscription) -> None:
        self._watchers, self._subscription = watchers, subscription
        self._is_ending = False

    def build(self) -> web.Application:
        """Return the application of aiohttp."""
        app = web.Application()
        app.router.add_get("/events", self.stream, allow_head=False)
        app.router.add_get("/health", self.health)
        if settings.metrics:
            app.router.add_get("/metrics", self.metrics)
        return app

    async def health(self, _: web.Request) -> web.Response:
        """Return the number of watchers, of dropped ones, and whether Redis is connected."""
        state = {
            "status": "ok" if self._subscription.is_open else "degraded",
            "watchers": len(self._watchers),
            "dropped": self._watchers.dropped,
        }
        return web.json_response(state, headers={"Cache-Control": "no-store"})

    async def metrics(self, _: web.Request) -> web.Response:
        """Return the numbers of the process."""
        text = metrics.expose(self._watchers, self._subscription)
        return web.Response(body=text.encode(), headers={"Content-Type": metrics.CONTENT_TYPE})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send events until the client leaves, the stream is old, or the process ends."""
        try:
            ticket = tickets.verify(request.query.get("ticket", ""))
        except tickets.TicketError as error:
            return _problem(request, HTTPStatus.UNAUTHORIZED, str(error))
        if request.version < HttpVersion11 or request.transport is None:
            return _problem(request, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Use HTTP/1.1")
        if self._is_ending:
            return _problem(request, HTTPStatus.SERVICE_UNAVAILABLE, "This process is ending")
        try:
            with self._watchers.watch(ticket, request.transport) as watcher:
                return await _serve(request, watcher)
        except FullError:
            return _problem(request, HTTPStatus.SERVICE_UNAVAILABLE, "There are too many streams")
        except TooManyStreamsError:
            return _problem(request, HTTPStatus.TOO_MANY_REQUESTS, "You have too many streams")

    def end(self) -> None:
        """End all streams, and open no other."""
        self._is_ending = True
        self._watchers.end_all()


async def _serve(request: web.Request, watcher: Watcher) -> web.StreamResponse:
    """Send the head of the stream and wait for its end. The watcher sends the events."""
    response = web.StreamResponse(headers=STREAM_HEADERS | _cors(request))
    await response.prepare(request)
    # Nothing can come between this and the write. A client reads its orders once it is open.
    watcher.is_open = True
    # A first comment at once, so that nothing on the way waits for more.
    await response.write(f": open\nretry: {random.randint(*RETRY_RANGE)}\n\n".encode())  # noqa: S311
    await watcher.ended
    response.force_close()
    await response.write_eof()
    return response


def _cors(request: web.Request) -> dict[str, str]:
    """Return the headers that allow the page of an allowed origin to read the answer."""
    origin = request.headers.get("Origin", "")
    allowed = {"Access-Control-Allow-Origin": origin} if origin in settings.allowed_origins else {}
    return {"Vary": "Origin", **allowed}


def _problem(request: web.Request, status: HTTPStatus, detail: str) -> web.Response:
    """Return a problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    busy = status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
    headers = _cors(request) | {"Cache-Control": "no-store"}
    return web.Response(
        status=status,
        text=json.dumps(body),
        content_type="application/problem+json",
        headers=headers | ({"Retry-After": str(RETRY_AFTER)} if busy else {}),
    )
