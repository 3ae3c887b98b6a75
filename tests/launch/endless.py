"""A test that does not end: for `test_children.py`, by its path."""

import os
import signal
from pathlib import Path

from flask import Flask


def test_that_does_not_end(app: Flask) -> None:
    folder = Path(os.environ["READY"])
    (folder / str(os.getpid())).touch()
    signal.pause()


def test_that_does_not_end_either(app: Flask) -> None:
    test_that_does_not_end(app)
