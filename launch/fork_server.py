"""`python -m launch.fork_server FD MODULE…`: import modules once, and fork processes that use them.

A fork needs no imports, which are most of a start, and shares their memory with the others. Each
message on the socket FD asks for a process; the answers say its pid and, later, how it ended. The
processes end with this one.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from dataclasses import dataclass

from setproctitle import setproctitle

from launch import children

REQUEST_SIZE = 1024 * 1024  # bytes; more than the system sends in one message


@dataclass
class Request:
    """A program to run as `python -m`, and the descriptors of its stdout and stderr."""

    words: list[str]
    outputs: list[int]


class ForkServer:
    """Forks a process for each request of a socket, and reports the ends of the processes."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        # A descriptor of each running process, which can be read when it has ended.
        self._pids: dict[int, int] = {}

    def serve(self) -> Request | None:
        """Return the request in a forked process; None when the socket is closed."""
        with self._control, selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd in self._pids:
                        selector.unregister(key.fd)
                        self._report_end(key.fd)
                        continue
                    request = self._receive()
                    if request is None or self._fork(request, selector):
                        return request

    def _receive(self) -> Request | None:
        try:
            message, outputs, _, _ = socket.recv_fds(self._control, REQUEST_SIZE, 2)
        except ConnectionResetError:
            # The launcher was killed before it read an answer.
            return None
        return Request(json.loads(message), outputs) if message else None

    def _fork(self, request: Request, selector: selectors.BaseSelector) -> bool:
        """Fork, and return True in the new process."""
        pid = children.fork()
        if not pid:
            for descriptor in self._pids:
                os.close(descriptor)
            return True
        for descriptor in request.outputs:
            os.close(descriptor)
        self._send({"pid": pid})
        descriptor = os.pidfd_open(pid)
        self._pids[descriptor] = pid
        selector.register(descriptor, selectors.EVENT_READ)
        return False

    def _report_end(self, descriptor: int) -> None:
        os.close(descriptor)
        pid = self._pids.pop(descriptor)
        _, status = os.waitpid(pid, 0)
        children.end_group(pid, signal.SIGKILL)
        children.forget(pid)
        self._send({"pid": pid, "status": os.waitstatus_to_exitcode(status)})

    def _send(self, answer: dict[str, int]) -> None:
        # If the launcher has ended, the next read says so.
        with contextlib.suppress(BrokenPipeError):
            self._control.send(json.dumps(answer).encode())


def main() -> None:
    """Serve, and become the requested program in each forked process."""
    on_interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    # What imports create stays. A search for garbage would write to it, which ends the sharing.
    gc.disable()
    for module in sys.argv[2:]:
        # It fails again in the process that needs it, and is shown there.
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    # Bad settings are shown in the processes, too.
    with contextlib.suppress(Exception):
        if metering := sys.modules.get("metering"):
            metering.listen()
    gc.freeze()
    request = ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()
    if request is None:
        return
    gc.enable()
    signal.signal(signal.SIGINT, on_interrupt)
    for stream, output in enumerate(request.outputs, start=1):
        os.dup2(output, stream)
        os.close(output)
    setproctitle(" ".join(["python", "-m", *request.words]))
    sys.argv = list(request.words)
    runpy.run_module(request.words[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
