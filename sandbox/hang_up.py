"""The fault of the lost answer: all was done, and the client never hears of it."""

import asyncio

from aiohttp import web

# Seconds between the work and the hang-up. Clients with a shorter timeout see that instead.
HOLD = 1.0


async def hang_up(request: web.Request) -> None:
    """Hold the connection a little, then close it: what is answered afterwards goes nowhere."""
    await asyncio.sleep(HOLD)
    if request.transport is not None:
        request.transport.abort()
