"""The output of programs such as `make run`: whether it can be written or not, nothing ends by it.

Outputs that cannot be written are a lost terminal, a full disk, and a pipe whose reader has ended.
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable


def run_main(main: Callable[[], int]) -> int:
    """Call `main` and return the exit status of the program: 130 after Ctrl-C."""
    escape_unknown()
    try:
        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        finish_output()


def escape_unknown() -> None:
    """Escape characters that the terminal's encoding does not have, such as é in ASCII."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(line: str, *, is_error: bool = False) -> None:
    """Print a line to stdout, or to stderr."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr if is_error else sys.stdout, flush=True)


def finish_output() -> None:
    """Write what has been printed, or drop it: the interpreter would fail at it as it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            # None is a stream that was closed from the start.
            if stream is not None:
                stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
