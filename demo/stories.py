"""The stories: what customers do, and the outcome that each must have."""

from collections.abc import Callable
from typing import Any

import requests

from demo.buyer import Buyer, wait_for
from demo.webhooks import deliver, find_success_event
from demo.world import World

Json = dict[str, Any]


def log_in_and_buy(world: World) -> None:
    buyer = world.buyer()
    lamp, mug, *_ = [p for p in buyer.products() if p["inStock"]]
    world.reporter.step("looks at the catalogue", f"{lamp['name']}, {mug['name']}")
    order = _place_order(world, buyer, lamp, mug)
    _pay(world, buyer, order)
    receipt = buyer.wait_for_email("order_confirmed")
    world.reporter.step("gets the receipt by email", receipt["subject"])
    summary = wait_for(lambda: _find_summary_with_card(buyer, order), "the card on the summary")
    payment = summary["payment"]
    world.reporter.step(
        "looks at the summary",
        f"{summary['totalPrice']} by {payment['cardBrand']} {payment['last4']}",
    )
    _check_end(world, buyer, order, "Confirmed", "Success")


def decline_then_another_card(world: World) -> None:
    buyer = world.buyer()
    order = _place_order(world, buyer, buyer.products()[0])
    refusal = buyer.pay(order["clientSecret"], "pm_card_chargeDeclinedInsufficientFunds")
    assert refusal["error"]["type"] == "card_error"

    def find_decline() -> Json | None:
        status = buyer.status(order["referenceId"])
        return status if status["payment"]["status"] == "Declined" else None

    status = wait_for(find_decline, "the decline")
    assert status["clientSecret"], "the customer can try another card"
    world.reporter.step(
        "pays with an empty card", f"Declined: {status['payment']['declineReason']}"
    )
    _pay(world, buyer, order, "pm_card_mastercard")
    _check_end(world, buyer, order, "Confirmed", "Success")


def cancel_before_paying(world: World) -> None:
    buyer = world.buyer()
    order = _place_order(world, buyer, buyer.products()[0])
    assert buyer.cancel(order["referenceId"]) == 202
    world.reporter.step("cancels the order", "202, Stripe is asked first")
    buyer.wait_until(order["referenceId"], "Cancelled")
    world.reporter.step("Stripe cancels the intent", "Cancelled")
    refusal = buyer.pay(order["clientSecret"])
    assert refusal["error"]["code"] == "payment_intent_unexpected_state"
    assert buyer.cancel(order["referenceId"]) == 200
    world.reporter.step("tries to pay all the same", "refused by Stripe")
    _check_end(world, buyer, order, "Cancelled", "Cancelled")


def cancel_after_paying(world: World) -> None:
    buyer = world.buyer()
    order = _place_order(world, buyer, buyer.products()[0])
    _pay(world, buyer, order)
    assert buyer.cancel(order["referenceId"]) == 202
    world.reporter.step("cancels the order", "202, the refund has begun")
    _wait_for_refund(world, buyer, order)
    assert buyer.cancel(order["referenceId"]) == 200
    buyer.wait_for_email("order_cancelled")
    email = buyer.wait_for_email("order_refunded")
    world.reporter.step("is informed by email", email["subject"])
    _check_end(world, buyer, order, "Cancelled", "Success")


def never_pay(world: World) -> None:
    buyer = world.buyer()
    order = _place_order(world, buyer, buyer.products()[0])
    world.reporter.step("walks away", f"the deadline is {world.payment_timeout:g} s")
    buyer.wait_until(order["referenceId"], "Failed", seconds=world.payment_timeout + 60)
    world.reporter.step("the deadline passes, Stripe cancels the intent", "Failed")
    buyer.wait_for_email("order_failed")
    world.reporter.step("is informed by email")
    _check_end(world, buyer, order, "Failed", "Failure")


def pay_after_the_timeout(world: World) -> None:
    buyer = world.buyer()
    order = _place_order(world, buyer, buyer.products()[0])
    # This bank misses the cancellation, and pays after the order has failed.
    intent = buyer.pay(order["clientSecret"], "pm_sandbox_succeedsAfterCancel")
    assert intent["status"] == "requires_action", intent
    world.reporter.step("pays with a slow bank", f"the deadline is {world.payment_timeout:g} s")
    buyer.wait_until(order["referenceId"], "Failed", seconds=world.payment_timeout + 60)
    world.reporter.step("the deadline passes, Stripe cancels the intent", "Failed")
    _wait_for_refund(world, buyer, order)
    email = buyer.wait_for_email("payment_late_refunded")
    world.reporter.step("is informed by email", email["subject"])
    assert len(buyer.summary(order["orderId"])["refunds"]) == 1, "one refund"
    _check_end(world, buyer, order, "Failed", "Success")


