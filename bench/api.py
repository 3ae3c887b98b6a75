"""The API alone: requests a second and p99, each path by itself, from 32 clients at once.

The clients are one process on the same machine; what they use of it is missing to the server.
"""

import asyncio
import hashlib
import hmac
import json
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any
from uuid import uuid4

import aiohttp

from bench.shop import Figures
from demo.buyer import CODE_LENGTH, Addresses, Buyer, Json, wait_for
from demo.webhooks import success_event
from models import clock

CLIENTS, SECONDS, ORDERS, LOGINS = 32, 3.0, 24, 200
ALL = 60.0  # seconds, which is for ever

Send = Callable[[], Awaitable[None]]


def measure(at: Addresses, secret: str) -> Figures:
    """All paths, one after the other."""
    return asyncio.run(_measure(at, secret))


async def _measure(at: Addresses, secret: str) -> Figures:
    buyer, events = await asyncio.to_thread(_paid_orders, at)
    reference = events[0]["data"]["object"]["metadata"]["referenceId"]
    token = {"Authorization": str(buyer.http.headers["Authorization"])}
    async with _clients() as http:

        async def get(url: str, **given: Any) -> None:
            async with http.get(url, **given) as answer:
                await answer.read()

        products, status = f"{at.product}/product", f"{at.order}/order/status/{reference}"
        figures = await _rush("GET /product", lambda: get(products))
        figures |= await _rush("GET /order/status", lambda: get(status, headers=token))
        emails = [f"load-{uuid4().hex[:12]}@example.com" for _ in range(LOGINS)]
        accepted: list[str] = []
        logins = (_login(http, at, email, accepted) for email in emails)
        figures |= await _rush("POST /auth/login", _each(logins), ALL)
        codes = [await asyncio.to_thread(_code, Buyer(at, email)) for email in accepted]
        pairs = list(zip(accepted, codes, strict=True))
        figures |= await _rush(
            "POST /auth/verify-code", _each(_verifications(http, at, pairs)), ALL
        )
        return figures | await _rush("POST /order/webhook", _webhook(http, at, events, secret))


@asynccontextmanager
async def _clients() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(connector=connector, raise_for_status=True) as http:
        yield http


def _paid_orders(at: Addresses) -> tuple[Buyer, list[Json]]:
    """Somebody who has paid some orders, and Stripe's events about them."""
    buyer = Buyer(at)
    buyer.log_in()
    product, events = buyer.products()[0], []
    for _ in range(ORDERS):
        order = buyer.order(product)
        buyer.pay(order["clientSecret"])
        event = wait_for(lambda order=order: success_event(at, order), "the event")  # type: ignore[misc]
        events.append(event)
        buyer.wait_until(order["referenceId"], "Confirmed")
    return buyer, events


async def _rush(name: str, send: Send, seconds: float = SECONDS) -> Figures:
    """All clients send, one request after the other, for a while or until there is no more."""
    waits: list[float] = []
    errors: list[int] = []
    start = clock.tick()

    async def client() -> None:
        while clock.tick() < start + seconds:
            sent = clock.tick()
            try:
                await send()
            except StopAsyncIteration:
                return
            except aiohttp.ClientResponseError as error:
                errors.append(error.status)
            waits.append((clock.tick() - sent) * 1000)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return {
        f"{name}: requests a second": len(waits) / (clock.tick() - start),
        f"{name}: ms p50": statistics.median(waits),
        f"{name}: ms p99": statistics.quantiles(waits, n=100)[98],
        f"{name}: answers that were errors": len(errors),
    }


def _each(requests: Iterator[Awaitable[None]]) -> Send:
    async def send() -> None:
        request = next(requests, None)
        if request is None:
            raise StopAsyncIteration
        await request

    return send


async def _login(
    http: aiohttp.ClientSession, at: Addresses, email: str, accepted: list[str]
) -> None:
    await _post(http, f"{at.auth}/auth/login", {"email": email})
    accepted.append(email)


def _verifications(
    http: aiohttp.ClientSession, at: Addresses, pairs: list[tuple[str, str]]
) -> Iterator[Awaitable[None]]:
    url = f"{at.auth}/auth/verify-code"
    return (_post(http, url, {"email": email, "code": code}) for email, code in pairs)


async def _post(http: aiohttp.ClientSession, url: str, body: Json) -> None:
    async with http.post(url, json=body) as answer:
        await answer.read()


def _code(buyer: Buyer) -> str:
    words: list[str] = buyer.wait_for_letter("login_code")["text"].split()
    return next(word for word in words if word.isdigit() and len(word) == CODE_LENGTH)


def _webhook(http: aiohttp.ClientSession, at: Addresses, events: list[Json], secret: str) -> Send:
    """Stripe says again that these orders were paid, each time in an event of its own."""
    turn = cycle(events)

    async def send() -> None:
        body = json.dumps({**next(turn), "id": f"evt_{uuid4().hex}"})
        moment = int(clock.now().timestamp())
        signed = f"{moment}.{body}".encode()
        signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={moment},v1={signature}"}
        headers["Content-Type"] = "application/json"
        async with http.post(f"{at.order}/order/webhook", data=body, headers=headers) as answer:
            await answer.read()

    return send
