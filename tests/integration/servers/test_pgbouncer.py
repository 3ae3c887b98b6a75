"""Tests with PgBouncer in transaction mode: timeouts hold, and connections can be encrypted."""

import os
import sys
from collections.abc import Iterator

import pytest

from launch.children import run
from launch.stack import ROOT
from launch.unprivileged_user import temporary_folder
from tests.support.certificates import certify
from tests.support.pooler import Pooler, running_pooler
from tests.support.server import PASSWORD, ROLE, Server
from web.revisions import known_revisions

pytestmark = pytest.mark.slow

TLS = """
client_tls_sslmode = allow
client_tls_key_file = {folder}/server.key
client_tls_cert_file = {folder}/server.crt
"""
# A sample: `make prove` runs all of them through it (tests/proof/ha/test_pooler.py).
ENGINE = [
    "tests/integration/engine/test_move.py",
    "tests/integration/races/test_retention.py",
    "tests/integration/test_prepared.py",
]
# By DATABASE_POOLER: PgBouncer itself refuses options.
REFUSALS = {"true": "Migrate with a direct connection", "false": "unsupported startup parameter"}
SHOW = """
import json, wsgi
from sqlalchemy import text
from models.base import reading
from models.connection import TIMEOUTS
with wsgi.build("app").app_context(), reading() as session:
    print(json.dumps([session.scalar(text(f"SHOW {name}")) for name in TIMEOUTS]))
"""


@pytest.fixture(scope="module")
def pooler(server: Server) -> Iterator[Pooler]:
    with temporary_folder() as folder:
        certify(folder)
        more = TLS.format(folder=folder)
        port = server.postgres.port
        with running_pooler(folder, port, {ROLE: PASSWORD}, more=more) as running:
            yield running


def test_a_process_that_asks_for_options_is_refused(server: Server, pooler: Pooler) -> None:
    done = server.python("-c", SHOW, DATABASE_URL=pooler.url(ROLE, PASSWORD))
    assert done.returncode != 0
    assert "unsupported startup parameter" in done.stderr


def test_the_timeouts_are_those_of_the_role(server: Server, pooler: Pooler) -> None:
    done = server.python(
        "-c", SHOW, DATABASE_URL=pooler.url(ROLE, PASSWORD), DATABASE_POOLER="true"
    )
    assert done.stdout == '["UTC", "12s", "5s", "30s"]\n', done.stderr


def test_a_role_without_timeouts_is_refused(server: Server, pooler: Pooler) -> None:
    done = server.python("-c", SHOW, DATABASE_URL=pooler.url(), DATABASE_POOLER="true")
    assert done.returncode != 0
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert name in done.stderr
    assert "flask roles grant" in done.stderr


def test_migrations_through_it_are_refused(server: Server, pooler: Pooler) -> None:
    statement = "UPDATE alembic_version SET version_num = %s"
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement, ("0001",))
        connection.commit()
    try:
        for has_pooler in ("true", "false"):
            done = server.flask(
                "db", "upgrade", DATABASE_URL=pooler.url(), DATABASE_POOLER=has_pooler
            )
            assert done.returncode == 1
            sentence = done.stderr.splitlines()[-1]
            assert REFUSALS[has_pooler] in sentence, done.stderr
    finally:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement, (known_revisions()[1],))
            connection.commit()


def test_commands_work_through_it(server: Server, pooler: Pooler) -> None:
    email = "pooled@example.com"
    done = server.flask(
        *("users", "create", email),
        DATABASE_URL=pooler.url(ROLE, PASSWORD),
        DATABASE_POOLER="true",
    )
    assert done.returncode == 0, done.stderr
    assert (email,) in server.read("SELECT email FROM users")


def test_the_engine_works_through_it(server: Server, pooler: Pooler) -> None:
    with server.connect() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE engine")
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
            ):
                cursor.execute(f"ALTER DATABASE engine SET {name} = '15s'")
    direct = f"postgresql://postgres@127.0.0.1:{server.postgres.port}/engine"
    assert server.flask("db", "upgrade", DATABASE_URL=direct).returncode == 0
    environment = os.environ | {
        "DATABASE_URL": pooler.url(database="engine"),
        "DATABASE_POOLER": "true",
        "PROJECTX_TESTS_OWN": os.environ["PROJECTX_TESTS_OWN"].replace("DATABASE_URL", ""),
    }
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *ENGINE]
    done = run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("mode", "root", "expected"),
    [("verify-full", "server.crt", True), ("verify-full", "stranger.crt", False),
     ("disable", "server.crt", True)],
)  # fmt: skip
def test_the_url_sets_the_encryption_of_the_connection(
    server: Server, pooler: Pooler, mode: str, root: str, *, expected: bool
) -> None:
    url = f"{pooler.url(ROLE, PASSWORD)}?sslmode={mode}&sslrootcert={pooler.folder / root}"
    program = (
        "import wsgi; from models.base import db; app = wsgi.build('app')\n"
        "with app.app_context(), db.engine.connect() as one:\n"
        "    print(one.connection.driver_connection.info.ssl_in_use)"
    )
    done = server.python("-c", program, DATABASE_URL=url, DATABASE_POOLER="true")
    if expected:
        assert done.stdout == f"{mode == 'verify-full'}\n", done.stderr
    else:
        assert "certificate verify failed" in done.stderr
