"""Waiting for something to be so, with an end."""

import time
from collections.abc import Callable

import psutil


class NotReadyError(Exception):
    """Something did not come up, or go down, in time."""


def until(look: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Look every 50 ms until it is so. Raises NotReadyError."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise NotReadyError(f"{what} took longer than {seconds:g} s")
        time.sleep(0.05)


def ended(process: psutil.Process) -> bool:
    """Whether a process has ended, also where nobody has collected it yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
