"""`python -m bench.overload [--quick]`: three times as many orders as the shop carries.

Orders arrive at a fixed rate, whatever the answers are, and a webhook ten times a second. The shop
refuses what it cannot carry; then the same arrives at a shop without these limits.
"""

import asyncio
import statistics
import sys
from dataclasses import dataclass, field
from itertools import cycle
from uuid import uuid4

import aiohttp

from bench.growth import UNLIMITED
from bench.running_shop import MAX_SETTLING, UNDER_WAY, RunningShop
from bench.shop import Figures
from demo.webhooks import sign_event
from launch.children import end_in_order
from launch.stack import Stack
from models.clock import tick

SPAN = 20.0  # seconds
QUICK = 8.0
FACTOR, HOOKS_PER_SECOND = 3, 10
BUYERS = 24  # those who place orders in turn
MAX_WAIT = 30  # seconds until a client gives up
NO_LIMITS = {"SHED_QUEUE": "0", "ORDERS_AT_ONCE": "1000"}
LIMITS = {"SHED_QUEUE": "", "ORDERS_AT_ONCE": ""}


@dataclass
class Arrivals:
    """The seconds of the answers: of accepted orders, refusals and webhooks; and the failures.

    Orders are `payable` that could be paid before `end`.
    """

    end: float
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    hooks: list[float] = field(default_factory=list)
    failures: int = 0
    payable: int = 0

    def note(self, status: int, seconds: float) -> None:
        """Note an answer to an order or, with status 200, to a webhook."""
        by_status = {200: self.hooks, 201: self.accepted, 202: self.accepted, 503: self.refused}
        by_status.get(status, []).append(seconds)
        self.failures += status not in by_status


def measure(span: float = SPAN) -> Figures:
    """Measure the best rate, then three times as many arrivals, with the limits and without."""
    figures: Figures = {}
    with Stack(environment=UNLIMITED | LIMITS) as stack:
        client = Client(RunningShop(stack))
        best = asyncio.run(client.place_in_turn(span)).payable / span
        figures |= {"overload: best, payable orders a second": best}
        figures |= _overload(client, "overload with limits", FACTOR * best, span)
    with Stack(environment=UNLIMITED | NO_LIMITS) as stack:
        client = Client(RunningShop(stack))
        figures |= _overload(client, "overload without limits", FACTOR * best, span)
    kept = figures["overload with limits: payable orders a second"]
    return figures | {"overload with limits: payable orders, % of the best": 100 * kept / best}


def _overload(client: "Client", title: str, rate: float, span: float) -> Figures:
    client.rest()
    arrivals = asyncio.run(client.send_at(rate, span))
    return {
        f"{title}: arrivals a second": rate,
        f"{title}: payable orders a second": arrivals.payable / span,
        f"{title}: accepted": float(len(arrivals.accepted)),
        f"{title}: refused": float(len(arrivals.refused)),
        f"{title}: requests that failed": float(arrivals.failures),
        f"{title}: accepted, ms p99": _p99(arrivals.accepted),
        f"{title}: refused, ms p99": _p99(arrivals.refused),
        f"{title}: webhooks, ms p99": _p99(arrivals.hooks),
    }


def _p99(seconds: list[float]) -> float:
    return 1000 * statistics.quantiles(seconds, n=100)[98] if len(seconds) > 1 else float("nan")


class Client:
    """Places orders at a shop and sends it webhooks; its buyers wait for their payment's secret."""

    def __init__(self, shop: RunningShop) -> None:
        self._shop = shop
        self._url = shop.stack.urls.order
        self._secret = shop.stack.environment["STRIPE_WEBHOOK_SECRETS"]
        self._products, self._buyers = cycle(shop.products), cycle(shop.buyers)

    def rest(self) -> None:
        """Wait until the shop has nothing to do."""
        self._shop.wait_for_none(UNDER_WAY, "rest", MAX_SETTLING)

    async def place_in_turn(self, span: float) -> Arrivals:
        """Have each of `BUYERS` place an order as soon as the last one can be paid."""
        arrivals = Arrivals(end=tick() + span)

        async def shop_on() -> None:
            while tick() < arrivals.end:
                await self._order(http, arrivals)

        async with self._session() as http, asyncio.TaskGroup() as tasks:
            for _ in range(BUYERS):
                tasks.create_task(shop_on())
        return arrivals

    async def send_at(self, rate: float, span: float) -> Arrivals:
        """Send `rate` orders a second, and webhooks, whatever the answers are."""
        start = tick()
        arrivals = Arrivals(end=start + span)
        due = sorted(
            [(number / rate, self._order) for number in range(int(rate * span))]
            + [
                (number / HOOKS_PER_SECOND, self._hook)
                for number in range(int(HOOKS_PER_SECOND * span))
            ],
            key=lambda arrival: arrival[0],
        )
        async with self._session() as http, asyncio.TaskGroup() as tasks:
            for at, send in due:
                await asyncio.sleep(max(0.0, start + at - tick()))
                tasks.create_task(send(http, arrivals))
        return arrivals

    def _session(self) -> aiohttp.ClientSession:
        timeout = aiohttp.ClientTimeout(total=MAX_WAIT)
        return aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))

    async def _order(self, http: aiohttp.ClientSession, arrivals: Arrivals) -> None:
        items = [{"productId": next(self._products)["id"], "quantity": 1}]
        body = {"referenceId": uuid4().hex, "items": items}
        body |= {"billingAddress": "1 Main Street", "shippingAddress": ""}
        token = str(next(self._buyers).http.headers["Authorization"])
        headers = {"Authorization": token, "Prefer": "wait=10"}
        await _send(http.post(f"{self._url}/order", json=body, headers=headers), arrivals)

    async def _hook(self, http: aiohttp.ClientSession, arrivals: Arrivals) -> None:
        event = {"id": f"evt_{uuid4().hex}", "type": "payment_intent.succeeded", "data": {}}
        body, headers = sign_event(event, self._secret)
        url = f"{self._url}/order/webhook"
        await _send(http.post(url, data=body, headers=headers), arrivals)


async def _send(request: "aiohttp.client._RequestContextManager", arrivals: Arrivals) -> None:
    began = tick()
    try:
        async with request as response:
            body = await response.json(content_type=None)
            arrivals.note(response.status, tick() - began)
            arrivals.payable += bool(body.get("clientSecret")) and tick() <= arrivals.end
    except (aiohttp.ClientError, TimeoutError):
        arrivals.failures += 1


if __name__ == "__main__":
    end_in_order()
    for name, value in measure(QUICK if "--quick" in sys.argv else SPAN).items():
        print(f"| {name} | {value:.1f} |")
