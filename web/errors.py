"""Error responses: problem documents (RFC 9457) for every exception."""

import logging
from http import HTTPStatus

import sqlalchemy.exc
from flask import Flask, Response, g, request
from pydantic import ValidationError
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
    OverloadedError,
    StepUpError,
    TooManyError,
    WrongCodeError,
)
from models.keyset import CursorError
from models.problem_codes import FieldCode, ProblemKind
from state_machines.durable import SignalRefusedError
from web.field_problems import list_problems
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
    OverloadedError: HTTPStatus.SERVICE_UNAVAILABLE,
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
    kind: ProblemKind | None = None,
) -> Response:
    """Return a problem document."""
    body = Problem(
        title=status.phrase,
        status=status.value,
        detail=detail,
        request_id=g.get("request_id", ""),
        errors=errors,
        attempts_left=attempts_left,
        kind=kind,
    )
    return Response(
        body.model_dump_json(by_alias=True, exclude_none=True),
        status,
        content_type="application/problem+json",
    )


def validation_error(error: ValidationError) -> Response:
    """Return the response to an invalid body or query, without repeating any of its values."""
    problems = list(list_problems(error))
    fields = ", ".join(dict.fromkeys(item.field for item in problems if item.field))
    detail = f"Invalid fields: {fields}" if fields else "The body must be a JSON object"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)


def domain_error(error: Exception) -> Response:
    """Return the response to an exception of STATUS."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, CursorError):
        field = FieldProblem(field=error.field, message=error.message, code=FieldCode.INVALID)
        return problem(status, str(error), [field])
    if isinstance(error, InvalidInputError | DuplicateError):
        return problem(status, str(error), [FieldProblem.of(error)])
    if status == HTTPStatus.BAD_REQUEST:
        return problem(status, UNSTORABLE)
    if isinstance(error, OverloadedError):
        return _problem_for_now(str(error), error.retry_after)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _unavailable(error, UNAVAILABLE)
    left = error.attempts_left if isinstance(error, WrongCodeError) else None
    kind = error.kind if isinstance(error, ConflictError | TooManyError) else None
    response = problem(status, str(error) or status.phrase, attempts_left=left, kind=kind)
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
    return _problem_for_now(detail, RETRY_AFTER)


def _problem_for_now(detail: str, retry_after: int) -> Response:
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response.headers["Retry-After"] = str(retry_after)
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
    is_limit = error.code == HTTPStatus.TOO_MANY_REQUESTS
    kind = ProblemKind.REQUESTS if is_limit else None
    response = problem(HTTPStatus(error.code), error.description or "", kind=kind)
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
