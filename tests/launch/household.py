"""`python -m tests.launch.household`: start some children, print "ready", and wait."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from launch import children
from launch.postgres import Postgres
from launch.redis import Redis
from launch.supervisor import Supervisor
from launch.unprivileged_user import temporary_folder

PATIENT = [sys.executable, "-c", "import signal; signal.pause()"]
DEAF = """
import signal
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()
"""


def main() -> None:
    # Whoever runs the tests may live on without a terminal; this process must hear that it is lost.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    children.end_in_order()
    if not children.fork():
        signal.pause()
    with (
        temporary_folder() as folder,
        Postgres(folder / "postgres"),
        Redis(folder / "redis"),
        supervised(PATIENT),
    ):
        # Nobody here ends it.
        deaf = children.Child([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
        assert deaf.stdout is not None
        deaf.stdout.readline()
        sys.stdout.write(f"ready {folder}\n")
        sys.stdout.flush()
        signal.pause()


@contextmanager
def supervised(command: list[str]) -> Iterator[None]:
    supervisor = Supervisor({}, show=False)
    supervisor.start("patient", command)
    try:
        yield
    finally:
        supervisor.stop()


if __name__ == "__main__":
    main()
