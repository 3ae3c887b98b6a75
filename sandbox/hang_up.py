"""The fault of the lost answer: all was done, and the client never hears of it."""

import asyncio

from aiohttp import web


async def hang_up(request: web.Request, hold: float) -> None:
    """Hold the connection so many seconds, then close it: what is answered afterwards goes
    nowhere. Clients with a shorter timeout see that instead.
    """
    await asyncio.sleep(hold)
    if request.transport is not None:
        request.transport.abort()
