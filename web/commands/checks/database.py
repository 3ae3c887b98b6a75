"""Checks of PostgreSQL: its version and clock, the schema, the role's rights, the connections."""

from collections.abc import Iterator

from sqlalchemy import exc, text
from sqlalchemy.orm import Session

from config import settings
from models import connection_limit
from models.base import reading
from models.clock import TIME_QUERY, lead_over_host
from models.database_role import APPEND_ONLY_TABLES
from web.commands.outage import explain
from web.revisions import known_revisions

# Major version; older ones are untested.
MIN_VERSION = 18
MAX_SHOWN_TABLES = 3
MAX_CLOCK_DIFFERENCE_SECONDS = 60
SERVER = text(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, current_user AS role,"
    " current_setting('transaction_read_only') = 'on' AND pg_is_in_recovery() AS is_standby,"
    " has_schema_privilege('public', 'CREATE') AS may_create,"
    " to_regclass('alembic_version') IS NOT NULL AS is_migrated"
)
# The tables on which the role lacks a right that `flask roles grant` gives.
LACKING = text("""
SELECT relname || ' (' || string_agg(privilege, ', ' ORDER BY privilege) || ')'
FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
AND NOT has_table_privilege(pg_class.oid, privilege)
AND (privilege = 'SELECT' OR relname <> 'alembic_version')
AND (privilege IN ('SELECT', 'INSERT') OR relname <> ALL (:append_only))
GROUP BY relname ORDER BY relname
""")


def check() -> Iterator[str]:
    """Yield the faults of the server at DATABASE_URL."""
    try:
        with reading() as session:
            yield from _check_server(session)
        if shortage := connection_limit.shortage():
            yield shortage
    except (exc.DBAPIError, exc.TimeoutError) as error:
        yield f"DATABASE_URL: {explain(error) or error}"


def _check_server(session: Session) -> Iterator[str]:
    server = session.execute(SERVER).one()
    yield from find_old_version(server.version)
    if server.is_standby:
        yield "DATABASE_URL: PostgreSQL is a standby: add target_session_attrs=read-write"
    difference = lead_over_host(float(session.scalar(text(TIME_QUERY)) or 0))
    if abs(difference) > MAX_CLOCK_DIFFERENCE_SECONDS:
        yield f"DATABASE_URL: the clocks of PostgreSQL and this host differ by {difference:.0f} s"
    if settings.projectx_part == "migrate":
        if settings.database_pooler:
            yield "DATABASE_POOLER: migrations need a direct connection, without a pooler"
        if not server.may_create:
            yield f"DATABASE_URL: the role {server.role} may create no tables: use their owner"
    elif not server.is_migrated:
        yield "DATABASE_URL: the database has no schema: run `flask db upgrade`"
    else:
        yield from _check_schema(session, server.role)


def find_old_version(version: int) -> Iterator[str]:
    """Yield a fault for a major version below MIN_VERSION."""
    if version < MIN_VERSION:
        yield f"DATABASE_URL: PostgreSQL {version} is too old: use {MIN_VERSION} or newer"


def _check_schema(session: Session, role: str) -> Iterator[str]:
    lacking = session.scalars(LACKING, {"append_only": list(APPEND_ONLY_TABLES)}).all()
    if lacking:
        others = len(lacking) - MAX_SHOWN_TABLES
        more = f" and {others} more" if others > 0 else ""
        names = ", ".join(lacking[:MAX_SHOWN_TABLES])
        yield (
            f"DATABASE_URL: the role {role} lacks rights on {names}{more}:"
            f" run `flask roles grant {role}` as the owner of the tables"
        )
    if any(table.startswith("alembic_version ") for table in lacking):
        return
    revisions, head = known_revisions()
    revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    # A newer schema is an upgrade in progress.
    if revision is None or (revision in revisions and revision != head):
        yield f"DATABASE_URL: the schema is {revision}, this code needs {head}: run `db upgrade`"
