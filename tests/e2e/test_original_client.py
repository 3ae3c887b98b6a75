"""The requests of the original React client: its order, its bodies and headers, and no others.

It runs on another origin, asks each service by its own port, sends no `Prefer`, keeps the access
token of its sign-in for 26 days, has no refresh cookie, puts product ids through `Number()`, and
reads the client secret from the answer to POST /order or never.
"""

from typing import Any
from uuid import uuid4

import pytest
import requests

from demo.buyer import Buyer, Json, find_code, wait_for
from demo.world import World
from tests.support.system import TOKEN_LIFETIME

ORIGINS = ("http://127.0.0.1:3000", "http://localhost:3000")


class Page:
    """A page of the client in a browser, which asks before each request whether it may send it."""

    def __init__(self, world: World, origin: str) -> None:
        self.urls, self.origin = world.urls, origin
        self.email = f"react-{uuid4().hex[:10]}@example.com"
        self.token: str | None = None

    def ask(self, method: str, url: str, body: Json | None = None) -> requests.Response:
        """Send one request as `fetch` does with `credentials: "include"`."""
        headers = {"Origin": self.origin}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        self._preflight(method, url, [name for name in headers if name != "Origin"])
        answer = requests.request(method, url, json=body, headers=headers, timeout=40)
        self._assert_readable(answer)
        return answer

    def sign_in(self) -> Json:
        """Ask for a code, type it in as a number, and keep what comes back; the user."""
        login = self.ask("POST", f"{self.urls.auth}/auth/login", {"email": self.email})
        assert login.status_code == 201
        assert login.json()["message"]
        code = int(self._code())
        body = {"email": self.email, "code": code}
        verified = self.ask("POST", f"{self.urls.auth}/auth/verify-code", body)
        assert verified.status_code == 200
        session: Json = verified.json()
        assert session["expiresIn"] == TOKEN_LIFETIME, "it never refreshes"
        self.token = session["accessToken"]
        user: Json = session["user"]
        return user

    def order(self, *product_ids: int, **fields: Any) -> Json:
        """Check out; the answer has the client secret."""
        items = [{"productId": product_id, "quantity": 2} for product_id in product_ids]
        body = {"referenceId": str(uuid4()), "items": items, "billingAddress": ""}
        placed = self.ask(
            "POST", f"{self.urls.order}/order", body | {"shippingAddress": ""} | fields
        )
        assert placed.status_code == 201
        answer: Json = placed.json()
        assert answer["referenceId"] == body["referenceId"]
        assert answer["clientSecret"], "it reads the secret here or never"
        return answer

    def poll(self, reference: str, state: str) -> Json:
        """Ask for the status again and again until it is `state`."""

        def look() -> Json | None:
            status: Json = self.ask("GET", f"{self.urls.order}/order/status/{reference}").json()
            return status if status["status"] == state else None

        return wait_for(look, f"{state} of {reference}")

    def _code(self) -> str:
        return find_code(Buyer(self.urls, self.email).wait_for_email("login_code"))

    def _preflight(self, method: str, url: str, names: list[str]) -> None:
        headers = {
            "Origin": self.origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ", ".join([*map(str.lower, names), "content-type"]),
        }
        answer = requests.options(url, headers=headers, timeout=30)
        assert answer.ok
        self._assert_readable(answer)
        assert method in answer.headers["Access-Control-Allow-Methods"]
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert all(name.lower() in allowed for name in [*names, "content-type"])

    def _assert_readable(self, answer: requests.Response) -> None:
        assert answer.headers["Access-Control-Allow-Origin"] == self.origin
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_original_client_places_and_pays_an_order(world: World, origin: str) -> None:
    page = Page(world, origin)
    user = page.sign_in()
    assert page.ask("GET", f"{world.urls.auth}/auth/user").json() == user
    assert user["email"] == page.email

    products = page.ask("GET", f"{world.urls.product}/product").json()
    assert {product["status"] for product in products} == {"Available"}
    lamp, mug = (product for product in products[:2] if product["inStock"])
    as_number = [int(float(str(product["id"]))) for product in (lamp, mug)]
    assert as_number == [lamp["id"], mug["id"]], "JavaScript's Number() changes nothing"
    assert requests.get(lamp["imageUrl"], timeout=30).headers["Content-Type"].startswith("image/")

    placed = page.order(*as_number, paymentMethod="card")
    # Stripe.js confirms in the page, with the publishable key.
    paid = Buyer(world.urls).pay(placed["clientSecret"])
    assert paid["status"] == "succeeded"
    page.poll(placed["referenceId"], "Confirmed")

    answer = page.ask("GET", f"{world.urls.order}/order/summary/{placed['orderId']}")
    summary = answer.json()
    payment = summary["payment"]
    assert (payment["status"], payment["provider"]) == ("Success", "Stripe")
    assert (payment["cardBrand"], payment["last4"]) == ("visa", "4242")
    assert payment["amount"] == summary["totalPrice"]
    assert [item["product"]["id"] for item in summary["items"]] == as_number
    assert summary["subtotal"] == pytest.approx(
        2 * (lamp["estimatedPrice"] + mug["estimatedPrice"])
    )
    assert (summary["billingAddress"], summary["shippingAddress"]) == ("", "")


def test_the_original_client_cancels_an_order(world: World) -> None:
    page = Page(world, ORIGINS[0])
    page.sign_in()
    products = page.ask("GET", f"{world.urls.product}/product").json()
    placed = page.order(products[0]["id"])
    path = f"{world.urls.order}/order/{placed['referenceId']}"
    assert page.ask("DELETE", path).status_code in {200, 202}
    page.poll(placed["referenceId"], "Cancelled")
    assert page.ask("DELETE", path).status_code == 200


def test_another_origin_gets_no_cors_headers(world: World) -> None:
    for origin in ("http://127.0.0.1:3001", "http://127.0.0.1:3000.evil.example", "null"):
        answer = requests.get(
            f"{world.urls.product}/product", headers={"Origin": origin}, timeout=30
        )
        assert "Access-Control-Allow-Origin" not in answer.headers
