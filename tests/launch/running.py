"""`python -m tests.launch.running`: `make run` on the data folder DATA_FOLDER."""

import os
import signal
import sys
from pathlib import Path

from launch.__main__ import main

if __name__ == "__main__":
    # A shell lets commands in the background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(Path(os.environ["DATA_FOLDER"])))
