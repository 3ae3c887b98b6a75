"""Tests with PgBouncer in transaction mode: timeouts hold, and connections can be encrypted."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest

from launch import ports
from launch.children import Child, run
from launch.stack import ROOT
from launch.unprivileged_user import temporary_folder, user_options
from launch.waiting import until
from tests.support.certificates import certify
from tests.support.programs import program
from tests.support.server import PASSWORD, ROLE, Server

pytestmark = pytest.mark.slow

OWNER = "owner"  # the password of the role postgres, as PgBouncer knows it
SETTINGS = """
[databases]
* = host=127.0.0.1 port={postgres}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = transaction
default_pool_size = 4
auth_type = scram-sha-256
auth_file = {folder}/users
{more}
"""
TLS = """
client_tls_sslmode = {mode}
client_tls_key_file = {folder}/server.key
client_tls_cert_file = {folder}/server.crt
"""
ENGINE = ["tests/integration/engine/test_move.py", "tests/integration/races/test_retention.py"]
SHOW = """
import json, wsgi
from sqlalchemy import text
from models.base import reading
from models.connection import TIMEOUTS
with wsgi.build("app").app_context(), reading() as session:
    print(json.dumps([session.scalar(text(f"SHOW {name}")) for name in TIMEOUTS]))
"""


@dataclass
class Pooler:
    port: int
    folder: Path

    def url(self, role: str = "postgres", password: str = OWNER, database: str = "postgres") -> str:
        user = f"{role}:{quote(password, safe='')}"
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"


@pytest.fixture(scope="module")
def pooler(server: Server) -> Iterator[Pooler]:
    pgbouncer = program("pgbouncer")
    with temporary_folder() as folder:
        (port,) = ports.free_ports(1)
        users = {"postgres": OWNER, ROLE: PASSWORD}
        lines = [
            f'"{user}" "{word.replace(chr(34), chr(34) * 2)}"\n' for user, word in users.items()
        ]
        (folder / "users").write_text("".join(lines))
        certify(folder)
        more = TLS.format(mode="allow", folder=folder)
        fields = {"port": port, "postgres": server.postgres.port, "folder": folder, "more": more}
        (folder / "pgbouncer.ini").write_text(SETTINGS.format(**fields))
        with (folder / "log").open("wb") as log:
            child = Child(
                [pgbouncer.path, str(folder / "pgbouncer.ini")],
                env=pgbouncer.environment, cwd=folder, stdout=log, stderr=log, **user_options(),
            )  # fmt: skip
        made = Pooler(port, folder)
        try:
            until(lambda: reaches(made.url()), f"PgBouncer: {(folder / 'log').read_text()}")
            yield made
        finally:
            child.terminate()
            child.wait()


def reaches(url: str) -> bool:
    try:
        with closing(psycopg2.connect(url)):
            return True
    except psycopg2.OperationalError:
        return False


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
