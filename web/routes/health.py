"""Routes of health and readiness checks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import redis
from flask_openapi.models.tag import Tag
from sqlalchemy import exc, text

import heartbeats
from models import transaction
from models.clock import now
from web.blueprint import ApiBlueprint
from web.changes import redis_client
from web.revisions import known_revisions
from web.schemas.health import Health, Readiness

api = ApiBlueprint("health", __name__, abp_tags=[Tag(name="health")])

# Migrations run before the new code starts, so old processes meanwhile serve a newer schema.
READY = ("ok", "newer schema")
STATEMENT = text(
    "SELECT version_num, (SELECT at FROM sweep), current_setting('transaction_read_only') = 'on',"
    " ARRAY(SELECT kind || ' ' || name FROM pause ORDER BY kind, name) FROM alembic_version"
)
MAX_SWEEP_AGE = timedelta(minutes=1)


@api.get("/health", responses={200: Health})
def health() -> Any:
    """Report that the process answers."""
    return Health(status="ok").json_ready()


@api.get("/ready", responses={200: Readiness, 503: Readiness})
def ready() -> Any:
    """Report whether requests can be served: PostgreSQL answers with this code's schema or a newer.

    Without Redis, beat, workers or sweeps (`degraded`), requests are accepted and processed later.
    """
    postgresql, swept_at, paused = _check_postgresql()
    redis_state, problems = _check_redis()
    is_ready = postgresql in READY
    if is_ready:
        problems += _check_sweep(swept_at)
    status = "down" if not is_ready else "degraded" if problems else "ok"
    reasons = [*([] if postgresql == "ok" else [f"PostgreSQL: {postgresql}"]), *problems]
    body = Readiness(
        status=status, postgresql=postgresql, redis=redis_state, reasons=reasons, paused=paused
    )
    return body.json_ready(), HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE


def _check_postgresql() -> tuple[Any, datetime | None, list[str]]:
    """Return the state of PostgreSQL, the time of the last sweep, and what is paused."""
    try:
        with transaction() as session:
            revision, swept_at, is_read_only, paused = session.execute(STATEMENT).one()
    except (exc.NoResultFound, exc.MultipleResultsFound, exc.ProgrammingError):
        return "not migrated", None, []
    except (exc.OperationalError, exc.TimeoutError):
        return "unreachable", None, []
    if is_read_only:
        return "read only", swept_at, paused
    revisions, head = known_revisions()
    if revision not in revisions:
        return "newer schema", swept_at, paused
    return "ok" if revision == head else "not migrated", swept_at, paused


def _check_redis() -> tuple[Any, list[str]]:
    """Return the state of Redis, and its problems and those of the processes that report there."""
    try:
        missing = heartbeats.find_absent(redis_client(), heartbeats.BEAT, *heartbeats.QUEUES)
    except redis.OutOfMemoryError:
        return "full", ["Redis is full: nothing is announced"]
    except redis.RedisError:
        return "unreachable", ["Redis is unreachable"]
    return "ok", [
        "no beat" if name == heartbeats.BEAT else f"no worker takes {name}" for name in missing
    ]


def _check_sweep(swept_at: datetime | None) -> Iterator[str]:
    if swept_at is None:
        yield "no sweep yet"
    elif now() - swept_at > MAX_SWEEP_AGE:
        yield f"the last sweep was {(now() - swept_at).total_seconds():.0f} s ago"
