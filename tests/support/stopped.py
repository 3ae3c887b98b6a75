"""Processes that hang."""

from pathlib import Path

import psutil

from launch.waiting import until


def stop(process: psutil.Process) -> None:
    """Let a process hang, and wait until all its threads do: on a busy machine they still run on.

    `process.resume()` ends it.
    """
    process.suspend()
    until(lambda: _all_threads_stand(process), "the stop of a process")


def _all_threads_stand(process: psutil.Process) -> bool:
    threads = Path(f"/proc/{process.pid}/task")
    if not threads.exists():  # not on Linux
        return process.status() == psutil.STATUS_STOPPED
    try:
        lines = [(thread / "stat").read_text() for thread in threads.iterdir()]
    except (FileNotFoundError, ProcessLookupError):  # a thread has just ended
        return False
    return all(line.rpartition(")")[2].split()[0] == "T" for line in lines)
