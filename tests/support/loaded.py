"""A process that has imported the libraries, and forks a Python program for each request.

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

# What is imported here stays, and is not searched for garbage.
gc.disable()
LIBRARIES = (
    "alembic.script",
    "celery.app.base",
    "celery.beat",
    "celery.bin.worker",
    "celery.concurrency.thread",
    "cryptography.x509",
    "email_validator",
    "flask.cli",
    "flask_cors",
    "flask_limiter",
    "flask_limiter.commands",
    "flask_migrate.cli",
    "flask_openapi",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "jwt",
    "kombu.transport.redis",
    "psutil",
    "psycopg2",
    "pydantic_settings",
    "redis",
    "redis.asyncio",
    "requests",
    "sqlalchemy.dialects.postgresql.psycopg2",
    "sqlalchemy.orm",
    "stripe",
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
    """Return in a second fork, in a group of its own; the first reports its pid and its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if pid := os.fork():
        # Both set the group: neither may go on before. The program may have left it already.
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        os.write(status, f"{pid}\n".encode())
        _, ended = os.waitpid(pid, 0)
        # Nobody reads it after a timeout.
        with contextlib.suppress(BrokenPipeError):
            os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
        os._exit(0)
    os.close(status)
    os.setpgid(0, 0)
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
    more = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [folder, *filter(None, more)]
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
