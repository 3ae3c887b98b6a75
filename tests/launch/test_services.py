"""The embedded servers come back, whatever happened to them."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from launch import ports
from launch.__main__ import _without_password
from launch.account import temporary_folder
from launch.lock import AlreadyRunningError, only_one
from launch.postgres import Postgres


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


def test_data_survives_a_crash_and_a_leftover_server(folder: Path) -> None:
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


def test_a_stale_pid_file_of_a_stranger_stops_nothing(folder: Path) -> None:
    with Postgres(folder / "postgres") as one:
        data = ask(one, "SHOW data_directory")
    assert isinstance(data, tuple)
    # Pid 1 is somebody else's.
    (Path(data[0]) / "postmaster.pid").write_text("1\n/nowhere\n")
    with Postgres(folder / "postgres") as again:
        assert ask(again, "SELECT 1") == (1,)


def test_a_taken_port_is_named_with_the_variable_that_moves_it() -> None:
    (port,) = ports.free_ports(1)
    listener = socket.socket()
    listener.bind(("127.0.0.1", port))
    listener.listen()
    try:
        with pytest.raises(ports.PortTakenError, match=f"port {port} is taken: set ORDER_PORT"):
            ports.chosen(
                {name: str(p) for name, p in ports.free_set().items()} | {"ORDER_PORT": str(port)}
            )
    finally:
        listener.close()


def test_two_systems_do_not_share_a_data_folder(folder: Path) -> None:
    with only_one(folder), pytest.raises(AlreadyRunningError), only_one(folder):
        pass
    with only_one(folder):
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
def test_a_terminal_is_shown_no_password(address: str, shown: str) -> None:
    assert _without_password(address) == shown
