"""A server process on a loopback port, which ends with this process."""

import signal
from abc import ABC, abstractmethod
from typing import ClassVar, Self

from launch import ports
from launch.children import Child


class Server(ABC):
    """An embedded server. As a context manager it runs inside the block."""

    name: ClassVar[str]

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

    @abstractmethod
    def start(self) -> None:
        """Start the server and wait until it answers. Raises NotReadyError."""

    @abstractmethod
    def stop(self) -> None:
        """Stop the server, if it runs, and wait for its end."""

    def _end(self, ending: signal.Signals, timeout: float) -> None:
        """Send a signal to the process, if there is one, and wait up to `timeout` seconds."""
        if self._process is not None:
            self._process.send_signal(ending)
            self._process.wait(timeout)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
