"""The errors of the application, without HTTP. `web/errors.py` maps each class to a response."""

from datetime import timedelta
from math import ceil


class ProjectXError(Exception):
    """The root of this project's own errors."""


class NotFoundError(ProjectXError):
    """The thing does not exist, or belongs to somebody else; the two look alike."""


class InvalidInputError(ProjectXError):
    """A field of the input is invalid. `field` is its path, such as `items.0.quantity`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


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


class DuplicateError(ConflictError):
    """A unique value is already in use. `field` is the path of the input."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class GoneError(ProjectXError):
    """The thing existed, and cannot be used any more."""


class TooManyError(ProjectXError):
    """Too many requests: more than `limit`, when it is a single number.

    `retry_after` is the number of seconds until the next request is allowed.
    """

    def __init__(self, message: str, retry_after: float, limit: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = max(1, ceil(retry_after))
        self.limit = limit
