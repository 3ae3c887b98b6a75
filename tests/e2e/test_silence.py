"""Stripe's messages never arrive, and nobody is there to help: every order ends as it should."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
import requests

from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.stack import Stack
from tests.support import histories, invariants
from tests.support.system import OWN

SETTINGS = {
    # Long enough to pay in, also on a slow machine.
    "PAYMENT_TIMEOUT": "20",
    "RECHECK_INTERVALS": "2",
    "POLL_AGES": "2,4,8",
    "RECONCILE_EVERY": "4",
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
}


@pytest.fixture
def silent() -> Iterator[Stack]:
    """Yield a system that polls early, and to which Stripe sends no event."""
    with Stack(environment=OWN | SETTINGS) as running:
        World.of(running).faults(stripe={"webhook": {"dropRate": 1}})
        yield running


def pays(buyer: Buyer, order: Json) -> None:
    assert buyer.pay(order["clientSecret"])["status"] == "succeeded"


def pays_after_a_decline(buyer: Buyer, order: Json) -> None:
    buyer.pay(order["clientSecret"], "pm_card_chargeDeclined")
    pays(buyer, order)


def pays_with_a_bank_that_is_deaf(buyer: Buyer, order: Json) -> None:
    buyer.pay(order["clientSecret"], "pm_sandbox_succeedsAfterCancel")


def cancels_what_was_paid(buyer: Buyer, order: Json) -> None:
    buyer.pay(order["clientSecret"], "pm_card_pendingRefund")
    assert buyer.cancel(order["referenceId"]) == 202


def leaves(buyer: Buyer, order: Json) -> None:
    """Do not pay."""


ENDS = {
    pays: "Confirmed",
    pays_after_a_decline: "Confirmed",
    pays_with_a_bank_that_is_deaf: "Failed",
    cancels_what_was_paid: "Cancelled",
    leaves: "Failed",
}


def test_every_order_ends_correctly_without_any_webhook(silent: Stack) -> None:
    world, habits = World.of(silent), list(ENDS) * 3

    def shop(number: int) -> tuple[Buyer, Json, str]:
        buyer, habit = Buyer(world.urls), habits[number]
        buyer.log_in()
        order = buyer.order(buyer.products()[number])
        habit(buyer, order)
        return buyer, order, ENDS[habit]

    with ThreadPoolExecutor(len(habits)) as pool:
        orders = list(pool.map(shop, range(len(habits))))
    for buyer, order, end in orders:
        buyer.wait_until(order["referenceId"], end, seconds=120)

    with closing(psycopg2.connect(silent.environment["DATABASE_URL"])) as db:

        def at_rest() -> bool | None:
            late = "SELECT 1 FROM refund WHERE origin = 'late' AND state = 'Succeeded'"
            settled = len(invariants.read(db, late)) == habits.count(pays_with_a_bank_that_is_deaf)
            return (settled and not invariants.under_way(db)) or None

        wait_for(at_rest, "rest", seconds=120)
        ledger = requests.get(f"{world.urls.sandbox}/ledger.json", timeout=60).json()
        mails = requests.get(f"{world.urls.sandbox}/mail.json", timeout=60).json()
        invariants.every_order_has_ended(db, [order["orderId"] for _, order, _ in orders])
        invariants.the_bank_agrees(db, ledger)
        invariants.nobody_pays_for_nothing(db, ledger)
        invariants.every_email_arrived(db, mails)
    histories.verify(silent.environment)
