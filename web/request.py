"""What every request has: an id, a size limit, strict JSON, and a name in the history."""

import re
from contextlib import AbstractContextManager
from typing import Any, NoReturn
from uuid import uuid4

import flask
from flask import Flask, Response, g
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from models.typed_text import has_card_number
from state_machines.durable import caused_by

LARGEST_BODY = 1_000_000  # bytes, where a route has no limit of its own
LARGEST_OF_ALL = 1024 * 1024  # bytes
SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Request(flask.Request):
    """JSON is JSON: what is not gets 400 (or 415), also where a library would look away. A body
    that is too long gets 413, also when it comes in chunks and nobody has said its length.
    """

    def get_data(self, *arguments: Any, **options: Any) -> Any:
        try:
            body = super().get_data(*arguments, **options)
            cut_off = self._cut_off(len(body))
        except HTTPException:
            raise
        except Exception as broken:
            # Such as a chunk whose length is no number: each server has errors of its own for it.
            raise BadRequest("The body cannot be read") from broken
        if cut_off:
            raise RequestEntityTooLarge
        return body

    def _cut_off(self, length: int) -> bool:
        """Whether more would follow: without a word, Werkzeug ends such a body at the limit."""
        limit = self.max_content_length
        if self.content_length is not None or limit is None or length < limit:
            return False
        # A route's own limit may be lower than the one by which it was read.
        return length > limit or bool(self.environ["wsgi.input"].read(1))

    def get_json(self, *, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # type: ignore[override]  # noqa: ARG002
        try:
            return super().get_json(force=force, silent=False, cache=cache)
        except RecursionError as nested:
            raise BadRequest("The JSON is nested too deeply") from nested

    def on_json_loading_failure(self, e: ValueError | None) -> NoReturn:
        if e is None:
            raise UnsupportedMediaType("The body must be JSON, and say so in its Content-Type")
        raise BadRequest(f"The body is not JSON: {e}")


def register(app: Flask) -> None:
    app.request_class = Request
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(_begin)
    app.after_request(_name)


def cause(actor: object = None) -> AbstractContextManager[None]:
    """Name this request (and who made it) as the cause of the moves inside."""
    return caused_by("request", g.request_id, None if actor is None else str(actor))


def _begin() -> None:
    given = flask.request.headers.get("X-Request-Id", "")
    is_sane = SANE_ID.fullmatch(given) and not has_card_number(given)
    g.request_id = given if is_sane else uuid4().hex
    if "\x00" in flask.request.path:
        raise NotFound
    _refuse_large(flask.request)


def _refuse_large(request: flask.Request) -> None:
    """Raises RequestEntityTooLarge, also where nobody is going to read the body."""
    if request.content_length is not None:
        if request.content_length > LARGEST_OF_ALL:
            raise RequestEntityTooLarge
    elif "Transfer-Encoding" in request.headers:
        request.max_content_length = LARGEST_OF_ALL
        request.get_data()
        # The application's, unless the route sets one.
        request.max_content_length = None


def _name(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
