"""`make run`: run the whole system until Ctrl-C. A second Ctrl-C ends it at once."""

import signal
import sys
from pathlib import Path

from launch.output import escape_unknown, finish_output

DATA = Path(__file__).parent.parent / ".data"


def main(data: Path = DATA) -> int:
    """Run the system on the folder `data`. Return the exit status: 130 after a second Ctrl-C."""
    escape_unknown()
    # Before the start nothing has to be ended. It imports for a second.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from launch.foreground import run

        return run(data)
    except KeyboardInterrupt:
        return 130
    finally:
        finish_output()


if __name__ == "__main__":
    sys.exit(main())
