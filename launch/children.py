"""Child processes that end with this process, however it ends: also with SIGKILL.

A guardian, a small shell in a session of its own, reads from a pipe which groups of processes run
for us. The system closes the pipe when this process is gone, and then the guardian ends the groups.
Each process that starts others has a guardian, so that a whole tree goes from its root.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

GUARDIAN = Path(__file__).with_name("guardian.sh")
# The child itself adds its group, through the pipe that it has as its input, before it becomes the
# program: no moment is left in which it runs and nobody knows of it.
BEGIN = 'echo "add $$" >&0; exec "$@" </dev/null'
LOOK = 0.3  # seconds


class Guardian:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", str(GUARDIAN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None  # noqa: S101
        self.pipe = self._process.stdin.fileno()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def tell(self, what: str, name: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self.pipe, f"{what} {name}\n".encode())

    def end(self) -> None:
        """Have what is left ended, and wait for it."""
        with self._process:
            pass

    def leave(self) -> None:
        """In a fork: it is not ours."""
        os.close(self.pipe)
        # Nobody waits for a process that is not a child.
        self._process.returncode = 0


_lock = threading.RLock()
_guardian: Guardian | None = None


def guardian() -> Guardian:
    """The guardian of this process, which starts with its first child."""
    global _guardian  # noqa: PLW0603  one a process
    with _lock:
        if _guardian is None or not _guardian.alive:
            _guardian = Guardian()
        return _guardian


class Child(subprocess.Popen[Any]):
    """A process in a session and group of its own, which ends with it, and with this process.

    It has no input. A program that is not there is the exit status 127.
    """

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        self._gone = False
        super().__init__(
            ["/bin/sh", "-c", BEGIN, "sh", *command],
            stdin=guardian().pipe,
            start_new_session=True,
            **options,
        )

    def poll(self) -> int | None:
        return self._end_group(super().poll())

    def wait(self, timeout: float | None = None) -> int:
        status = super().wait(timeout)
        self._end_group(status)
        return status

    def _end_group(self, status: int | None) -> int | None:
        if status is not None and not self._gone:
            self._gone = True
            end_group(self.pid, signal.SIGKILL)
            forget(self.pid)
        return status


def run(
    command: Sequence[str],
    *,
    check: bool = False,
    capture_output: bool = False,
    timeout: float | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:
    """Run a command to its end, as subprocess.run does. Raises what that raises, with what the
    command printed as notes: whoever reads of the failure sees its reason.
    """
    if capture_output:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Child(command, **options) as child:
        try:
            output, errors = child.communicate(timeout=timeout)
        except BaseException:
            end_group(child.pid, signal.SIGKILL)
            raise
    done = subprocess.CompletedProcess(command, child.returncode, output, errors)
    if check:
        try:
            done.check_returncode()
        except subprocess.CalledProcessError as error:
            for words in (output, errors):
                if words:
                    error.add_note(
                        words if isinstance(words, str) else words.decode(errors="replace")
                    )
            raise
    return done


def fork() -> int:
    """os.fork(), with a child that ends as a Child does. Call `forget` when it was waited for."""
    pipe = os.dup(guardian().pipe)
    try:
        if pid := os.fork():
            return pid
        os.setsid()
        os.write(pipe, f"add {os.getpid()}\n".encode())
        return 0
    finally:
        os.close(pipe)


def forget(pid: int) -> None:
    """Leave a group alone from now on: it has ended, and another may get its number."""
    with _lock:
        if _guardian is not None:
            _guardian.tell("forget", pid)


def remove_at_the_end(folder: Path) -> None:
    """Have `folder` deleted when this process is gone and could not do so itself."""
    guardian().tell("remove", folder)


def end_group(pid: int, how: signal.Signals) -> None:
    """Signal a process group, if it is still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)


def end_in_order() -> None:
    """Leave by KeyboardInterrupt on SIGTERM and on SIGHUP (a lost terminal), so that everything is
    closed; and end at once with `make`, where that has started us.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    # `nohup` has it ignored.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    if "MAKELEVEL" in os.environ:
        follow_parent()


def follow_parent() -> None:
    """End at once when the process that has started us is gone."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> NoReturn:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(LOOK)
    os._exit(1)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)


def _close() -> None:
    global _guardian  # noqa: PLW0603
    with _lock:
        if _guardian is not None:
            _guardian.end()
        _guardian = None


def _leave() -> None:
    global _guardian, _lock  # noqa: PLW0603
    _lock = threading.RLock()
    if _guardian is not None:
        _guardian.leave()
    _guardian = None


atexit.register(_close)
os.register_at_fork(after_in_child=_leave)
