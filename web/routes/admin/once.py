"""The header `Idempotency-Key` of changes that must not happen twice."""

from models.errors import InvalidInputError
from models.idempotency import FIELD
from web import idempotency


def require_key() -> str:
    """Return the request's idempotency key.

    Raises InvalidInputError without one, and BadRequest when it is malformed.
    """
    key = idempotency.read_key()
    if key is None:
        raise InvalidInputError(FIELD, "is required: a repeated request must change nothing more")
    return key