def webhook_three_times_and_late(world: World) -> None:
    buyer = world.buyer()
    world.faults(stripe={"webhook": {"dropRate": 1}})
    try:
        order = _place_order(world, buyer, buyer.products()[0])
        assert buyer.pay(order["clientSecret"])["status"] == "succeeded"
        world.reporter.step("pays, and Stripe's event is lost", "Pending")
        event = wait_for(lambda: find_success_event(world.urls, order), "the event at Stripe")
        assert buyer.status(order["referenceId"])["status"] == "Pending"
        answers = [deliver(world.urls, event, world.webhook_secret) for _ in range(3)]
    finally:
        world.faults()
    assert answers == [200, 200, 200]
    world.reporter.step("the event arrives, three times", "200, 200, 200")
    buyer.wait_until(order["referenceId"], "Confirmed")
    buyer.wait_for_email("order_confirmed")
    payments = [row for row in buyer.history(order["referenceId"]) if row["signal"] == "paid"]
    assert len(payments) == 1, "one payment"
    assert len(buyer.emails("order_confirmed")) == 1, "one receipt"
    world.reporter.step("one payment, one receipt", "Confirmed")
    _check_end(world, buyer, order, "Confirmed", "Success")


def worker_killed_while_it_works(world: World) -> None:
    buyer = world.buyer()
    product = buyer.products()[0]
    world.faults(stripe={"latencyMs": 1500})
    try:
        order = buyer.order(product, wait=0)
        world.reporter.step("orders; Stripe is slow", "Pending")
        wait_for(lambda: world.count_running_activities() or None, "the call to Stripe")
        for worker in ("worker-1", "worker-2"):
            world.kill(worker)
        world.reporter.step("both workers are killed during the call", "SIGKILL")
    finally:
        world.faults()

    def find_secret() -> str | None:
        secret: str | None = buyer.status(order["referenceId"])["clientSecret"]
        return secret

    order["clientSecret"] = wait_for(find_secret, "the client secret", seconds=60)
    world.reporter.step("another worker repeats the call", "Initiated, with one intent at Stripe")
    creates = [row["creates"] for row in _load_ledger(world) if row["orderId"] == order["orderId"]]
    assert creates == [1], f"one intent, not {creates}"
    _pay(world, buyer, order)
    _check_end(world, buyer, order, "Confirmed", "Success")


STORIES: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("Log in and buy", log_in_and_buy),
    ("A declined card, then another", decline_then_another_card),
    ("Cancel before paying", cancel_before_paying),
    ("Cancel after paying", cancel_after_paying),
    ("Never pay", never_pay),
    ("Pay after the timeout", pay_after_the_timeout),
    ("The webhook delivered three times, and late", webhook_three_times_and_late),
    ("The worker killed while it works", worker_killed_while_it_works),
)


def _place_order(world: World, buyer: Buyer, *products: Json) -> Json:
    order = buyer.order(*products)
    assert order["clientSecret"], "the order can be paid"
    status = buyer.status(order["referenceId"])
    world.reporter.step("orders", f"{status['status']}, payment {status['payment']['status']}")
    return order


def _pay(world: World, buyer: Buyer, order: Json, method: str = "pm_card_visa") -> None:
    intent = buyer.pay(order["clientSecret"], method)
    assert intent.get("status") == "succeeded", intent
    buyer.wait_until(order["referenceId"], "Confirmed")
    world.reporter.step(f"pays with {method}", "Confirmed")


def _wait_for_refund(world: World, buyer: Buyer, order: Json) -> None:
    """Wait for the refund, and check that the bank has returned the full amount."""

    def find_refund() -> Json | None:
        refunds = buyer.summary(order["orderId"])["refunds"]
        return next((refund for refund in refunds if refund["status"] == "Succeeded"), None)

    refund = wait_for(find_refund, "the refund")
    (entry,) = [row for row in _load_ledger(world) if row["orderId"] == order["orderId"]]
    assert entry["captured"] == entry["refunded"] == round(refund["amount"] * 100), entry
    world.reporter.step("gets a refund", f"{refund['amount']} {refund['currency']}, Succeeded")


def _check_end(world: World, buyer: Buyer, order: Json, state: str, payment: str) -> None:
    """Check the final states of the order and its payment, and print the history."""
    status = buyer.status(order["referenceId"])
    assert (status["status"], status["payment"]["status"]) == (state, payment)
    assert status["clientSecret"] is None, "the order cannot be paid any more"
    world.reporter.history(buyer.history(order["referenceId"]))


def _find_summary_with_card(buyer: Buyer, order: Json) -> Json | None:
    summary = buyer.summary(order["orderId"])
    return summary if summary["payment"]["last4"] else None


def _load_ledger(world: World) -> list[Json]:
    ledger: list[Json] = requests.get(f"{world.urls.sandbox}/ledger.json", timeout=10).json()
    return ledger
