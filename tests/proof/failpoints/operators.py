"""Stories of an operator, who repeats a command during which a process died."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests

from demo.buyer import Buyer, Json, wait_for
from demo.webhooks import deliver
from tests.proof.failpoints.world import STRAY, OperatedWorld

LONG = 90  # seconds: an order that nobody pays, or a reconciliation, may take so long
GIVE_UP = """
    UPDATE activity SET state = 'failed' WHERE name = 'payments.create_intent'
        AND state = 'done' AND subject_id = (SELECT id FROM payment WHERE order_id = %s)
"""
NAME_INTENT = "UPDATE payment SET intent_id = %s WHERE order_id = %s"
PAYMENT = "SELECT id::text FROM payment WHERE order_id = %s"
UNKNOWN = "SELECT 1 FROM notice WHERE order_id = %s AND kind = 'unknown_intent'"
NOTICE_EXISTS = "SELECT 1 FROM notice WHERE subject = %s"
NOT_ERASED = "SELECT 1 FROM erasure WHERE state <> 'Erased'"
OF_ADDRESS = "SELECT 1 FROM users WHERE email = %s"
SHIP = ("--carrier", "DHL", "--tracking", "J 1")


def ship_and_deliver(world: OperatedWorld) -> None:
    buyer, order = _paid(world)
    reference = order["referenceId"]
    world.operate("orders", "ship", reference, *SHIP)
    # A letter about a state that the order has left does not leave.
    buyer.wait_for_email("order_shipped", seconds=LONG)
    world.operate("orders", "deliver", reference)
    buyer.wait_until(reference, "Delivered")
    buyer.wait_for_email("order_delivered", seconds=LONG)


def cancel_and_refund(world: OperatedWorld) -> None:
    buyer, paid = _paid(world)
    unpaid = buyer.order(buyer.products()[0])
    world.operate("orders", "cancel", unpaid["referenceId"])
    world.operate("orders", "refund", paid["referenceId"], "--idempotency-key", paid["orderId"])
    for order in (unpaid, paid):
        buyer.wait_until(order["referenceId"], "Cancelled", seconds=LONG)


def accept_another_amount(world: OperatedWorld) -> None:
    buyer = world.buyer()
    order = buyer.order(buyer.products()[0])
    intent_id = _intent_id(order)
    stripe(world, f"payment_intents/{intent_id}", amount=4200)
    assert buyer.pay(order["clientSecret"])["status"] == "succeeded"

    def is_paid() -> bool | None:
        return buyer.status(order["referenceId"])["payment"]["status"] == "Success" or None

    wait_for(is_paid, "the payment", seconds=LONG)
    world.operate("orders", "accept", order["referenceId"])
    buyer.wait_until(order["referenceId"], "Confirmed")


def try_again(world: OperatedWorld) -> None:
    """Retry an event that could not be read, and a call that gave up."""
    _, order = _paid(world)
    broken = {"id": f"evt_{order['orderId']}", "type": "refund.failed", "data": {"object": {}}}
    assert deliver(world.urls, broken, world.webhook_secret) == 200
    world.operate("signals", "replay", "--all")
    world.execute(GIVE_UP, order["orderId"])
    world.operate("activities", "retry", "--name", "payments.create_intent", "--all")


def close_what_stripe_does_not_know(world: OperatedWorld) -> None:
    buyer = world.buyer()
    order = buyer.order(buyer.products()[0])
    order_id, intent_id = order["orderId"], _intent_id(order)
    # As after a change of keys: our intent is another account's.
    world.execute(NAME_INTENT, f"pi_of_{intent_id}", order_id)
    assert buyer.cancel(order["referenceId"]) == 202
    wait_for(lambda: world.read(UNKNOWN, order_id) or None, "the notice", seconds=LONG)
    (payment,) = world.read(PAYMENT, order_id)
    world.operate("payments", "close", payment["id"], "--reason", "another account's")
    buyer.wait_until(order["referenceId"], "Cancelled", seconds=LONG)
    # For those who compare the books in the end.
    world.execute(NAME_INTENT, intent_id, order_id)
    # A reconciliation may have called it off, as one beside the order's own.
    with suppress(requests.HTTPError):
        stripe(world, f"payment_intents/{intent_id}/cancel")


def erase_a_customer(world: OperatedWorld) -> None:
    buyer = world.buyer()
    world.operate("users", "erase", buyer.email)
    wait_for(lambda: not world.read(NOT_ERASED) or None, "the erasure", seconds=LONG)
    assert not world.read(OF_ADDRESS, buyer.email)


def reconcile(world: OperatedWorld) -> None:
    """Lose events, create a second intent of an order and money of no order, and reconcile."""
    world.faults(stripe={"webhook": {"dropRate": 1}})
    try:
        buyer = world.buyer()
        order = buyer.order(buyer.products()[0])
        assert buyer.pay(order["clientSecret"])["status"] == "succeeded"
        intent_id = _intent_id(order)
        stripe(world, "refunds", payment_intent=intent_id)
        for order_id in (order["orderId"], "00000000-0000-7000-8000-000000000000"):
            about = {"metadata[orderId]": order_id, "metadata[referenceId]": STRAY}
            stray = stripe(world, "payment_intents", amount=700, currency="usd", **about)
        paid = {"payment_method": "pm_card_visa", "return_url": "http://localhost"}
        stripe(world, f"payment_intents/{stray['id']}/confirm", **paid)
        world.operate("reconcile", "--wait", "60")
        buyer.wait_until(order["referenceId"], "Cancelled", seconds=LONG)
        wait_for(lambda: world.read(NOTICE_EXISTS, stray["id"]) or None, "the notice", seconds=LONG)
        world.operate("payments", "return", stray["id"], "--reason", "nobody's")
    finally:
        world.faults()


def stripe(world: OperatedWorld, path: str, **form: Any) -> Json:
    """Make a change in Stripe's dashboard."""
    url = f"{world.urls.sandbox}/v1/{path}"
    answer = requests.post(url, data=form, auth=("sk_test_sandbox", ""), timeout=60)
    answer.raise_for_status()
    body: Json = answer.json()
    return body


def _intent_id(order: Json) -> str:
    return str(order["clientSecret"]).partition("_secret_")[0]


def _paid(world: OperatedWorld) -> tuple[Buyer, Json]:
    buyer = world.buyer()
    order = buyer.order(buyer.products()[0])
    assert buyer.pay(order["clientSecret"])["status"] == "succeeded"
    buyer.wait_until(order["referenceId"], "Confirmed", seconds=LONG)
    return buyer, order


OPERATED: tuple[tuple[str, Callable[[OperatedWorld], None]], ...] = (
    ("An operator ships and delivers", ship_and_deliver),
    ("An operator cancels and refunds", cancel_and_refund),
    ("An operator accepts another amount", accept_another_amount),
    ("An operator has it tried again", try_again),
    ("An operator closes what Stripe does not know", close_what_stripe_does_not_know),
    ("An operator erases a customer", erase_a_customer),
    ("An operator reconciles", reconcile),
)
