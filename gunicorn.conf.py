"""Gunicorn's settings, which it reads from this file in the folder in which it starts."""

import telemetry


def post_fork(_server: object, _worker: object) -> None:
    """Start the traces of a new process: their threads do not survive a fork."""
    telemetry.start("web")
