"""The check that PostgreSQL has enough connections for all processes."""

import contextlib
import logging

from sqlalchemy import exc, text

from config import settings
from models.base import reading
from models.connection import MAX_OVERFLOW
from settings_error import SettingsError

log = logging.getLogger(__name__)

# Without the connections reserved for superusers and other roles.
AVAILABLE = """
SELECT sum(CASE name WHEN 'max_connections' THEN 1 ELSE -1 END * setting::int) FROM pg_settings
WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
"""


def configured_peak() -> int:
    """Return the number of connections that all processes may open at their peaks."""
    return sum(pool + MAX_OVERFLOW for pool in settings.database_pools)


def available() -> int:
    """Return the number of connections that PostgreSQL offers to the processes."""
    with reading() as session:
        return int(session.scalar(text(AVAILABLE)) or 0)


def check() -> None:
    """Warn when the processes may open too many connections; in production, raise SettingsError."""
    with contextlib.suppress(exc.OperationalError, exc.TimeoutError):
        if message := shortage():
            if settings.projectx_env == "production":
                raise SettingsError(message)
            log.warning(message)


def shortage() -> str:
    """Return a message if there are too few connections, or "". A pooler has limits of its own."""
    if settings.database_pooler:
        return ""
    limit, own = available(), settings.database_pool + MAX_OVERFLOW
    if own > limit:
        subject, peak = "DATABASE_POOL: this process", own
    elif (peak := configured_peak()) > limit:
        subject = f"DATABASE_POOLS: {len(settings.database_pools)} processes"
    else:
        return ""
    return (
        f"{subject} may open {peak} connections, up to {MAX_OVERFLOW} each above its pool, but"
        f" PostgreSQL has only {limit} available: raise max_connections, lower DATABASE_POOL, or"
        " put a pooler in front (DATABASE_POOLER)"
    )
