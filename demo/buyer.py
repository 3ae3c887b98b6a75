"""A customer with the means of a browser: the API, a mailbox, and a card for Stripe's form."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import uuid4

import requests

from launch.urls import Urls
from models.clock import tick

T = TypeVar("T")
FIRST_PAUSE, MAX_PAUSE = 0.02, 0.3  # seconds between two checks
PAUSE_FACTOR = 1.2
MAX_PREFERENCE = 10  # seconds that one request may wait at the server
CODE_LENGTH = 6
Json = dict[str, Any]


class TookTooLongError(Exception):
    """A condition was not met in time."""


def wait_for(check: Callable[[], T | None], description: str, *, seconds: float = 60) -> T:
    """Call `check` until it returns a value, and return that. Raises TookTooLongError.

    The pauses grow: many waiting clients would otherwise slow down the system they wait for.
    """
    end, pause = tick() + seconds, FIRST_PAUSE
    while tick() < end:
        value = check()
        if value is not None:
            return value
        time.sleep(pause)
        pause = min(pause * PAUSE_FACTOR, MAX_PAUSE)
    raise TookTooLongError(f"{description} did not come within {seconds:g} s")


class Buyer:
    """A customer. Every method raises requests.HTTPError when the answer is an error."""

    def __init__(self, urls: Urls, email: str | None = None) -> None:
        self.urls = urls
        self.email = email or f"buyer-{uuid4().hex[:10]}@example.com"
        self.http = requests.Session()

    def log_in(self) -> None:
        """Request a code, read it in the mailbox, and exchange it for an access token."""
        count_before = len(self.emails("login_code"))
        self._post(f"{self.urls.auth}/auth/login", {"email": self.email})

        def find_new_email() -> Json | None:
            emails = self.emails("login_code")
            return emails[0] if len(emails) > count_before else None

        code = find_code(wait_for(find_new_email, "the login email"))
        body = {"email": self.email, "code": code}
        token = self._post(f"{self.urls.auth}/auth/verify-code", body)
        self.http.headers["Authorization"] = f"Bearer {token['accessToken']}"

    def products(self) -> list[Json]:
        """Return the products that are available."""
        products: list[Json] = self._get(f"{self.urls.product}/product", available="true", size=100)
        return products

    def order(self, *products: Json, reference: str | None = None, wait: int = 30) -> Json:
        """Place an order and return orderId, referenceId and clientSecret.

        clientSecret is None when it does not come within `wait` seconds. A server with too many
        waiting requests answers at once; the status is then polled for the rest of that time. One
        with too many orders refuses; the order is then placed again in that time.
        """
        body = {
            "referenceId": reference or str(uuid4()),
            "items": [{"productId": product["id"], "quantity": 1} for product in products],
            "billingAddress": "1 Main Street\nSpringfield",
            "shippingAddress": "1 Main Street\nSpringfield",
        }
        end = tick() + wait
        preference = {"Prefer": f"wait={min(wait, MAX_PREFERENCE)}"}
        order = self._place(body, preference, end)
        if order["clientSecret"] is None and (remaining := end - tick()) > 0:
            order["clientSecret"] = self._wait_for_secret(order["referenceId"], remaining)
        return order

    def pay(self, client_secret: str, method: str = "pm_card_visa") -> Json:
        """Pay as Stripe's form does. Return the intent, or the body of the error."""
        intent = client_secret.split("_secret_", maxsplit=1)[0]
        response = requests.post(
            f"{self.urls.sandbox}/v1/payment_intents/{intent}/confirm",
            data={
                "client_secret": client_secret,
                "payment_method": method,
                "key": "pk_test_sandbox",
            },
            timeout=30,
        )
        body: Json = response.json()
        return body

    def status(self, reference: str, wait: int = 0) -> Json:
        """Return the status of an order; wait up to `wait` seconds until it is payable or over."""
        url = f"{self.urls.order}/order/status/{reference}"
        status: Json = self._get(url, {"Prefer": f"wait={wait}"})
        return status

    def wait_for_change(self, reference: str, version: str) -> Json:
        """Return the status of an order once it differs from `version`, as a page waits for it.

        Raises TookTooLongError.
        """
        url = f"{self.urls.order}/order/status/{reference}"
        headers = {"Prefer": f"wait={MAX_PREFERENCE}", "If-None-Match": f'"{version}"'}

        def check() -> Json | None:
            response = self.http.get(url, headers=headers, timeout=30)
            response.raise_for_status()
            return None if response.status_code == HTTPStatus.NOT_MODIFIED else response.json()

        return wait_for(check, f"a change of order {reference}")

    def wait_until(self, reference: str, state: str, *, seconds: float = 60) -> Json:
        """Return the status of an order once it is in `state`. Raises TookTooLongError."""

        def check() -> Json | None:
            status = self.status(reference)
            return status if status["status"] == state else None

        return wait_for(check, f"{state} of order {reference}", seconds=seconds)

    def cancel(self, reference: str) -> int:
        """Request the cancellation of an order, and return the HTTP status."""
        return self.http.delete(f"{self.urls.order}/order/{reference}", timeout=30).status_code

    def summary(self, order_id: str) -> Json:
        summary: Json = self._get(f"{self.urls.order}/order/summary/{order_id}")
        return summary

    def history(self, reference: str) -> list[Json]:
        transitions: list[Json] = self._get(f"{self.urls.order}/order/{reference}/history")
        return transitions

    def emails(self, category: str) -> list[Json]:
        """Return the customer's emails of a category, newest first."""
        emails = self._get(f"{self.urls.sandbox}/mail.json", to=self.email)
        return [email for email in emails if category in email["categories"]]

    def wait_for_email(self, category: str, *, seconds: float = 60) -> Json:
        """Return the newest email of a category. Raises TookTooLongError."""

        def check() -> Json | None:
            return next(iter(self.emails(category)), None)

        return wait_for(check, f"the email {category}", seconds=seconds)

    def _place(self, body: Json, headers: dict[str, str], end: float) -> Json:
        """Place an order, also when a busy server first asks to come back, as pages do."""
        while True:
            try:
                return self._post(f"{self.urls.order}/order", body, headers)
            except requests.HTTPError as refusal:
                pause = refusal.response.headers.get("Retry-After")
                is_busy = refusal.response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                if not is_busy or pause is None or tick() + int(pause) > end:
                    raise
            time.sleep(int(pause))

    def _wait_for_secret(self, reference: str, seconds: float) -> str | None:
        """Return the client secret, or None when it does not come in time or the order is over."""

        def check() -> Json | None:
            status = self.status(reference, wait=5)
            return status if status["clientSecret"] or status["status"] != "Pending" else None

        try:
            secret: str | None = wait_for(check, "the client secret", seconds=seconds)[
                "clientSecret"
            ]
        except TookTooLongError:
            return None
        return secret

    def _get(self, url: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        response = self.http.get(url, params=query, headers=headers, timeout=30)
        response.raise_for_status()
        return response.json()

    def _post(self, url: str, body: Json, headers: dict[str, str] | None = None) -> Json:
        response = self.http.post(url, json=body, headers=headers, timeout=30)
        response.raise_for_status()
        answer: Json = response.json()
        return answer


def find_code(email: Json) -> str:
    """Return the sign-in code in an email."""
    words: list[str] = email["text"].split()
    return next(word for word in words if word.isdigit() and len(word) == CODE_LENGTH)
