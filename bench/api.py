"""The API alone: requests a second and p99, each path by itself, from 32 clients at once.

Locust is the clients: one process on the same machine; what it uses of it is missing to the server.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from bench.race.contenders import BENCH_PYTHON
from bench.shop import Figures
from demo.buyer import Buyer, Json, find_code, wait_for
from demo.webhooks import find_success_event, sign_event
from launch.children import run
from launch.stack import ROOT, Urls

CLIENTS, SECONDS, ORDERS, LOGINS, WEBHOOKS = 32, 5, 24, 200, 4000
ALL = 60  # seconds, by which requests that can be sent but once are sent


def measure(urls: Urls, secret: str) -> Figures:
    """All paths, one after the other."""
    buyer, events = _paid_orders(urls)
    reference = events[0]["data"]["object"]["metadata"]["referenceId"]
    token = {"Authorization": str(buyer.http.headers["Authorization"])}
    status = f"{urls.order}/order/status/{reference}"
    products = f"{urls.product}/product?size=10"
    figures = rush("GET /product?size=10", [{"method": "GET", "url": products}], again=True)
    figures |= rush(
        "GET /order/status", [{"method": "GET", "url": status, "headers": token}], again=True
    )
    emails = [f"load-{uuid4().hex[:12]}@example.com" for _ in range(LOGINS)]
    logins = [_post(f"{urls.auth}/auth/login", email=email) for email in emails]
    figures |= rush("POST /auth/login", logins)
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda email: _code(Buyer(urls, email)), emails))
    url, pairs = f"{urls.auth}/auth/verify-code", zip(emails, codes, strict=True)
    figures |= rush("POST /auth/verify-code", [_post(url, email=e, code=code) for e, code in pairs])
    return figures | rush("POST /order/webhook", list(_webhooks(urls, events, secret)))


def rush(title: str, requests: list[Json], *, again: bool = False) -> Figures:
    """All clients send, one request after the other: each once, or `again` and again for SECONDS.
    All go to one path.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requests.json"
        file.write_text(json.dumps(requests))
        command = [
            *(str(BENCH_PYTHON), "-m", "locust", "-f", "bench/load.py", "--headless", "--json"),
            *("--skip-log", "--users", str(CLIENTS), "--spawn-rate", str(CLIENTS)),
            *("--stop-timeout", "10", "--exit-code-on-error", "0"),
            *("--run-time", f"{SECONDS if again else ALL}s"),
        ]
        told = {"REQUESTS": str(file)} | ({"AGAIN": "1"} if again else {})
        done = run(
            command, cwd=ROOT, env=os.environ | told, check=True, capture_output=True, text=True
        )
    (stats,) = json.loads(done.stdout)
    found = Counter({int(ms): number for ms, number in stats["response_times"].items()})
    cut = quantiles(sorted(found.elements()), n=100)
    seconds = stats["last_request_timestamp"] - stats["start_time"]
    return {
        f"{title}: requests a second": stats["num_requests"] / seconds,
        f"{title}: ms p50": cut[49],
        f"{title}: ms p99": cut[98],
        f"{title}: answers that were errors": stats["num_failures"],
    }


def _post(url: str, **body: Any) -> Json:
    return {"method": "POST", "url": url, "json": body}


def _paid_orders(urls: Urls) -> tuple[Buyer, list[Json]]:
    """Somebody who has paid some orders, and Stripe's events about them."""
    buyer = Buyer(urls)
    buyer.log_in()
    product, events = buyer.products()[0], []
    for _ in range(ORDERS):
        order = buyer.order(product)
        buyer.pay(order["clientSecret"])
        event = wait_for(lambda order=order: find_success_event(urls, order), "the event")  # type: ignore[misc]
        events.append(event)
        buyer.wait_until(order["referenceId"], "Confirmed")
    return buyer, events


def _code(buyer: Buyer) -> str:
    return find_code(buyer.wait_for_email("login_code"))


def _webhooks(urls: Urls, events: list[Json], secret: str) -> Iterator[Json]:
    """Stripe says again that these orders were paid, each time in an event of its own."""
    for event in islice(cycle(events), WEBHOOKS):
        body, headers = sign_event({**event, "id": f"evt_{uuid4().hex}"}, secret)
        url = f"{urls.order}/order/webhook"
        yield {"method": "POST", "url": url, "data": body, "headers": headers}
