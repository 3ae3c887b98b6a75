"""How a process is."""

from typing import Literal

from web.schemas.base import Outgoing


class Health(Outgoing):
    status: Literal["ok"]


class Readiness(Outgoing):
    """`degraded` is ready: all is served, only later. `reasons` say in words what is amiss, or that
    the schema is newer than this code, which is ready all the same. `read only`: a standby, or a
    server that was told to take no changes.
    """

    status: Literal["ok", "degraded", "down"]
    postgresql: Literal["ok", "newer schema", "not migrated", "read only", "unreachable"]
    redis: Literal["ok", "full", "unreachable"]
    reasons: list[str]
