"""The fault of a lost answer: the call is executed, but the client gets no answer."""

import asyncio

from aiohttp import web


async def hang_up(request: web.Request, hold: float) -> None:
    """Hold the connection for `hold` seconds, then abort it, so that a later answer is lost.

    A client with a shorter timeout sees its timeout instead.
    """
    await asyncio.sleep(hold)
    if request.transport is not None:
        request.transport.abort()
