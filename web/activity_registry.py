"""The registration of all activities in a web process, which otherwise loads none of them."""

from flask import current_app

# Puts a function under this name that registers all activities: they load providers' libraries.
LOAD_ACTIVITIES = "LOAD_ACTIVITIES"


def load_activities() -> None:
    """Register all activities, where the process offers that: whatever names them needs it."""
    current_app.config.get(LOAD_ACTIVITIES, list)()
