"""A server that loads the application once and forks its processes, as with gunicorn --preload."""

import sys

import pytest

from launch.children import run

pytestmark = pytest.mark.slow

# What the parent asked at its start (wsgi.build does) leaves a connection in its pool.
PROGRAM = """
import os, wsgi
from launch.children import fork, forget
from sqlalchemy import text
from models import reading

def backend():
    with app.app_context(), reading() as session:
        return session.scalar(text("SELECT pg_backend_pid()"))

app = wsgi.build("app")
pid = fork()
mine = backend()
if pid == 0:
    print(mine, flush=True)
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
forget(pid)
print(mine, backend(), flush=True)
"""


def test_a_forked_process_has_its_own_connections(flask_app: object) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = run(command, capture_output=True, text=True, check=True)
    child, parent = (line.split() for line in done.stdout.splitlines())
    assert child[0] not in parent
    assert len(set(parent)) == 1, "the parent keeps its own"
