"""Lists in pages: where the next one is (RFC 8288), and whether anything has changed."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from werkzeug.exceptions import PreconditionFailed

from web.urls import make_absolute


def linked(pages: dict[str, dict[str, Any]]) -> str:
    """The Link header: for each relation, what changes in this request's query."""
    asked = request.args.to_dict()
    return ", ".join(
        f'<{make_absolute(request.path)}?{urlencode(asked | changed)}>; rel="{rel}"'
        for rel, changed in pages.items()
    )


def numbered(page: int, size: int, total: int) -> dict[str, dict[str, Any]]:
    """The pages around `page` of `total` things."""
    last = max(1, -(-total // size))
    found = {"first": 1, "last": last}
    if page > 1:
        found["prev"] = min(page - 1, last)
    if page < last:
        found["next"] = page + 1
    return {rel: {"page": number} for rel, number in found.items()}


def with_etag(body: Any) -> Response:
    """Answer JSON with its ETag."""
    response: Response = jsonify(body)
    response.add_etag()
    return response


def require_match(body: Any) -> None:
    """Refuse a request whose `If-Match` has not the ETag of `body`, which is what is there now. One
    that cannot be read has it not.

    Raises werkzeug.exceptions.PreconditionFailed.
    """
    if "If-Match" in request.headers and not request.if_match.contains(
        with_etag(body).get_etag()[0] or ""
    ):
        raise PreconditionFailed("It has changed since it was read. Nothing was changed.")


def fresh(body: Any) -> Response:
    """JSON with an ETag; 304 to who has it already."""
    response = with_etag(body)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
