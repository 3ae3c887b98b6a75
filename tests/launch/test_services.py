"""The embedded servers come back, whatever happened to them."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

from launch import development
from launch.children import run
from launch.files import write_whole
from launch.foreground import _without_password
from launch.lock import AlreadyRunningError, lock_folder
from launch.postgres import Postgres
from launch.stack import ROOT, Stack
from launch.unprivileged_user import temporary_folder
from launch.waiting import until


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as made:
        yield made


def ask(postgres: Postgres, query: str) -> object:
    connection = psycopg2.connect(postgres.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_data_survives_a_crash_and_a_stale_server(folder: Path) -> None:
    first = Postgres(folder / "postgres")
    first.start()
    ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.kill()
    first.start()

    # Its starter was killed and left it running; the next start ends it and takes over.
    with Postgres(folder / "postgres") as second:
        assert ask(second, "SELECT answer FROM kept") == (42,)
        assert ask(second, "SHOW fsync") == ("on",)
    first.stop()


def test_servers_that_end_by_themselves_are_restarted(folder: Path) -> None:
    stack = Stack(data_dir=folder, environment={"DATABASE_URL": "", "REDIS_URL": ""})
    with contextlib.ExitStack() as closing:
        closing.callback(stack.stop)
        stack._start_services()
        assert stack.postgres is not None
        assert stack.redis is not None
        ask(stack.postgres, "CREATE TABLE answers AS SELECT 42 AS answer")
        assert stack.restart_services() == []
        # Their processes outlive the server for a moment.
        for _ in range(20):
            closing.callback(psycopg2.connect(stack.postgres.url).close)
        pids = {stack.postgres.pid, stack.redis.pid}
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        # Redis's process is a zombie while its other threads still end: the server knows better.
        servers = [stack.postgres, stack.redis]
        until(lambda: all(server.has_ended for server in servers), "the end of both")
        ends = stack.restart_services()
        assert [end.partition(";")[0] for end in ends] == [
            "PostgreSQL ended by itself with SIGKILL", "Redis ended by itself with SIGKILL",
        ]  # fmt: skip
        assert "unexpected postmaster exit" in ends[0]
        assert not pids & {stack.postgres.pid, stack.redis.pid}
        assert ask(stack.postgres, "SELECT answer FROM answers") == (42,)


def test_a_stale_pid_file_of_another_process_prevents_no_start(folder: Path) -> None:
    with Postgres(folder / "postgres") as postgres:
        data = ask(postgres, "SHOW data_directory")
    assert isinstance(data, tuple)
    # Pid 1 is somebody else's.
    (Path(data[0]) / "postmaster.pid").write_text("1\n/nowhere\n")
    with Postgres(folder / "postgres") as again:
        assert ask(again, "SELECT 1") == (1,)


def test_two_systems_do_not_share_a_data_folder(folder: Path) -> None:
    with lock_folder(folder), pytest.raises(AlreadyRunningError), lock_folder(folder):
        pass
    with lock_folder(folder):
        assert (folder / "lock").exists()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://postgres@127.0.0.1:1/shop", "postgresql://postgres@127.0.0.1:1/shop"),
        ("postgresql://ann:s@cret@db/shop?a=b", "postgresql://ann@db/shop?a=b"),
        ("redis://:secret@redis:6379/0", "redis://@redis:6379/0"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
    ],
)
def test_a_terminal_shows_no_password(address: str, shown: str) -> None:
    assert _without_password(address) == shown


def test_an_incomplete_cluster_is_created_anew(folder: Path) -> None:
    # As initdb leaves it when the machine stops: the version is what it writes first.
    half = Postgres(folder / "postgres")
    (folder / "postgres" / "data.half").mkdir()
    (folder / "postgres" / "data.half" / "PG_VERSION").write_text("18\n")
    with half as made:
        assert ask(made, "SELECT 1") == (1,)


def test_a_file_is_complete_or_absent(folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from launch.files import write_whole;"
        "os.fsync = lambda _: os.kill(os.getpid(), 9);"
        "write_whole(Path(sys.argv[1]), 'whole', mode=0o600)"
    )
    path = folder / "secrets.json"
    assert run([sys.executable, "-c", program, str(path)], cwd=ROOT).returncode == -9
    assert not path.exists()
    write_whole(path, "whole", mode=0o600)
    assert path.read_text() == "whole"
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_first_starts_at_once_have_the_same_secrets(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: development.load_secrets(folder), range(4)))
    assert made == [development.load_secrets(folder)] * 4


def test_damaged_secrets_are_named_and_not_replaced(folder: Path) -> None:
    path = folder / "secrets.json"
    whole = development.load_secrets(folder)
    assert development.load_secrets(folder) == whole
    for half in ("", '{"JWT_PRIVATE_KEY": "---', "[]"):
        path.write_text(half)
        with pytest.raises(RuntimeError, match=f"{path} is damaged: delete it"):
            development.load_secrets(folder)
