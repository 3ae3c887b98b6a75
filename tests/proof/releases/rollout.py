"""A shop whose processes are replaced one by one by those of another folder."""

import sys
from pathlib import Path

import requests

from launch import ports
from launch.children import Child, run
from launch.processes import commands
from launch.stack import ROOT, Stack
from launch.waiting import until

NAMES = ("web", "worker-1", "worker-2", "sweeper", "beat")


class Rollout(Stack):
    """PostgreSQL, Redis and the sandbox of a stack, with processes that the test replaces."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(environment=environment)
        self._processes: dict[str, Child] = {}
        self._private_port = 0

    def _commands(self) -> dict[str, list[str]]:
        every = commands(self.environment, self.data, sandbox=True)
        return {name: every[name] for name in ("sandbox",)}

    def wait_ready(self, seconds: float = 180) -> None:
        for name in NAMES:
            self.replace(name, ROOT, seconds=seconds)

    def replace(self, name: str, folder: Path, *, seconds: float = 180) -> None:
        """Start a process of the release in `folder`, and stop the one before it in order."""
        before = self._processes.pop(name, None)
        command = commands(self.environment, self.data, sandbox=True)[name]
        if name == "web":
            # The old and the new one share the ports while both are there.
            (self._private_port,) = ports.free_ports(1)
            command += ["--reuse-port", "--bind", f"127.0.0.1:{self._private_port}"]
        process = Child(command, env=self.environment, cwd=folder)
        self._processes[name] = process
        self._closing.callback(process.wait)
        self._closing.callback(process.kill)
        if name == "web":
            until(lambda: self.ready() is not None, f"the start of {name}", seconds=seconds)
        if before is not None:
            before.terminate()
            assert before.wait(timeout=seconds) == 0, f"{name} did not end in order"

    def roll_out(self, folder: Path) -> None:
        """Replace all processes by those of the release in `folder`, one by one."""
        for name in NAMES:
            self.replace(name, folder)

    def ready(self) -> dict[str, object] | None:
        """Return the answer of GET /ready of the newest web process, or None if it has none."""
        try:
            url = f"http://127.0.0.1:{self._private_port}/ready"
            answer = requests.get(url, timeout=5)
        except requests.ConnectionError:
            return None
        assert answer.status_code == requests.codes.ok, answer.text
        body: dict[str, object] = answer.json()
        return body

    def python(self, folder: Path, *words: str) -> str:
        """Run Python in the folder of a release and return its output."""
        command = [sys.executable, *words]
        done = run(command, env=self.environment, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return str(done.stdout)
