"""Is the process up, and can it do its work?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import redis
from alembic.script import ScriptDirectory
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy import exc, text

import heartbeats
from models import transaction
from models.clock import now
from web.changes import redis_client
from web.schemas.health import Health, Readiness

api = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])

MIGRATIONS = Path(__file__).parents[2] / "migrations"
# Of PostgreSQL. What is newer was migrated first: the old processes serve until they are replaced.
READY = ("ok", "newer schema")
STATEMENT = text(
    "SELECT version_num, (SELECT at FROM sweep), current_setting('transaction_read_only') = 'on'"
    " FROM alembic_version"
)
SWEPT_WITHIN = timedelta(minutes=1)


@api.get("/health", responses={200: Health})
def health() -> Any:
    """The process answers."""
    return Health(status="ok").json_ready()


@api.get("/ready", responses={200: Readiness, 503: Readiness})
def ready() -> Any:
    """Requests can be served: PostgreSQL answers, with the schema of this code or a newer one.
    Without Redis, beat, workers or sweeps everything is taken in, and done later.
    """
    database, swept_at = _database()
    hints, missing = _redis()
    is_ready = database in READY
    amiss = [*missing, *(_lateness(swept_at) if is_ready else ())]
    status = "down" if not is_ready else "degraded" if amiss else "ok"
    reasons = [*([] if database == "ok" else [f"PostgreSQL: {database}"]), *amiss]
    answer = Readiness(status=status, postgresql=database, redis=hints, reasons=reasons)
    return answer.json_ready(), HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE


def _database() -> tuple[Any, datetime | None]:
    """What there is to say of PostgreSQL, and when the last sweep was."""
    try:
        with transaction() as session:
            revision, swept_at, is_read_only = session.execute(STATEMENT).one()
    except (exc.NoResultFound, exc.MultipleResultsFound, exc.ProgrammingError):
        return "not migrated", None
    except (exc.OperationalError, exc.TimeoutError):
        return "unreachable", None
    if is_read_only:
        return "read only", swept_at
    known, head = _revisions()
    if revision not in known:
        return "newer schema", swept_at
    return "ok" if revision == head else "not migrated", swept_at


def _redis() -> tuple[Any, list[str]]:
    """What there is to say of Redis, and who has not been heard there."""
    try:
        missing = heartbeats.find_absent(redis_client(), heartbeats.BEAT, *heartbeats.QUEUES)
    except redis.OutOfMemoryError:
        return "full", ["Redis is full: nothing is announced"]
    except redis.RedisError:
        return "unreachable", ["Redis is unreachable"]
    return "ok", [
        "no beat" if name == heartbeats.BEAT else f"no worker takes {name}" for name in missing
    ]


def _lateness(swept_at: datetime | None) -> Iterator[str]:
    if swept_at is None:
        yield "no sweep yet"
    elif now() - swept_at > SWEPT_WITHIN:
        yield f"the last sweep was {(now() - swept_at).total_seconds():.0f} s ago"


@cache
def _revisions() -> tuple[frozenset[str], str | None]:
    """The revisions that this code knows, and the one that it needs."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return known, scripts.get_current_head()
