"""Is the process up, and can it do its work?"""

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import redis
from alembic.script import ScriptDirectory
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy import exc, text

from models import transaction
from web.bell import client
from web.schemas.health import Health, Readiness

api = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])

MIGRATIONS = Path(__file__).parent.parent / "migrations"


@api.get("/health", responses={200: Health})
def health() -> Any:
    """The process answers."""
    return Health(status="ok").json_ready()


@api.get("/ready", responses={200: Readiness, 503: Readiness})
def ready() -> Any:
    """Requests can be served: PostgreSQL answers, with the schema of this code. Without Redis
    everything works, later.
    """
    database, hints = _database(), _redis()
    is_ready = database == "ok"
    status = "down" if not is_ready else "ok" if hints == "ok" else "degraded"
    answer = Readiness(status=status, postgresql=database, redis=hints)
    return answer.json_ready(), HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE


def _database() -> str:
    try:
        with transaction() as session:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
    except exc.ProgrammingError:
        return "not migrated"
    except (exc.OperationalError, exc.TimeoutError):
        return "unreachable"
    return "ok" if found in _known_revisions() else "not migrated"


def _redis() -> str:
    try:
        client().ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


@cache
def _known_revisions() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())
