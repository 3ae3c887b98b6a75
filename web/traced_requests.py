"""Spans of requests, which continue the traces of browsers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from models import tracing
from models.tracing import NewSpan

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The span of a request, in its WSGI environment.
SPAN = "projectx.span"
# Probes would be most of all spans.
PROBES = ("/health", "/ready")


def register(app: Flask) -> None:
    """Make a span of each request of an application, if there are traces."""
    app.after_request(_describe)
    app.wsgi_app = _Traced(app.wsgi_app)  # type: ignore[method-assign]


class _Traced:
    """A WSGI application in a span, which ends before the body is sent."""

    def __init__(self, serve: "WSGIApplication") -> None:
        self._serve = serve

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not tracing.is_on() or environ.get("PATH_INFO") in PROBES:
            return self._serve(environ, start_response)
        method = environ["REQUEST_METHOD"]
        parent = tracing.accept(environ.get("HTTP_TRACEPARENT"))
        with tracing.span(NewSpan(method, "server", parent)) as environ[SPAN]:
            return self._serve(environ, start_response)


def _describe(response: Response) -> Response:
    """Add the route and the status to the span. A path may hold what people typed."""
    span: tracing.Span | None = request.environ.get(SPAN)
    if span is not None:
        route = request.url_rule.rule if request.url_rule else ""
        span.rename(f"{request.method} {route}".rstrip())
        span.set(
            {
                "http.request.method": request.method,
                "http.route": route,
                "http.response.status_code": response.status_code,
                "projectx.request": g.get("request_id", ""),
            }
        )
    return response
