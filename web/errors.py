"""Every error as an HTTP answer: one table, one shape (RFC 9457), never a stack trace."""

import logging
from http import HTTPStatus

import sqlalchemy.exc
from flask import Flask, Response, g, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from models.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
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
    # Text that PostgreSQL cannot keep, such as half a character.
    sqlalchemy.exc.DataError: HTTPStatus.BAD_REQUEST,
    # The database is away, or no connection to it is free.
    sqlalchemy.exc.OperationalError: HTTPStatus.SERVICE_UNAVAILABLE,
    sqlalchemy.exc.TimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
}
UNKEEPABLE = "Something in it cannot be kept. Nothing was changed."
UNAVAILABLE = "Something that this needs is away. Nothing was changed: try again."
RETRY_AFTER = 2  # seconds
# An answer names so many of the fields that are wrong, each in so many characters: a body that is
# wrong from end to end must not get an answer that is longer than itself.
NAMED = 20
LONGEST = 200


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
    """The answer to a body or query that is not as its schema says."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    wrong = [
        FieldProblem(field=_named(one["loc"]), message=one["msg"][:LONGEST])
        for one in errors[:NAMED]
    ]
    named = ", ".join(dict.fromkeys(one.field for one in wrong if one.field))
    detail = f"Not as it should be: {named}" if named else "The body must be a JSON object"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, wrong)


def _named(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))[:LONGEST]


def known(error: Exception) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, InvalidInputError):
        fields = [FieldProblem(field=error.field, message=error.message)]
        return problem(status, str(error), fields)
    if status == HTTPStatus.BAD_REQUEST:
        return problem(status, UNKEEPABLE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("request %s: %s", g.get("request_id"), error)
        answer = problem(status, UNAVAILABLE)
        answer.headers["Retry-After"] = str(RETRY_AFTER)
        return answer
    answer = problem(status, str(error) or status.phrase)
    if status == HTTPStatus.UNAUTHORIZED:
        # Source: RFC 6750, section 3.
        token = ', error="invalid_token"' if "Authorization" in request.headers else ""
        answer.headers["WWW-Authenticate"] = f'Bearer realm="projectx"{token}'
    return answer


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
