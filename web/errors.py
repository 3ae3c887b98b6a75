"""Error responses: problem documents (RFC 9457) for every exception."""

import logging
import re
from collections.abc import Iterator
from http import HTTPStatus

import sqlalchemy.exc
from flask import Flask, Response, g, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from models.base import is_unknown_state
from models.errors import (
    ConflictError,
    DuplicateError,
    ForbiddenError,
    GoneError,
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
    StepUpError,
    TooManyError,
    WrongCodeError,
)
from models.keyset import CursorError
from state_machines.durable import SignalRefusedError
from web.schemas.problem import FieldProblem, Problem

log = logging.getLogger(__name__)

STATUS: dict[type[Exception], HTTPStatus] = {
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CursorError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    SignalRefusedError: HTTPStatus.CONFLICT,
    GoneError: HTTPStatus.GONE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    # The schemas reject values that PostgreSQL cannot store; this is the last resort.
    sqlalchemy.exc.DataError: HTTPStatus.BAD_REQUEST,
    # The database is unreachable, or no connection is free.
    sqlalchemy.exc.OperationalError: HTTPStatus.SERVICE_UNAVAILABLE,
    sqlalchemy.exc.TimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
}
UNSTORABLE = "A value in the request cannot be stored. Nothing was changed."
UNAVAILABLE = "A required service is unavailable. Nothing was changed."
UNKNOWN_STATE = (
    "A newer version of this service has written the current state, and this one cannot read it."
    " Nothing was changed. Try again."
)
RETRY_AFTER = 2  # seconds
# A response must not grow with the number of errors in a body.
MAX_LISTED_PROBLEMS = 20
MAX_READABLE_PROBLEMS = 5000
MAX_TEXT_LENGTH = 200  # characters
FIELD_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,40}")


def register(app: Flask) -> None:
    """Handle all errors of an application."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)
    for error in STATUS:
        app.register_error_handler(error, domain_error)


def problem(
    status: HTTPStatus,
    detail: str,
    errors: list[FieldProblem] | None = None,
    *,
    attempts_left: int | None = None,
) -> Response:
    """Return a problem document."""
    body = Problem(
        title=status.phrase,
        status=status.value,
        detail=detail,
        request_id=g.get("request_id", ""),
        errors=errors,
        attempts_left=attempts_left,
    )
    return Response(
        body.model_dump_json(by_alias=True, exclude_none=True),
        status,
        content_type="application/problem+json",
    )


def validation_error(error: ValidationError) -> Response:
    """Return the response to an invalid body or query, without repeating any of its values."""
    problems = list(_list_problems(error))
    fields = ", ".join(dict.fromkeys(item.field for item in problems if item.field))
    detail = f"Invalid fields: {fields}" if fields else "The body must be a JSON object"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)


def _list_problems(error: ValidationError) -> Iterator[FieldProblem]:
    if error.error_count() > MAX_READABLE_PROBLEMS:
        # Listing them takes pydantic a second for each megabyte of an invalid body.
        yield FieldProblem(field="(many)", message="more fields are invalid than can be listed")
        return
    for details in error.errors(include_url=False, include_input=False)[:MAX_LISTED_PROBLEMS]:
        yield FieldProblem(field=_field_path(details), message=_message(details))


def _field_path(details: ErrorDetails) -> str:
    """Return the path of a field. An unknown field is named only if it looks like a field name."""
    *path, last = details["loc"] or ("",)
    if details["type"] == "extra_forbidden" and not FIELD_NAME.fullmatch(str(last)):
        last = "(unknown)"
    return ".".join(map(str, (*path, last)))[:MAX_TEXT_LENGTH]


def _message(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    if context.get("field_type") == "Value":
        # Pydantic speaks of a "Value" when the length is checked after another validator.
        kind, limit = ("most", "max_length") if "max_length" in context else ("least", "min_length")
        return f"must have at {kind} {context[limit]} characters"
    return details["msg"].removeprefix("Value error, ")[:MAX_TEXT_LENGTH]


def domain_error(error: Exception) -> Response:
    """Return the response to an exception of STATUS."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, InvalidInputError | DuplicateError | CursorError):
        fields = [FieldProblem(field=error.field, message=error.message)]
        return problem(status, str(error), fields)
    if status == HTTPStatus.BAD_REQUEST:
        return problem(status, UNSTORABLE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _unavailable(error, UNAVAILABLE)
    left = error.attempts_left if isinstance(error, WrongCodeError) else None
    response = problem(status, str(error) or status.phrase, attempts_left=left)
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.retry_after)
        if error.limit is not None:
            response.headers["RateLimit-Policy"] = f'"1";q={error.limit}'
            response.headers["RateLimit"] = f'"1";r=0;t={error.retry_after}'
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="projectx"{_challenge_parameters(error)}'
        )
    return response


def _unavailable(error: Exception, detail: str) -> Response:
    log.warning("request %s: %s", g.get("request_id"), error)
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _challenge_parameters(error: Exception) -> str:
    """Return parameters of WWW-Authenticate. Sources: RFC 6750 section 3, RFC 9470 section 3."""
    if isinstance(error, StepUpError):
        seconds = int(error.max_age.total_seconds())
        return f', error="insufficient_user_authentication", max_age="{seconds}"'
    return ', error="invalid_token"' if "Authorization" in request.headers else ""


def http_error(error: HTTPException) -> Response:
    """Return the response to an error of Flask, such as an unknown route or a wrong method."""
    headers = error.get_response().headers
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response(status=error.code, headers=headers)
    response = problem(HTTPStatus(error.code), error.description or "")
    for name in ("Allow", "Retry-After"):
        if name in headers:
            response.headers[name] = headers[name]
    return response


def unexpected_error(error: Exception) -> Response:
    """Log an exception with its traceback, and return 500 without any details.

    During a deployment, rows of the newer release may be unreadable here: 503, try again.
    """
    if is_unknown_state(error):
        return _unavailable(error, UNKNOWN_STATE)
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    detail = "An internal error occurred. It is logged under this request's id."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
