"""Operators pause a provider while customers buy: no order is lost, and all go on afterwards."""

import json
from typing import Any

from demo.buyer import wait_for
from demo.world import World
from launch.stack import Stack

STRIPE = ("--provider", "stripe")


def test_an_order_outlives_a_pause_that_is_longer_than_its_payment_window(
    stack: Stack, world: World
) -> None:
    buyer = world.buyer()
    stack.flask("control", "pause", *STRIPE, "--reason", "a story")
    try:
        order = buyer.order(buyer.products()[0], wait=0)
        reference = order["referenceId"]
        first = deadline(stack, order["orderId"])

        def has_moved() -> bool | None:
            return deadline(stack, order["orderId"]) > first or None

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
    stack.flask("machines", "stuck")
    stack.flask("machines", "verify")


def deadline(stack: Stack, order_id: str) -> str:
    """Return when the payment of an order ends, in a form that sorts by time."""
    payments: list[dict[str, Any]] = json.loads(stack.flask("payments", "list", "--json"))
    (payment,) = [each for each in payments if each["order_id"] == order_id]
    (shown,) = json.loads(stack.flask("payments", "show", payment["id"], "--json"))
    return str(shown["deadline_at"])
