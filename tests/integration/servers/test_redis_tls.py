"""Redis behind TLS: the address says whose certificate is believed, for hints and for the broker.

The Redis of the development packages speaks no TLS: something before it does.
"""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from launch.redis import Redis
from launch.unprivileged_user import temporary_folder
from tests.support import python
from tests.support.certificates import certify

pytestmark = pytest.mark.slow

ASK = """
from celery import Celery
from redis_url import broker, connect
from config import settings

print(connect(settings.redis_url, socket_timeout=5).ping())
app = Celery(broker=broker(settings.redis_url)[0])
with app.connection() as connection:
    connection.ensure_connection(max_retries=1, timeout=5)
    print(connection.connected)
"""


class Terminator:
    """Takes TLS connections and passes on what is in them."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.crt", folder / "server.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        with (
            suppress(OSError),
            self._context.wrap_socket(client, server_side=True) as outside,
            socket.create_connection(("127.0.0.1", self._port)) as inside,
        ):
            threading.Thread(target=_copy, args=(inside, outside), daemon=True).start()
            _copy(outside, inside)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def place() -> Iterator[tuple[int, Path]]:
    with temporary_folder() as folder, Redis(folder / "redis") as redis:
        certify(folder)
        terminator = Terminator(redis.port, folder)
        yield terminator.port, folder
        terminator.close()


@pytest.mark.parametrize(("root", "expected"), [("server", True), ("stranger", False)])
def test_the_url_sets_the_trusted_certificate(
    place: tuple[int, Path], root: str, *, expected: bool
) -> None:
    port, folder = place
    url = f"rediss://127.0.0.1:{port}/0?ssl_cert_reqs=required&ssl_ca_certs={folder / root}.crt"
    done = python.run("-c", ASK, env=os.environ | {"REDIS_URL": url})
    if expected:
        assert done.stdout == "True\nTrue\n", done.stderr
    else:
        assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
