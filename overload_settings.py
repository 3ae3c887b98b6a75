"""The settings of how many requests a web process takes on."""

from pydantic import Field
from pydantic_settings import BaseSettings


class OverloadSettings(BaseSettings):
    """Limits of waiting requests, and those above which `POST /order` answers 503."""

    # Gunicorn's threads per web process; at most half of them may wait (Prefer: wait).
    web_threads: int = Field(default=48, ge=2)
    waiters_per_user: int = Field(default=4, ge=1)
    # Orders that a process has under way until their payment can begin: more would wait too long.
    orders_at_once: int = Field(default=12, ge=1)
    # New orders whose payment has waited for a worker for long; 0: no limit.
    shed_queue: int = Field(default=1000, ge=0)
