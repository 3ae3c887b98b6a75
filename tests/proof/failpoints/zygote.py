"""The parent of one system's processes: it has imported everything and forks each of them.

`python -m tests.proof.failpoints.zygote FOLDER`. A killed process is replaced within moments. Ends
with SIGTERM.
"""

import importlib
import os
import runpy
import signal
import sys
from pathlib import Path

import tasks.worker
import wsgi
from launch import children
from launch.processes import commands, worker
from tests.proof.failpoints import agent

NAMES = ("web", "worker-1", "beat", "operator")
# What the forks would import.
CELERY = ("celery.bin.worker", "celery.bin.beat")
NEEDED = (*CELERY, "gunicorn.app.wsgiapp", "web.steady_worker")


def main(folder: Path) -> None:
    for module in NEEDED:
        importlib.import_module(module)
    wsgi.build("app")
    tasks.worker.database()
    started = commands({**os.environ, "WEB_WORKERS": "1"}, folder, sandbox=False)
    started["worker-1"] = worker("worker-1", threads=8)  # one for all queues
    started["operator"] = [sys.executable, "-m", "tests.proof.failpoints.operator", str(folder)]
    running: dict[int, str] = {}

    def end(*_: object) -> None:
        for pid in running:
            os.killpg(pid, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for name in NAMES:
        running[_fork(folder, name, started[name])] = name
    while True:
        pid, _ = os.wait()
        children.forget(pid)
        name = running.pop(pid)
        running[_fork(folder, name, started[name])] = name


def _fork(folder: Path, name: str, command: list[str]) -> int:
    """Start a process in a group of its own. Its pid stands in `folder`."""
    if pid := children.fork():
        (folder / f"{name}.pid").write_text(str(pid))
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    output = os.open(folder / f"{name}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(output, stream)
    agent.install(folder, name)
    _, _, module, *arguments = command
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
