"""Operators pause a provider while customers buy: no order is lost, and all go on afterwards."""

import json
from contextlib import closing

import psycopg2

from demo.buyer import wait_for
from demo.world import World
from launch.stack import Stack
from tests.support import histories, invariants

STRIPE = ("--provider", "stripe")
# In a form that sorts by time.
DEADLINE = "SELECT deadline_at::text FROM payment WHERE order_id = %s"


def test_an_order_outlives_a_pause_that_is_longer_than_its_payment_window(
    stack: Stack, world: World
) -> None:
    buyer = world.buyer()
    stack.flask("control", "pause", *STRIPE, "--reason", "a story")
    try:
        order = buyer.order(buyer.products()[0], wait=0)
        reference = order["referenceId"]
        first = deadline(world, order["orderId"])

        def has_moved() -> bool | None:
            return deadline(world, order["orderId"]) > first or None

        wait_for(has_moved, "a later deadline", seconds=2 * world.payment_timeout + 60)
        status = buyer.status(reference)
        assert (status["status"], status["clientSecret"]) == ("Pending", None)
        (control,) = json.loads(stack.flask("control", "list", "--json"))
        assert (control["name"], control["reason"]) == ("stripe", "a story")
        assert control["waiting"] >= 1
    finally:
        stack.flask("control", "resume", *STRIPE)

    def is_payable() -> str | None:
        secret: str | None = buyer.status(reference, wait=5)["clientSecret"]
        return secret

    buyer.pay(wait_for(is_payable, "the client secret"))
    buyer.wait_until(reference, "Confirmed")
    histories.verify(stack.environment)


def deadline(world: World, order_id: str) -> str:
    """Return when the payment of an order ends."""
    with closing(psycopg2.connect(world.database_url)) as db:
        (payment,) = invariants.read(db, DEADLINE, order_id)
    return str(payment["deadline_at"])
