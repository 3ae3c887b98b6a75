"""The customers of the storm: each has a habit, and repeats unanswered requests like a browser."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

import requests

from demo.buyer import Buyer, Json, wait_for
from models.clock import tick

T = TypeVar("T")
TRIES = 10
# The bank's own trouble, by type or code: nothing was done.
TROUBLE = {"api_error", "rate_limit"}
SOLD_OUT = 422
PAYMENT_TIMEOUT = 12
SETTINGS = {
    "PAYMENT_TIMEOUT": str(PAYMENT_TIMEOUT),
    "RECHECK_INTERVALS": "2",
    "POLL_AGES": "3,6,10",
    "RECONCILE_EVERY": "5",
    "LOGIN_LIMIT": "10000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
}
FAULTS: Json = {
    "stripe": {
        "latencyMs": 20,
        "errorRate": 0.05,
        "timeoutRate": 0.03,
        "rateLimitRate": 0.03,
        "webhook": {"dropRate": 0.2, "duplicateRate": 0.2, "delayMs": 200, "shuffle": True},
    },
    "sendgrid": {"errorRate": 0.05, "timeoutRate": 0.03, "bounceRate": 0.02},
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One order, and who placed it. Without a secret it ended before it could be paid."""

    buyer: Buyer
    dice: random.Random
    order_id: str
    reference: str
    secret: str
    closes_at: float

    def confirm(self, method: str = "pm_card_visa") -> None:
        """Submit the bank's form; what comes of it is the system's to find out."""
        for _ in range(TRIES if self.secret else 0):
            try:
                answer = self.buyer.pay(self.secret, method)
            except requests.RequestException:
                continue
            error = answer.get("error", {})
            if not TROUBLE & {error.get("type"), error.get("code")}:
                return

    def cancel(self) -> None:
        """Cancel the order. The answer is 200, 202, or 409 when it has failed meanwhile."""
        assert self.buyer.cancel(self.reference) in (200, 202, 409)

    def pause(self, longest: float) -> None:
        """Wait for a random time of at most `longest` seconds."""
        wait_until(tick() + self.dice.uniform(0, longest))


def pays(visit: Visit) -> None:
    visit.confirm()


def tries_another_card(visit: Visit) -> None:
    visit.confirm("pm_card_chargeDeclinedInsufficientFunds")
    visit.confirm("pm_card_mastercard")


def cancels(visit: Visit) -> None:
    visit.pause(0.5)
    visit.cancel()


def cancels_while_paying(visit: Visit) -> None:
    def in_a_moment() -> None:
        visit.pause(0.3)
        visit.cancel()

    at_once(visit.confirm, in_a_moment)


def cancels_what_is_paid(visit: Visit) -> None:
    visit.confirm()
    visit.pause(2)
    visit.cancel()


def goes_away(visit: Visit) -> None:
    """Close the page and do not pay."""


def pays_late(visit: Visit) -> None:
    """Pay in a window that was left open, about when the time to pay ends."""
    wait_until(visit.closes_at + visit.dice.uniform(-0.5, 2))
    visit.confirm()


def pays_with_a_deaf_bank(visit: Visit) -> None:
    """Pay after the order has failed, at a bank that missed the cancellation."""
    visit.confirm("pm_sandbox_succeedsAfterCancel")


def pays_in_two_tabs(visit: Visit) -> None:
    at_once(visit.confirm, visit.confirm)


# How many of a hundred customers.
HABITS: dict[Callable[[Visit], None], int] = {
    pays: 36,
    tries_another_card: 12,
    cancels: 8,
    cancels_while_paying: 8,
    cancels_what_is_paid: 10,
    goes_away: 6,
    pays_late: 8,
    pays_in_two_tabs: 8,
    pays_with_a_deaf_bank: 4,
}


def shop(buyer: Buyer, products: list[Json], dice: random.Random, window: float) -> str | None:
    """Order something with one of the HABITS; return the order's id, or None when sold out.

    `window` is the number of seconds in which to pay.
    """
    (habit,) = dice.choices(list(HABITS), list(HABITS.values()))
    clicks = 2 if dice.random() < 0.15 else 1
    placed_at = tick()
    order = place(buyer, products, clicks)
    if order is None:
        return None
    reference = order["referenceId"]
    secret = order["clientSecret"] or wait_for(
        lambda: secret_of(buyer.status(reference, wait=5)), "the client secret", seconds=600
    )
    habit(Visit(buyer, dice, order["orderId"], reference, secret, placed_at + window))
    return str(order["orderId"])


def place(buyer: Buyer, products: list[Json], clicks: int) -> Json | None:
    """Place one order by all clicks, and return it, or None when something is sold out."""
    reference = str(uuid4())

    def click() -> Json | None:
        try:
            return buyer.order(*products, reference=reference)
        except requests.HTTPError as refusal:
            if refusal.response.status_code == SOLD_OUT:
                return None
            raise

    placed = [answer for answer in at_once(*[click] * clicks) if answer is not None]
    assert len({order["orderId"] for order in placed}) <= 1, f"two orders for one click: {placed}"
    return placed[0] if placed else None


def secret_of(status: Json) -> str | None:
    """Return the client secret: "" when the order has ended, None when there is none yet."""
    if status["status"] != "Pending":
        return ""
    secret: str | None = status["clientSecret"]
    return secret


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Do all of it side by side."""
    with ThreadPoolExecutor(len(acts)) as hands:
        return [act.result() for act in [hands.submit(act) for act in acts]]


def wait_until(moment: float) -> None:
    """Return at `moment`, as of `tick`."""
    left = max(0, moment - tick())
    wait_for(lambda: tick() >= moment or None, "the moment", seconds=left + 5)
