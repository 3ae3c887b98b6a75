"""What can go wrong, said without HTTP. `web/errors.py` maps each class to an answer."""

from datetime import timedelta
from math import ceil


class ProjectXError(Exception):
    """The root of this project's own errors."""


class NotFoundError(ProjectXError):
    """There is no such thing, or it is not theirs: nobody learns which."""


class InvalidInputError(ProjectXError):
    """A field of the input is wrong. `field` is its path, such as `items.0.quantity`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class NotAuthenticatedError(ProjectXError):
    """Nobody is signed in, or the proof of it is wrong, old or revoked."""


class StepUpError(NotAuthenticatedError):
    """Signed in, but longer than `max_age` ago: what is asked for needs a fresh proof."""

    def __init__(self, message: str, max_age: timedelta) -> None:
        super().__init__(message)
        self.max_age = max_age


class ForbiddenError(ProjectXError):
    """Signed in, but without the role that this needs."""


class ConflictError(ProjectXError):
    """The thing's state does not allow it now."""


class DuplicateError(ConflictError):
    """Something else has this already, and only one can. `field` is the path of the input."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class GoneError(ProjectXError):
    """It was there, and cannot be used any more."""


class TooManyError(ProjectXError):
    """It was asked for too often, more than `limit` times where one number says it. `retry_after`
    is the number of seconds until it may be again.
    """

    def __init__(self, message: str, retry_after: float, limit: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = max(1, ceil(retry_after))
        self.limit = limit
