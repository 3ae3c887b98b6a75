"""A process that has imported the libraries, and forks one Python program for each request.

`python -m tests.support.loaded FD`, where FD is the number of a socket; tests/support/python.py
sends the requests. It imports nothing that reads a setting: a program imports the project itself.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from types import FunctionType, ModuleType
from typing import Any

# Searching for garbage among what stays would copy the memory that the forks share.
gc.disable()
LIBRARIES = (
    "alembic.script",
    "celery.app.base",
    "cryptography.x509",
    "email_validator",
    "flask.cli",
    "flask_cors",
    "flask_limiter",
    "flask_limiter.commands",
    "flask_migrate.cli",
    "flask_openapi",
    "jwt",
    "psutil",
    "psycopg2",
    "pydantic_settings",
    "redis",
    "redis.asyncio",
    "requests",
    "sqlalchemy.dialects.postgresql.psycopg2",
    "sqlalchemy.orm",
    "werkzeug.test",
)
DESCRIPTORS = 4


def receive(inlet: socket.socket) -> dict[str, Any]:
    """Fork for each request. Return in the fork that is to run its program, with the request."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, descriptors, _, _ = socket.recv_fds(inlet, 1, DESCRIPTORS)
        if not descriptors:
            os._exit(0)
        if os.fork() == 0:
            inlet.close()
            return _keep(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _keep(request: int, output: int, errors: int, status: int) -> dict[str, Any]:
    """Return in a second fork; the first one reports its pid and its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if pid := os.fork():
        os.write(status, f"{pid}\n".encode())
        _, ended = os.waitpid(pid, 0)
        # Nobody reads it after a timeout.
        with contextlib.suppress(BrokenPipeError):
            os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
        os._exit(0)
    os.close(status)
    for descriptor, stream in ((output, 1), (errors, 2)):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    with os.fdopen(request) as source:
        order: dict[str, Any] = json.load(source)
    return order


def run(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Do what `python ARGUMENTS` does, for `-m MODULE ...` and `-c CODE ...`."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    option, program, *rest = arguments
    sys.path[0] = folder
    gc.enable()
    if option == "-m":
        sys.argv = [program, *rest]
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    sys.argv = [option, *rest]
    main = sys.modules["__main__"] = ModuleType("__main__")
    FunctionType(compile(program, "<string>", "exec"), main.__dict__)()


if __name__ == "__main__":
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.freeze()
    run(**receive(socket.socket(fileno=int(sys.argv[1]))))
