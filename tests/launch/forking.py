"""`python -m tests.launch.forking`: start a process by a fork server, print its pid, and wait."""

import os
import signal
import sys

from launch.forks import Forks

if __name__ == "__main__":
    fork = Forks(os.environ, modules=()).start(["tests.launch.forked", "wait"])
    sys.stdout.write(f"{fork.pid}\n")
    sys.stdout.flush()
    signal.pause()
