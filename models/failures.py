"""Failures of statements: those that concern the lock of a row, and those of the connection."""

from sqlalchemy import exc

# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_NOT_AVAILABLE_CODE = "55P03"
# Codes of a failure that concerns the locks of a row: serialization, deadlock, lock and time-out.
ROW_CODES = ("40001", "40P01", LOCK_NOT_AVAILABLE_CODE, "57014")


def ends_all(error: Exception) -> bool:
    """Return whether an error of PostgreSQL is one of the connection, and not of a row."""
    if isinstance(error, exc.OperationalError):
        return code_of(error) not in ROW_CODES
    return isinstance(error, exc.TimeoutError)


def is_locked(error: Exception) -> bool:
    """Return whether another transaction held the lock of a row for too long."""
    return code_of(error) == LOCK_NOT_AVAILABLE_CODE


def gave_up_waiting(error: Exception) -> bool:
    """Return whether a statement was ended because of a lock, a deadlock or its timeout."""
    return code_of(error) in ROW_CODES


def code_of(error: Exception) -> str | None:
    """Return PostgreSQL's code of an error, if it has one."""
    code: str | None = getattr(getattr(error, "orig", None), "pgcode", None)
    return code
