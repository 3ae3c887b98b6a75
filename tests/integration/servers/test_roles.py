"""The processes' role reads and writes rows; the history and the audit are out of its reach."""

from os import getuid
from pathlib import Path
from pwd import getpwuid

import psycopg2
import psycopg2.errors
import pytest

from tests.support.server import PASSWORD, ROLE, Server, as_the_role

pytestmark = pytest.mark.slow

LET = "SET projectx.retention = 'on'; "
FORBIDDEN = [
    "DELETE FROM transition",
    "UPDATE transition SET reason = 'none'",
    "TRUNCATE transition",
    "DELETE FROM audit",
    "UPDATE audit SET actor = 'bob'",
    "TRUNCATE audit",
    "DROP TRIGGER rows_are_final ON audit",
    "DROP TRIGGER rows_are_final ON transition",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "ALTER TABLE transition DISABLE TRIGGER ALL",
    "SET session_replication_role = 'replica'",
    "DROP TABLE orders",
    "TRUNCATE orders",
    "CREATE TABLE extra (id int)",
    "ALTER TABLE orders ADD COLUMN extra int",
    "UPDATE alembic_version SET version_num = '0001'",
    "DELETE FROM alembic_version",
    "ALTER FUNCTION refuse_rewriting_history() RENAME TO refuse_nothing",
    "CREATE TRIGGER forget AFTER DELETE ON orders EXECUTE FUNCTION forget_history()",
    "CREATE TEMP TABLE t (); CREATE TRIGGER t AFTER DELETE ON t EXECUTE FUNCTION forget_history()",
    f"ALTER ROLE {ROLE} SUPERUSER",
    "CREATE ROLE another",
    "COPY audit TO PROGRAM 'cat'",
]
SIGN_INS = """
INSERT INTO login (id, version, created_at, updated_at, state, email, code_id, code_hash,
    wrong_codes, unbound_codes)
SELECT id, 1, now(), now(), state, 'ann@example.com', id, '', 0, 0
FROM (VALUES ('00000000-0000-7000-8000-00000000000a'::uuid, 'CodeSent'),
    ('00000000-0000-7000-8000-00000000000b', 'Expired')) AS made (id, state);
INSERT INTO transition (subject_id, version, machine, signal, target, ignored, cause, at)
SELECT id, 1, 'login', 'begin', state, false, 'test', now() FROM login;
"""


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("before", ["", LET], ids=["as it is", "saying that it is retention"])
def test_the_role_cannot_run_forbidden_statements(
    server: Server, statement: str, before: str
) -> None:
    with (
        server.connect(ROLE, PASSWORD) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute(before + statement)


def test_the_role_adds_to_the_audit(server: Server) -> None:
    done = server.flask("users", "create", "ann@example.com", **as_the_role(server))
    assert done.returncode == 0, done.stderr
    rows = server.read("SELECT subject, actor FROM audit WHERE action = 'users create'")
    assert dict(rows)["ann@example.com"] == f"ann ({getpwuid(getuid()).pw_name})"


def test_products_are_imported_and_numbered_as_the_role(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("sku,name,price,currency\nROLE-1,Lamp,49.00,usd\n")
    done = server.flask("products", "import", str(file), **as_the_role(server))
    assert done.returncode == 0, done.stderr
    assert server.read("SELECT name FROM product WHERE sku = 'ROLE-1' AND id > 0") == [("Lamp",)]


def test_a_command_that_only_reads_works_as_the_role(server: Server) -> None:
    done = server.flask("audit", "list", **as_the_role(server))
    assert done.returncode == 0, done.stderr


def test_only_an_ended_sign_in_loses_its_history(server: Server) -> None:
    with server.connect(ROLE, PASSWORD) as connection, connection.cursor() as cursor:
        cursor.execute(SIGN_INS)
        cursor.execute("DELETE FROM login")
        cursor.execute("SELECT target FROM transition WHERE machine = 'login'")
        assert cursor.fetchall() == [("CodeSent",)]


def test_only_a_requested_erasure_deletes_history(server: Server) -> None:
    nobody = "00000000-0000-7000-8000-00000000000c"
    with (
        server.connect(ROLE, PASSWORD) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege, match="nobody has asked"),
    ):
        cursor.execute("SELECT erase_history(%s, 'ann', '{}')", (nobody,))


def test_a_second_grant_changes_nothing(server: Server) -> None:
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relkind = 'r' ORDER BY relname"
    before = server.read(rights)
    assert server.flask("roles", "grant", ROLE).returncode == 0
    assert server.read(rights) == before
    with server.connect(ROLE, PASSWORD):
        pass  # the password is as it was


@pytest.mark.parametrize(
    ("role", "status"), [("postgres", 2), ("Robert'); --", 2), ("a" * 64, 2), ("", 2)]
)
def test_a_malformed_role_name_is_refused(server: Server, role: str, status: int) -> None:
    done = server.flask("roles", "grant", role)
    assert done.returncode == status
    assert "Traceback" not in done.stderr


def test_the_role_cannot_give_rights(server: Server) -> None:
    done = server.flask("roles", "grant", "another", **as_the_role(server))
    assert done.returncode == 1
    assert "permission denied" in done.stderr


def test_the_server_requires_the_correct_password(server: Server) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        server.connect(ROLE, "another")
