"""Child processes that end with this process, even when it is killed by SIGKILL.

Each process that starts children has a guardian: a small shell in its own session, which reads the
process groups to end from a pipe. When this process ends, the system closes the pipe, and the
guardian ends the groups.
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
# The child registers its own group through its stdin, the pipe, before it becomes the program: so
# there is no moment in which it runs unregistered.
BEGIN = 'echo "add $$" >&0; exec "$@" </dev/null'
PARENT_POLL_INTERVAL = 0.3  # seconds


class Guardian:
    """A shell process that ends the registered groups when the pipe is closed."""

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
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, command: str, argument: object) -> None:
        """Send `add PID`, `forget PID` or `remove FOLDER`; guardian.sh reads it."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self.pipe, f"{command} {argument}\n".encode())

    def end(self) -> None:
        """Close the pipe and wait until the guardian has ended the groups."""
        with self._process:
            pass

    def detach(self) -> None:
        """Let go of the guardian in a forked child: it belongs to the parent."""
        os.close(self.pipe)
        # Popen must not wait for a process that is not our child.
        self._process.returncode = 0


_lock = threading.RLock()
_guardian: Guardian | None = None


def guardian() -> Guardian:
    """Return the guardian of this process, which is started on first use."""
    global _guardian  # noqa: PLW0603  one per process
    with _lock:
        if _guardian is None or not _guardian.is_alive:
            _guardian = Guardian()
        return _guardian


class Child(subprocess.Popen[Any]):
    """A process in its own session and group. The group ends with it, and with this process.

    It has no stdin. The exit status is 127 when the program does not exist.
    """

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        self._is_group_ended = False
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
        if status is not None and not self._is_group_ended:
            self._is_group_ended = True
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
    """Run a command to its end, with the parameters and errors of subprocess.run.

    An error with `check` has the output of the command as notes, so that a traceback shows it.
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
            for text in (output, errors):
                if text:
                    error.add_note(text if isinstance(text, str) else text.decode(errors="replace"))
            raise
    return done


def fork() -> int:
    """Fork as os.fork() does; the child ends with this process. Call `forget` after its end."""
    pipe = os.dup(guardian().pipe)
    try:
        if pid := os.fork():
            return pid
        os.setsid()
        # The guardian may just have been killed.
        with contextlib.suppress(BrokenPipeError):
            os.write(pipe, f"add {os.getpid()}\n".encode())
        return 0
    finally:
        os.close(pipe)


def forget(pid: int) -> None:
    """Unregister a group that has ended: the system may reuse its number."""
    with _lock:
        if _guardian is not None:
            _guardian.send("forget", pid)


def remove_at_the_end(folder: Path) -> None:
    """Register `folder`: the guardian deletes it if this process is killed."""
    guardian().send("remove", folder)


def end_group(pid: int, signal_: signal.Signals) -> None:
    """Send a signal to a process group, if it still exists."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal_)


def end_in_order() -> None:
    """Raise KeyboardInterrupt on SIGTERM and SIGHUP (a lost terminal), so that everything closes.

    Under `make`, also end at once when `make` ends.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    # `nohup` ignores it.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    if "MAKELEVEL" in os.environ:
        follow_parent()


def follow_parent() -> None:
    """End this process at once when its parent ends."""
    threading.Thread(target=_exit_without, args=(os.getppid(),), daemon=True).start()


def _exit_without(parent: int) -> NoReturn:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(PARENT_POLL_INTERVAL)
    os._exit(1)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)


def _end_guardian() -> None:
    global _guardian  # noqa: PLW0603
    with _lock:
        if _guardian is not None:
            _guardian.end()
        _guardian = None


def _detach_guardian() -> None:
    global _guardian, _lock  # noqa: PLW0603
    _lock = threading.RLock()
    if _guardian is not None:
        _guardian.detach()
    _guardian = None


atexit.register(_end_guardian)
os.register_at_fork(after_in_child=_detach_guardian)
