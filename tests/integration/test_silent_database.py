"""Tests of a silent database host: statements end in an error, and migrations may take long."""

import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from config import settings
from launch.stack import ROOT
from models.connection import connect_arguments, engine_options
from tests.support import python

SLOW = '''"""Slower than a statement of the shop may be."""

from alembic import op

revision = "slow"
down_revision = "{before}"


def upgrade() -> None:
    op.execute("SELECT pg_sleep(0.5)")
'''


class Wire:
    """Passes on what both sides say, until it is cut; then it takes all, and passes on nothing."""

    def __init__(self, host: str, port: int) -> None:
        self.cut = threading.Event()
        self._to = (host, port)
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for end in (self._door, *self._ends):
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(self._to)
                self._ends += (near, far)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(
                        target=self._pass_on, args=(source, target), daemon=True
                    ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while words := source.recv(65536):
                if not self.cut.is_set():
                    target.sendall(words)


@pytest.fixture
def wire() -> Iterator[Wire]:
    url = make_url(settings.database_url)
    if not url.host or url.host.startswith("/"):
        pytest.skip("the database is reached through a file")
    between = Wire(url.host, url.port or 5432)
    yield between
    between.close()


@pytest.fixture
def engine(wire: Wire) -> Iterator[Engine]:
    url = make_url(settings.database_url).set(host="127.0.0.1", port=wire.port)
    created = create_engine(url, **engine_options(1, statement_timeout=0.5))
    yield created
    created.dispose()


def test_a_statement_to_a_silent_server_ends_in_an_error(wire: Wire, engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        wire.cut.set()
        with pytest.raises(OperationalError) as lost:
            connection.scalar(text("SELECT 1"))
        assert lost.value.connection_invalidated


def test_an_unanswered_commit_ends_in_an_error(wire: Wire, engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        wire.cut.set()
        with pytest.raises(OperationalError):
            connection.commit()


def test_a_slow_statement_is_ended_by_the_server_alone(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(OperationalError) as cancelled:
            connection.execute(text("SELECT pg_sleep(60)"))
        assert not cancelled.value.connection_invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the names of these options are Linux's")
def test_the_kernel_detects_a_lost_host(engine: Engine) -> None:
    with engine.connect() as connection:
        number = connection.connection.dbapi_connection.fileno()  # type: ignore[union-attr]
        with closing(socket.socket(fileno=os.dup(number))) as ours:
            options = {
                name: ours.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
                for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
            }
            assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    idle, interval, count = (
        options["TCP_KEEPIDLE"],
        options["TCP_KEEPINTVL"],
        options["TCP_KEEPCNT"],
    )
    assert idle + interval * count <= 15
    assert options["TCP_USER_TIMEOUT"] <= 15_000
    assert settings.statement_timeout < 15


@pytest.mark.skipif(sys.platform != "linux", reason="another system has no tcp_user_timeout")
def test_postgresql_detects_a_lost_machine_of_ours(engine: Engine) -> None:
    with engine.connect() as connection:
        names = ("keepalives_idle", "keepalives_interval", "keepalives_count", "user_timeout")
        idle, interval, count, unanswered = (
            connection.scalar(text(f"SHOW tcp_{name}")) for name in names
        )
    assert (idle, interval, count, unanswered) == ("5", "2", "3", "10000")


def test_a_migration_has_a_lock_timeout_and_no_statement_timeout(flask_app: object) -> None:
    engine = create_engine(
        settings.database_url, poolclass=NullPool, connect_args=connect_arguments(None)
    )
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
        assert connection.scalar(text("SHOW lock_timeout")) == "5s"


@pytest.mark.slow
def test_a_migration_may_take_longer_than_a_statement_of_the_shop(
    flask_app: object, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    before = ScriptDirectory(str(folder)).get_current_head()
    (folder / "versions" / "slow.py").write_text(SLOW.format(before=before))
    url = make_url(settings.database_url).set(database=f"slow_{uuid4().hex}")
    plain = settings.database_url.replace("+psycopg2", "")
    with closing(psycopg2.connect(plain)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {url.database}")
        try:
            shown = url.render_as_string(hide_password=False).replace("+psycopg2", "")
            variables = os.environ | {"DATABASE_URL": shown, "STATEMENT_TIMEOUT": "0.25"}
            words = ("-m", "flask", "--app", "wsgi", "db", "upgrade", "-d", str(folder))
            python.run(*words, env=variables, check=True)
        finally:
            connection.cursor().execute(f"DROP DATABASE {url.database} WITH (FORCE)")
