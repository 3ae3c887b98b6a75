"""A server process on a loopback port, which ends with this process."""

import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from launch import ports
from launch.children import Child
from launch.output import say

LOG_LINES = 5  # of a server that has ended


class Server(ABC):
    """An embedded server. As a context manager it runs inside the block."""

    name: ClassVar[str]
    log: Path

    def __init__(self, port: int | None) -> None:
        self.port = port or ports.free_ports(1)[0]
        self._process: Child | None = None

    @property
    def pid(self) -> int:
        """The pid of the server. Raises RuntimeError when it is not running."""
        process = self._process
        if process is None:
            raise RuntimeError(f"{self.name} is not running")
        return process.pid

    @property
    def has_ended(self) -> bool:
        """True when the server was started, and has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def describe_end(self) -> str:
        """Say how the server has ended by itself: its status, and the last lines of its log."""
        status = self._process.poll() if self._process else None
        ending = signal.Signals(-status).name if status and status < 0 else f"status {status}"
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n  ".join(
            [f"{self.name} ended by itself with {ending}; its log ends with", *lines]
        )

    @abstractmethod
    def start(self) -> None:
        """Start the server and wait until it answers. Raises NotReadyError."""

    @abstractmethod
    def stop(self) -> None:
        """Stop the server, if it runs, and wait for its end."""

    def _end(self, ending: signal.Signals, timeout: float) -> None:
        """Send a signal to the process, if there is one, and wait up to `timeout` seconds."""
        if self.has_ended:
            say(f"projectx: {self.describe_end()}", is_error=True)
        if self._process is not None:
            self._process.send_signal(ending)
            self._process.wait(timeout)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
