"""`make run`: run the whole system until Ctrl-C. A second Ctrl-C ends it at once."""

import signal
import sys
from pathlib import Path

from launch.output import run_main

DATA = Path(__file__).parent.parent / ".data"


def main(data: Path = DATA) -> int:
    """Run the system on the folder `data`, and return an exit status.

    Raises KeyboardInterrupt for a second Ctrl-C.
    """
    # Before the start nothing has to be ended. It imports for a second.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from launch.foreground import run

    return run(data)


if __name__ == "__main__":
    sys.exit(run_main(main))
