"""Rules for every request: an id, a size limit, strict JSON, and a cause for the history."""

import json
import re
from contextlib import AbstractContextManager
from typing import Any, NoReturn
from uuid import uuid4

import flask
from flask import Flask, Response, g
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from models import tracing
from models.errors import InvalidInputError
from models.logs import bind
from models.typed_text import has_card_number
from state_machines.durable import caused_by
from web.field_problems import FIELD_NAME

MAX_BODY_SIZE = 1_000_000  # bytes, unless a route sets its own limit
MAX_ANY_BODY_SIZE = 1024 * 1024  # bytes, on every route
# The fields of the server's line about a request, in its WSGI environment (gunicorn.conf.py).
ACCESS = "projectx.access"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class StrictJson(DefaultJSONProvider):
    """JSON in UTF-8, in which no object has a name twice: each parser may read another value.

    Source: https://www.rfc-editor.org/rfc/rfc8259, sections 4 and 8.1
    """

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Parse a body. Raises ValueError, RecursionError, and InvalidInputError with the name."""
        text = s.decode("utf-8-sig") if isinstance(s, bytes) else s
        return super().loads(text, object_pairs_hook=unique_names, **options)


def unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object with these names. Raises InvalidInputError for one that is repeated."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise _repeated(next(name for name in names if names.count(name) > 1))
    return values


def _repeated(name: str) -> InvalidInputError:
    shown = name if FIELD_NAME.fullmatch(name) else "(unknown)"
    return InvalidInputError(shown, "is there more than once")


class Parameters(ImmutableMultiDict[str, Any]):
    """The parameters of a query. One that is there twice is refused where a single value is read.

    Otherwise a filter would be ignored without a word. Lists are read with `getlist`.
    """

    def __getitem__(self, key: str) -> Any:
        """Return the only value of a parameter. Raises InvalidInputError when it has several."""
        if len(self.getlist(key)) > 1:
            raise _repeated(key)
        return super().__getitem__(key)


class Request(flask.Request):
    """A request whose body is checked strictly.

    Invalid JSON is refused with 400 or 415, and a body over the limit with 413, also when it is
    sent in chunks without a length.
    """

    parameter_storage_class = Parameters

    def get_data(self, *arguments: Any, **options: Any) -> Any:
        try:
            body = super().get_data(*arguments, **options)
            is_truncated = self._is_truncated(len(body))
        except HTTPException:
            raise
        except Exception as error:
            # Each server has its own errors, such as for an invalid chunk length.
            raise BadRequest("The body cannot be read") from error
        if is_truncated:
            raise RequestEntityTooLarge
        return body

    def _is_truncated(self, length: int) -> bool:
        """Return whether the body goes on: Werkzeug silently stops reading at the limit."""
        limit = self.max_content_length
        if self.content_length is not None or limit is None or length < limit:
            return False
        # The route's own limit may be lower than the one that applied to the reading.
        return length > limit or bool(self.environ["wsgi.input"].read(1))

    def get_json(self, *, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # type: ignore[override]  # noqa: ARG002
        try:
            body = super().get_json(force=force, silent=False, cache=cache)
        except RecursionError as error:
            raise BadRequest("The JSON is nested too deeply") from error
        # flask-openapi would parse a text as JSON once more. Null is no object, either.
        return None if isinstance(body, str) else body

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        if e is None:
            raise UnsupportedMediaType("The body must be JSON with a JSON Content-Type")
        reason = str(e) if isinstance(e, json.JSONDecodeError) else "no UTF-8, or a long number"
        raise BadRequest(f"The body is not JSON: {reason}")


def register(app: Flask) -> None:
    """Apply the rules to the requests of an application."""
    app.request_class, app.json = Request, StrictJson(app)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_SIZE
    app.before_request(_begin)
    app.after_request(_add_request_id)
    app.teardown_request(lambda _: bind())


def cause(actor: object = None) -> AbstractContextManager[None]:
    """Record this request and its actor as the cause of the transitions in the block."""
    return caused_by("request", g.request_id, None if actor is None else str(actor))


def _begin() -> None:
    request_id = flask.request.headers.get("X-Request-Id", "")
    is_valid = REQUEST_ID.fullmatch(request_id) and not has_card_number(request_id)
    g.request_id = request_id if is_valid else uuid4().hex
    bind(request=g.request_id)
    if "\x00" in flask.request.path:
        raise NotFound
    _refuse_large_body(flask.request)


def _refuse_large_body(request: flask.Request) -> None:
    """Raise RequestEntityTooLarge for a large body, also when no route reads it."""
    if request.content_length is not None:
        if request.content_length > MAX_ANY_BODY_SIZE:
            raise RequestEntityTooLarge
    elif "Transfer-Encoding" in request.headers:
        request.max_content_length = MAX_ANY_BODY_SIZE
        request.get_data()
        # Reset to the application's limit, which a route may replace.
        request.max_content_length = None


def _add_request_id(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    rule = flask.request.url_rule
    flask.request.environ[ACCESS] = {
        "route": rule.rule if rule else None,
        "request": g.get("request_id"),
        "trace": tracing.trace_id(tracing.current()),
    }
    return response
