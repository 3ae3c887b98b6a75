"""A worker survives the loss of Redis: kombu 5.7 lets it end where a lost connection is closed.

A channel that closes puts back what nobody acknowledged. When its connection has been closed before
it, it asks None for an address, and the AttributeError ends the worker. Said as what it is, a lost
connection, kombu and Celery let it pass and connect anew; the rows' leases bring the work back.
"""

from typing import Any

from kombu.transport.redis import Channel
from redis import ConnectionError as LostError

_address = Channel._connparams  # noqa: SLF001  nothing public is asked on that way


def _address_or_lost(channel: Any, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  kombu's
    if getattr(channel.connection, "client", None) is None:
        raise LostError("this connection has been closed")
    return _address(channel, asynchronous)  # type: ignore[no-untyped-call]


Channel._connparams = _address_or_lost  # type: ignore[method-assign]  # noqa: SLF001
