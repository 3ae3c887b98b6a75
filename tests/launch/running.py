"""`python -m tests.launch.running`: `make run` on DATA_FOLDER, or `make demo`, by PROGRAM."""

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from launch.output import run_main


def main() -> Any:
    if os.environ["PROGRAM"] == "demo":
        return importlib.import_module("demo.__main__").main()
    return importlib.import_module("launch.__main__").main(Path(os.environ["DATA_FOLDER"]))


if __name__ == "__main__":
    # A shell lets commands in the background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(run_main(main))
