"""Errors, as RFC 9457 wants them."""

from web.schemas.base import Outgoing


class FieldProblem(Outgoing):
    field: str
    message: str


class Problem(Outgoing):
    """`application/problem+json`. `requestId` finds it in the logs; `errors` comes with 422."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] | None = None
