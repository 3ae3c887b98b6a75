"""Schemas of error responses (RFC 9457)."""

from models.errors import DuplicateError, InvalidInputError
from models.problem_codes import FieldCode, Parameter, ProblemKind
from web.schemas.base import Outgoing


class FieldProblem(Outgoing):
    """The problem of a field. `code` and `parameters` say what `message` does, for translations."""

    field: str
    message: str
    code: FieldCode
    parameters: dict[str, Parameter] | None = None

    @classmethod
    def of(cls, error: InvalidInputError | DuplicateError) -> "FieldProblem":
        return cls(
            field=error.field,
            message=error.message,
            code=error.code,
            parameters=dict(error.parameters) or None,
        )


class Problem(Outgoing):
    """An error (`application/problem+json`). The logs have `requestId`; `errors` comes with 422.

    `attemptsLeft` comes with a wrong code: the number of codes that may still be tried. `kind`
    comes with 429 and with some 409, to tell them apart.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] | None = None
    attempts_left: int | None = None
    kind: ProblemKind | None = None
