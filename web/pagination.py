"""Pages and conditional requests: `Link` (RFC 8288), `ETag`, `If-Match` and `If-None-Match`."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, jsonify, request
from werkzeug.exceptions import PreconditionFailed

from models.clock import now
from web.urls import make_absolute

# A time. Python refuses to read a number of thousands of digits.
SECONDS = re.compile("[0-9]{1,15}")


def link_header(pages: dict[str, dict[str, Any]]) -> str:
    """Return a Link header. `pages` has the parameters that differ, for each relation."""
    parameters = request.args.to_dict()
    return ", ".join(
        f'<{make_absolute(request.path)}?{urlencode(parameters | changes)}>; rel="{relation}"'
        for relation, changes in pages.items()
    )


def page_links(page: int, size: int, total: int) -> dict[str, dict[str, Any]]:
    """Return the parameters of the first, last, previous and next page."""
    last = max(1, -(-total // size))
    numbers = {"first": 1, "last": last}
    if page > 1:
        numbers["prev"] = min(page - 1, last)
    if page < last:
        numbers["next"] = page + 1
    return {relation: {"page": number} for relation, number in numbers.items()}


def with_etag(body: Any) -> Response:
    """Return a JSON response with its ETag."""
    response: Response = jsonify(body)
    response.add_etag()
    return response


def require_match(body: Any) -> None:
    """Refuse a request whose `If-Match` differs from the ETag of `body`, the current state.

    Raises werkzeug.exceptions.PreconditionFailed, also for a header that cannot be parsed.
    """
    # The gateway weakens the ETag of an answer that it compresses.
    if "If-Match" in request.headers and not request.if_match.contains_weak(
        with_etag(body).get_etag()[0] or ""
    ):
        raise PreconditionFailed("It has changed since it was read. Nothing was changed.")


def conditional(body: Any) -> Response:
    """Return a JSON response with its ETag, or 304 when the client has it already."""
    response = with_etag(body)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


class Mark(NamedTuple):
    """A text that changes with an answer, which time alone makes old after `max_age` seconds."""

    text: str
    max_age: float


def conditional_on(mark: Mark, load: Callable[[], Any]) -> Response:
    """Return 304 when the client has the JSON of this mark, and it is not old; else load it."""
    at = int(now().timestamp())
    for tag in request.if_none_match.as_set(include_weak=True):
        # An empty tag is read as None.
        text, _, since = (tag or "").rpartition("-")
        if text == mark.text and SECONDS.fullmatch(since) and 0 <= at - int(since) < mark.max_age:
            response = Response(status=HTTPStatus.NOT_MODIFIED)
            response.set_etag(tag)
            break
    else:
        response = jsonify(load())
        response.set_etag(f"{mark.text}-{at}")
    response.headers["Cache-Control"] = "no-cache"
    return response
