"""A customer with a browser's means: the API, a mailbox, and a card to type into Stripe's form."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import requests

from models.clock import tick

T = TypeVar("T")
LOOK_AGAIN = 0.02, 0.3  # seconds, at first and at most
SLOWER = 1.2
CODE_LENGTH = 6
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the services answer, without a slash at the end."""

    auth: str
    order: str
    product: str
    sandbox: str


class TookTooLongError(Exception):
    """What was waited for did not come in time."""


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 30) -> T:
    """Look again and again until there is an answer, ever less often: many who wait would keep the
    machine from what they wait for. Raises TookTooLongError.
    """
    end, (pause, longest) = tick() + seconds, LOOK_AGAIN
    while tick() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(pause)
        pause = min(pause * SLOWER, longest)
    raise TookTooLongError(f"{what} did not come within {seconds:g} s")


class Buyer:
    """One customer. Every method raises requests.HTTPError on an answer that is an error."""

    def __init__(self, at: Addresses, email: str | None = None) -> None:
        self.at = at
        self.email = email or f"buyer-{uuid4().hex[:10]}@example.com"
        self.http = requests.Session()

    def log_in(self) -> None:
        """Ask for a code, read it in the mailbox, trade it for a token."""
        seen = len(self.letters("login_code"))
        self._post(f"{self.at.auth}/auth/login", {"email": self.email})

        def newer() -> Json | None:
            letters = self.letters("login_code")
            return letters[0] if len(letters) > seen else None

        words = wait_for(newer, "the login e-mail")["text"].split()
        code = next(word for word in words if word.isdigit() and len(word) == CODE_LENGTH)
        token = self._post(f"{self.at.auth}/auth/verify-code", {"email": self.email, "code": code})
        self.http.headers["Authorization"] = f"Bearer {token['accessToken']}"

    def products(self) -> list[Json]:
        """What can be bought now."""
        found: list[Json] = self._get(f"{self.at.product}/product", available="true", size=100)
        return found

    def order(self, *products: Json, reference: str | None = None, wait: int = 10) -> Json:
        """Place an order; the answer has orderId, referenceId and, within `wait` seconds,
        clientSecret. When the server has no place for one more who waits, it is asked again.
        """
        body = {
            "referenceId": reference or str(uuid4()),
            "items": [{"productId": product["id"], "quantity": 1} for product in products],
            "billingAddress": "1 Main Street\nSpringfield",
            "shippingAddress": "1 Main Street\nSpringfield",
        }
        end = tick() + wait
        placed = self._post(f"{self.at.order}/order", body, {"Prefer": f"wait={wait}"})
        if placed["clientSecret"] is None and (left := end - tick()) > 0:
            placed |= self._wait_for_secret(placed["referenceId"], left)
        return placed

    def pay(self, client_secret: str, method: str = "pm_card_visa") -> Json:
        """Pay as Stripe's form does, with the secret of the intent; the intent, or the error."""
        intent = client_secret.split("_secret_", maxsplit=1)[0]
        answer = requests.post(
            f"{self.at.sandbox}/v1/payment_intents/{intent}/confirm",
            data={
                "client_secret": client_secret,
                "payment_method": method,
                "key": "pk_test_sandbox",
            },
            timeout=30,
        )
        body: Json = answer.json()
        return body

    def status(self, reference: str, wait: int = 0) -> Json:
        """How far the order has come; within `wait` seconds, once it can be paid or has ended."""
        url = f"{self.at.order}/order/status/{reference}"
        found: Json = self._get(url, {"Prefer": f"wait={wait}"})
        return found

    def wait_until(self, reference: str, state: str, *, seconds: float = 30) -> Json:
        """The order's status once it is `state`. Raises TookTooLongError."""

        def look() -> Json | None:
            found = self.status(reference)
            return found if found["status"] == state else None

        return wait_for(look, f"{state} of order {reference}", seconds=seconds)

    def cancel(self, reference: str) -> int:
        """Ask to cancel; the HTTP status of the answer."""
        return self.http.delete(f"{self.at.order}/order/{reference}", timeout=30).status_code

    def summary(self, order_id: str) -> Json:
        found: Json = self._get(f"{self.at.order}/order/summary/{order_id}")
        return found

    def history(self, reference: str) -> list[Json]:
        found: list[Json] = self._get(f"{self.at.order}/order/{reference}/history")
        return found

    def letters(self, category: str) -> list[Json]:
        """The e-mails of one kind that this customer got, newest first."""
        mails = self._get(f"{self.at.sandbox}/mail.json", to=self.email)
        return [mail for mail in mails if category in mail["categories"]]

    def wait_for_letter(self, category: str, *, seconds: float = 30) -> Json:
        """The newest e-mail of one kind. Raises TookTooLongError."""

        def look() -> Json | None:
            return next(iter(self.letters(category)), None)

        return wait_for(look, f"the e-mail {category}", seconds=seconds)

    def _wait_for_secret(self, reference: str, seconds: float) -> Json:
        """The order's clientSecret, which stays None when it does not come in time."""

        def look() -> Json | None:
            found = self.status(reference, wait=5)
            return found if found["clientSecret"] or found["status"] != "Pending" else None

        try:
            found = wait_for(look, "the client secret", seconds=seconds)
        except TookTooLongError:
            return {"clientSecret": None}
        return {"clientSecret": found["clientSecret"]}

    def _get(self, url: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        answer = self.http.get(url, params=query, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _post(self, url: str, body: Json, headers: dict[str, str] | None = None) -> Json:
        answer = self.http.post(url, json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        found: Json = answer.json()
        return found
