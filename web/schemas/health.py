"""How a process is."""

from typing import Literal

from web.schemas.base import Outgoing


class Health(Outgoing):
    status: Literal["ok"]


class Readiness(Outgoing):
    """`degraded` is ready: without Redis all is served, only later."""

    status: Literal["ok", "degraded", "down"]
    postgresql: Literal["ok", "not migrated", "unreachable"]
    redis: Literal["ok", "unreachable"]
