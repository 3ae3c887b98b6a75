"""The API alone: requests a second and p99 of each path, with 32 clients.

The clients are Locust, one process on the same machine. Its processor time is missing to the
server.
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
from launch.stack import ROOT
from launch.urls import Urls

CLIENTS = 32
REPEAT_SECONDS = 5
MAX_SECONDS = 60  # for requests that are sent once each
ORDERS, LOGINS, WEBHOOKS = 24, 200, 4000


def measure(urls: Urls, secret: str) -> Figures:
    """Measure all paths, one after the other."""
    buyer, events = _pay_orders(urls)
    reference = events[0]["data"]["object"]["metadata"]["referenceId"]
    token = {"Authorization": str(buyer.http.headers["Authorization"])}
    status = f"{urls.order}/order/status/{reference}"
    products = f"{urls.product}/product?size=10"
    figures = measure_path(
        "GET /product?size=10", [{"method": "GET", "url": products}], repeat=True
    )
    figures |= measure_path(
        "GET /order/status", [{"method": "GET", "url": status, "headers": token}], repeat=True
    )
    emails = [f"load-{uuid4().hex[:12]}@example.com" for _ in range(LOGINS)]
    logins = [_post(f"{urls.auth}/auth/login", email=email) for email in emails]
    figures |= measure_path("POST /auth/login", logins)
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda email: _wait_for_code(Buyer(urls, email)), emails))
    url, pairs = f"{urls.auth}/auth/verify-code", zip(emails, codes, strict=True)
    figures |= measure_path(
        "POST /auth/verify-code", [_post(url, email=e, code=code) for e, code in pairs]
    )
    return figures | measure_path("POST /order/webhook", list(_webhooks(urls, events, secret)))


def measure_path(title: str, requests: list[Json], *, repeat: bool = False) -> Figures:
    """Send requests to one path from all clients, and return the figures.

    Each is sent once, or, with `repeat`, again and again for REPEAT_SECONDS.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requests.json"
        file.write_text(json.dumps(requests))
        command = [
            *(str(BENCH_PYTHON), "-m", "locust", "-f", "bench/load.py", "--headless", "--json"),
            *("--skip-log", "--users", str(CLIENTS), "--spawn-rate", str(CLIENTS)),
            *("--stop-timeout", "10", "--exit-code-on-error", "0"),
            *("--run-time", f"{REPEAT_SECONDS if repeat else MAX_SECONDS}s"),
        ]
        variables = {"REQUESTS": str(file)} | ({"AGAIN": "1"} if repeat else {})
        done = run(
            command,
            cwd=ROOT,
            env=os.environ | variables,
            check=True,
            capture_output=True,
            text=True,
        )
    (stats,) = json.loads(done.stdout)
    times = Counter({int(ms): number for ms, number in stats["response_times"].items()})
    percentiles = quantiles(sorted(times.elements()), n=100)
    seconds = stats["last_request_timestamp"] - stats["start_time"]
    return {
        f"{title}: requests a second": stats["num_requests"] / seconds,
        f"{title}: ms p50": percentiles[49],
        f"{title}: ms p99": percentiles[98],
        f"{title}: answers that were errors": stats["num_failures"],
    }


def _post(url: str, **body: Any) -> Json:
    return {"method": "POST", "url": url, "json": body}


def _pay_orders(urls: Urls) -> tuple[Buyer, list[Json]]:
    """Pay some orders of a customer. Return the customer, and Stripe's events of the payments."""
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


def _wait_for_code(buyer: Buyer) -> str:
    return find_code(buyer.wait_for_email("login_code"))


def _webhooks(urls: Urls, events: list[Json], secret: str) -> Iterator[Json]:
    """Yield webhooks that repeat the payments, each as a new event."""
    for event in islice(cycle(events), WEBHOOKS):
        body, headers = sign_event({**event, "id": f"evt_{uuid4().hex}"}, secret)
        url = f"{urls.order}/order/webhook"
        yield {"method": "POST", "url": url, "data": body, "headers": headers}
