"""Programs that run as servers, with the configuration that is shipped."""

import signal
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Self

from launch.children import Child
from launch.stack import ROOT
from launch.unprivileged_user import user_options
from launch.waiting import until
from tests.support.programs import Program

TEMPLATES = ROOT / "deploy/high-availability"


def fill_in(template: str, path: Path, **values: object) -> Path:
    """Write `path` from a template in deploy/, as `envsubst` does. Raises KeyError."""
    text = (TEMPLATES / f"{template}.template").read_text()
    path.write_text(Template(text).substitute(values))
    path.chmod(0o644)
    return path


class Daemon:
    """A program that runs as the unprivileged user, and ends with this process."""

    def __init__(self, program: Program, *words: object, folder: Path) -> None:
        self._program, self._words, self._folder = program, [str(word) for word in words], folder
        self._log = folder / f"{Path(program.path).name}.log"
        self._process: Child | None = None

    def start(self) -> None:
        """Start the program; it need not answer yet."""
        with self._log.open("ab") as log:
            self._process = Child(
                [self._program.path, *self._words],
                env=self._program.environment, cwd=self._folder,
                stdout=log, stderr=log, **user_options(),
            )  # fmt: skip

    def wait_until(self, answers: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait until the server answers. Raises NotReadyError with the end of the log."""

        def answers_or_has_ended() -> bool:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"{what} has ended: {self._log.read_text()[-3000:]}")
            return answers()

        until(answers_or_has_ended, f"{what} (see {self._log})", seconds=seconds)

    def kill(self) -> None:
        """Kill the program as a lost machine would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop the program, if it runs."""
        self._end(signal.SIGTERM)

    def _end(self, ending: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(ending)
            self._process.wait(60)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
