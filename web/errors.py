"""Every error as an HTTP answer: one table, one shape (RFC 9457), never a stack trace."""

import logging
import re
from collections.abc import Iterator
from http import HTTPStatus

import sqlalchemy.exc
from flask import Flask, Response, g, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

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
)
from state_machines.durable import SignalRefusedError
from web.schemas.problem import FieldProblem, Problem

log = logging.getLogger(__name__)

STATUS: dict[type[Exception], HTTPStatus] = {
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    SignalRefusedError: HTTPStatus.CONFLICT,
    GoneError: HTTPStatus.GONE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    # PostgreSQL cannot store a value. Schemas judge all input before: this is the last resort.
    sqlalchemy.exc.DataError: HTTPStatus.BAD_REQUEST,
    # The database is away, or no connection to it is free.
    sqlalchemy.exc.OperationalError: HTTPStatus.SERVICE_UNAVAILABLE,
    sqlalchemy.exc.TimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
}
UNSTORABLE = "A value in the request cannot be stored. Nothing was changed."
UNAVAILABLE = "A required service is unavailable. Nothing was changed."
RETRY_AFTER = 2  # seconds
# A body that is wrong from end to end must not get an answer that is longer than itself.
MOST_PROBLEMS, TOO_MANY = 20, 5000
LONGEST = 200  # characters
NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,40}")


def register(app: Flask) -> None:
    """Have `app` answer all errors from here."""
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, unexpected)
    for error in STATUS:
        app.register_error_handler(error, known)


def problem(status: HTTPStatus, detail: str, errors: list[FieldProblem] | None = None) -> Response:
    """The answer to a request that failed."""
    body = Problem(
        title=status.phrase,
        status=status.value,
        detail=detail,
        request_id=g.get("request_id", ""),
        errors=errors,
    )
    return Response(
        body.model_dump_json(by_alias=True, exclude_none=True),
        status,
        content_type="application/problem+json",
    )


def invalid(error: ValidationError) -> Response:
    """The answer to a body or query that is not as its schema says. It repeats nothing of either,
    however much of it is wrong.
    """
    problems = list(_problems(error))
    named = ", ".join(dict.fromkeys(one.field for one in problems if one.field))
    detail = f"Not as it should be: {named}" if named else "The body must be a JSON object"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)


def _problems(error: ValidationError) -> Iterator[FieldProblem]:
    if error.error_count() > TOO_MANY:
        # Reading them out would take a second for each megabyte of nonsense.
        yield FieldProblem(field="(many)", message="more fields are wrong than can be listed")
        return
    for one in error.errors(include_url=False, include_input=False)[:MOST_PROBLEMS]:
        yield FieldProblem(field=_field(one), message=_message(one))


def _field(one: ErrorDetails) -> str:
    """The path of the field; a name of the client's own making only where it looks like a name."""
    *path, last = one["loc"] or ("",)
    if one["type"] == "extra_forbidden" and not NAME.fullmatch(str(last)):
        last = "(unknown)"
    return ".".join(map(str, (*path, last)))[:LONGEST]


def _message(one: ErrorDetails) -> str:
    context = one.get("ctx", {})
    if context.get("field_type") == "Value":
        # Pydantic's words for a text whose length is judged after another validator.
        kind, limit = ("most", "max_length") if "max_length" in context else ("least", "min_length")
        return f"must have at {kind} {context[limit]} characters"
    return one["msg"].removeprefix("Value error, ")[:LONGEST]


def known(error: Exception) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, InvalidInputError | DuplicateError):
        fields = [FieldProblem(field=error.field, message=error.message)]
        return problem(status, str(error), fields)
    if status == HTTPStatus.BAD_REQUEST:
        return problem(status, UNSTORABLE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("request %s: %s", g.get("request_id"), error)
        answer = problem(status, UNAVAILABLE)
        answer.headers["Retry-After"] = str(RETRY_AFTER)
        return answer
    answer = problem(status, str(error) or status.phrase)
    if isinstance(error, TooManyError):
        answer.headers["Retry-After"] = str(error.retry_after)
        if error.limit is not None:
            answer.headers["RateLimit-Policy"] = f'"1";q={error.limit}'
            answer.headers["RateLimit"] = f'"1";r=0;t={error.retry_after}'
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = f'Bearer realm="projectx"{_reason(error)}'
    return answer


def _reason(error: Exception) -> str:
    """The parameters of WWW-Authenticate. Sources: RFC 6750 section 3, RFC 9470 section 3."""
    if isinstance(error, StepUpError):
        seconds = int(error.max_age.total_seconds())
        return f', error="insufficient_user_authentication", max_age="{seconds}"'
    return ', error="invalid_token"' if "Authorization" in request.headers else ""


def refused(error: HTTPException) -> Response:
    """What Flask itself refuses: no such route, another method, too large, not JSON."""
    kept = error.get_response().headers
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response(status=error.code, headers=kept)
    answer = problem(HTTPStatus(error.code), error.description or "")
    for name in ("Allow", "Retry-After"):
        if name in kept:
            answer.headers[name] = kept[name]
    return answer


def unexpected(error: Exception) -> Response:
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    detail = "Our mistake. It is logged under this request's id."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
