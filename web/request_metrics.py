"""Metrics of requests: their number and time by the rule of the route, never by the path."""

from typing import Any

from flask import Flask, Response, g, request, request_started

from models import metrics
from models.clock import tick
from web.traced_requests import PROBES

# The time at which the application began with a request, in its WSGI environment.
BEGAN = "projectx.began"
# A client may send any word as a method.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# The service of each blueprint that belongs to one.
SERVICES: dict[str, str] = {}


def register(app: Flask) -> None:
    """Count the requests of an application, if there are metrics."""
    request_started.connect(_begin, app)
    app.after_request(_count)


def _begin(*_: Any, **__: Any) -> None:
    if metrics.is_on():
        request.environ[BEGAN] = tick()


def _count(response: Response) -> Response:
    began: float | None = request.environ.get(BEGAN)
    if began is None or request.path in PROBES:
        return response
    rule = request.url_rule.rule if request.url_rule else metrics.OTHER
    method = request.method if request.method in METHODS else metrics.OTHER
    labels = (SERVICES.get(request.blueprint or "", "pages"), rule, method)
    metrics.HTTP_REQUESTS.add(*labels, str(response.status_code))
    metrics.HTTP_SECONDS.observe(tick() - began - g.get("waited", 0.0), *labels)
    return response
