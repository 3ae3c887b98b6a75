"""Polling for a condition, with a timeout."""

import time
from collections.abc import Callable

import psutil

INTERVAL = 0.05  # seconds


class NotReadyError(Exception):
    """Something did not start, or end, in time."""


def until(is_true: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    """Wait until `is_true()`, checked every 50 ms. Raises NotReadyError, which names `what`."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise NotReadyError(f"{what} took longer than {seconds:g} s")
        time.sleep(INTERVAL)


def has_ended(process: psutil.Process) -> bool:
    """Return whether a process has ended; a zombie has."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
