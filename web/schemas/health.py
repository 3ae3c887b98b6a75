"""Schemas of health and readiness."""

from typing import Literal

from web.schemas.base import Outgoing


class Health(Outgoing):
    status: Literal["ok"]


class Readiness(Outgoing):
    """The readiness of a process. `degraded` is ready, but work is delayed.

    `reasons` describe the problems in words. A newer schema is reported there, and is ready, too.
    `paused` names what an operator has paused, which is no problem.
    `read only` is a standby, or a server that is configured to refuse changes.
    """

    status: Literal["ok", "degraded", "down"]
    postgresql: Literal["ok", "newer schema", "not migrated", "read only", "unreachable"]
    redis: Literal["ok", "full", "unreachable"]
    reasons: list[str]
    paused: list[str]
