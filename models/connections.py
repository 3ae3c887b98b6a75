"""The connections that all processes together may want, and those that PostgreSQL has."""

import contextlib
import logging

from sqlalchemy import exc, text

from config import settings
from models.base import OVERFLOW, reading

log = logging.getLogger(__name__)

# The others are kept for superusers and for roles that reserve some.
AVAILABLE = """
SELECT sum(CASE name WHEN 'max_connections' THEN 1 ELSE -1 END * setting::int) FROM pg_settings
WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
"""


def wanted() -> int:
    """Return how many connections all processes may have at their peaks, as the settings say."""
    return sum(pool + OVERFLOW for pool in settings.database_pools)


def available() -> int:
    """Ask PostgreSQL how many it has for us."""
    with reading() as session:
        return int(session.scalar(text(AVAILABLE)) or 0)


def check() -> None:
    """Log that the processes may want more than there are. In production, raise RuntimeError."""
    with contextlib.suppress(exc.OperationalError, exc.TimeoutError):
        if wrong := complaint():
            if settings.projectx_env == "production":
                raise RuntimeError(wrong)
            log.warning(wrong)


def complaint() -> str:
    """Return what is wrong with the numbers, or "". Behind a pooler, they are the pooler's."""
    if settings.database_pooler or wanted() <= (limit := available()):
        return ""
    return (
        f"{len(settings.database_pools)} processes (DATABASE_POOLS), with {OVERFLOW} connections"
        f" each above its pool at peaks, may want {wanted()} of those of PostgreSQL, which has"
        f" {limit} for them: raise max_connections, lower DATABASE_POOL, or put a pooler in front"
        " (DATABASE_POOLER)"
    )
