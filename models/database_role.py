"""The role of the processes in PostgreSQL, which owns no table.

It reads and writes rows, but cannot change or delete histories and the audit. The owner of the
tables grants its rights.
"""

from sqlalchemy import text

from models.base import db
from models.connection import TIMEOUTS

# The role inserts rows into these. Only functions of the owner change or delete them.
APPEND_ONLY_TABLES = ("transition", "audit")
FUNCTIONS = ("erase_history(uuid, text, text[])",)

GRANT = """
DO $$
DECLARE
    role text := current_setting('projectx.role');
    password text := current_setting('projectx.password');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        EXECUTE format('CREATE ROLE %I LOGIN', role);
    END IF;
    IF password <> '' THEN
        EXECUTE format('ALTER ROLE %I PASSWORD %L', role, password);
    END IF;
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), role);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', role);
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', role);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', role);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM %I', role);
END $$
"""


def grant(role: str, password: str) -> None:
    """Create `role` if it is missing, and grant its rights. An empty `password` changes none.

    Raises sqlalchemy.exc.ProgrammingError when the current role may not do so, and ValueError for
    the current role itself.
    """
    session = db.session
    if role == session.scalar(text("SELECT current_user")):
        raise ValueError(f"{role} is the role that runs this: name another")
    for name, value in (("role", role), ("password", password)):
        session.execute(
            text("SELECT set_config(:name, :value, true)"),
            {"name": f"projectx.{name}", "value": value},
        )
    session.execute(text(GRANT))
    quoted = db.engine.dialect.identifier_preparer.quote_identifier(role)
    for table in APPEND_ONLY_TABLES:
        session.execute(text(f"REVOKE UPDATE, DELETE ON {table} FROM {quoted}"))
    for function in FUNCTIONS:
        session.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}"))
    for name, value in TIMEOUTS.items():
        session.execute(text(f"ALTER ROLE {quoted} SET {name} = '{value}'"))
