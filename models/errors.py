"""The errors of the application, without HTTP. `web/errors.py` maps each class to a response."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

from models.problem_codes import FieldCode, Parameter, ProblemKind


class ProjectXError(Exception):
    """The root of this project's own errors."""


class NotFoundError(ProjectXError):
    """The thing does not exist, or belongs to somebody else; the two look alike."""


class InvalidInputError(ProjectXError):
    """A field of the input is invalid. `field` is its path, such as `items.0.quantity`."""

    def __init__(
        self,
        field: str,
        message: str,
        code: FieldCode = FieldCode.INVALID,
        **parameters: Parameter,
    ) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.code = code
        self.parameters = parameters


class NotAuthenticatedError(ProjectXError):
    """The credentials are missing, invalid, expired or revoked."""


class WrongCodeError(NotAuthenticatedError):
    """The code is wrong. `attempts_left` is the number of codes that may still be tried."""

    def __init__(self, message: str, attempts_left: int) -> None:
        super().__init__(message)
        self.attempts_left = attempts_left


class StepUpError(NotAuthenticatedError):
    """The sign-in is older than `max_age`, and the request needs a more recent one."""

    def __init__(self, message: str, max_age: timedelta) -> None:
        super().__init__(message)
        self.max_age = max_age


class ForbiddenError(ProjectXError):
    """The signed-in user lacks the required role."""


class ConflictError(ProjectXError):
    """The current state of the thing does not allow the request."""

    def __init__(self, message: str, kind: ProblemKind | None = None) -> None:
        super().__init__(message)
        self.kind = kind


class DuplicateError(ConflictError):
    """A unique value is already in use. `field` is the path of the input."""

    code = FieldCode.USED
    parameters: Mapping[str, Parameter] = {}

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class GoneError(ProjectXError):
    """The thing existed, and cannot be used any more."""


class TooManyError(ProjectXError):
    """Too many requests of a kind: more than `limit`, when it is a single number.

    `retry_after` is the number of seconds until the next request is allowed.
    """

    def __init__(
        self, message: str, kind: ProblemKind, retry_after: float, limit: int | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = max(1, ceil(retry_after))
        self.limit = limit


class OverloadedError(ProjectXError):
    """The system cannot take more of this now. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many orders are under way. Nothing was changed: try again.")
        self.retry_after = retry_after
