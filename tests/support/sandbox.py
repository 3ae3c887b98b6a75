"""A real sandbox process, real Stripe and SendGrid clients, and a receiver of webhooks."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import requests
import stripe

from launch.children import Child

ROOT = Path(__file__).parents[2]
SECRET_KEY = "sk_test_sandbox"
PUBLISHABLE_KEY = "pk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"

T = TypeVar("T")


def eventually(find: Callable[[], T], seconds: float = 60) -> T:
    """Return the first true answer, or the last one at the end of the time."""
    deadline = time.monotonic() + seconds
    while not (result := find()) and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    return result


class Receiver:
    """Takes webhooks. `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                post = (self.path, dict(self.headers), body)
                receiver.posts.append(post)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Keep the output of the tests clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for path, _, body in self.posts if path == "/stripe"]

    def types(self, intent: str) -> list[str]:
        """Return the sorted types of the events about an intent: their order is not guaranteed."""
        events = [(event["type"], event["data"]["object"]) for event in self.events()]
        return sorted(kind for kind, it in events if intent in (it["id"], it.get("payment_intent")))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Sandbox:
    """One process, that can be killed and started again on the same data."""

    def __init__(self, *options: str, **environment: str) -> None:
        self._options = options
        self._environment = environment
        self.start()

    def start(self) -> None:
        self.process = Child(
            [sys.executable, "-m", "sandbox", "--port", "0", *self._options],
            cwd=ROOT,
            env={**os.environ, **self._environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        self.client = stripe.StripeClient(
            SECRET_KEY, base_addresses={"api": self.url}, max_network_retries=0
        )
        self.intents = self.client.v1.payment_intents

    def end(self, *, kill: bool = False) -> int:
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        status = self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def faults(self, **plan: Any) -> None:
        requests.put(f"{self.url}/faults", json=plan, timeout=60).raise_for_status()

    def ledger(self) -> dict[str, dict[str, Any]]:
        rows = requests.get(f"{self.url}/ledger.json", timeout=60).json()
        return {row["paymentIntent"]: row for row in rows}

    def post(self, path: str, key: str = SECRET_KEY, **form: str) -> requests.Response:
        """Call the Stripe API without its client."""
        headers = {"Authorization": f"Bearer {key}"}
        return requests.post(f"{self.url}{path}", data=form, headers=headers, timeout=60)

    def new_intent(self, order: str = "1", **more: Any) -> stripe.PaymentIntent:
        params: Any = {
            "amount": 2000,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"orderId": order, "referenceId": f"ref-{order}"},
            **more,
        }
        return self.intents.create(params)

    def paid_intent(self, card: str = "pm_card_visa") -> stripe.PaymentIntent:
        return self.new_intent(confirm=True, payment_method=card)

    def mail(self, to: str = "") -> list[dict[str, Any]]:
        query = {"to": to} if to else {}
        emails: list[dict[str, Any]] = requests.get(
            f"{self.url}/mail.json", params=query, timeout=60
        ).json()
        return emails
