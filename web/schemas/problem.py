"""Schemas of error responses (RFC 9457)."""

from web.schemas.base import Outgoing


class FieldProblem(Outgoing):
    field: str
    message: str


class Problem(Outgoing):
    """An error (`application/problem+json`). The logs have `requestId`; `errors` comes with 422.

    `attemptsLeft` comes with a wrong code: the number of codes that may still be tried.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] | None = None
    attempts_left: int | None = None
