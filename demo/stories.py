"""What happens to people in the shop, and what the system must make of it."""

from collections.abc import Callable
from typing import Any

import requests

from demo.buyer import Buyer, wait_for
from demo.webhooks import deliver, success_event
from demo.world import World

Json = dict[str, Any]


def log_in_and_buy(world: World) -> None:
    buyer = world.buyer()
    lamp, mug, *_ = [p for p in buyer.products() if p["inStock"]]
    world.tell.step("looks at the catalogue", f"{lamp['name']}, {mug['name']}")
    order = _orders(world, buyer, lamp, mug)
    _pays(world, buyer, order)
    letter = buyer.wait_for_letter("order_confirmed")
    world.tell.step("gets the receipt by e-mail", letter["subject"])
    summary = wait_for(lambda: _with_card(buyer, order), "the card on the summary")
    payment = summary["payment"]
    world.tell.step(
        "looks at the summary",
        f"{summary['totalPrice']} by {payment['cardBrand']} {payment['last4']}",
    )
    _ends(world, buyer, order, "Confirmed", "Success")


def decline_then_another_card(world: World) -> None:
    buyer = world.buyer()
    order = _orders(world, buyer, buyer.products()[0])
    refused = buyer.pay(order["clientSecret"], "pm_card_chargeDeclinedInsufficientFunds")
    assert refused["error"]["type"] == "card_error"

    def declined() -> Json | None:
        found = buyer.status(order["referenceId"])
        return found if found["payment"]["status"] == "Declined" else None

    seen = wait_for(declined, "the decline")
    assert seen["clientSecret"], "another card may follow"
    world.tell.step("pays with an empty card", f"Declined: {seen['payment']['declineReason']}")
    _pays(world, buyer, order, "pm_card_mastercard")
    _ends(world, buyer, order, "Confirmed", "Success")


def cancel_before_paying(world: World) -> None:
    buyer = world.buyer()
    order = _orders(world, buyer, buyer.products()[0])
    assert buyer.cancel(order["referenceId"]) == 202
    world.tell.step("changes their mind", "202, Stripe is asked first")
    buyer.wait_until(order["referenceId"], "Cancelled")
    world.tell.step("Stripe says that nobody can pay any more", "Cancelled")
    refused = buyer.pay(order["clientSecret"])
    assert refused["error"]["code"] == "payment_intent_unexpected_state"
    assert buyer.cancel(order["referenceId"]) == 200
    world.tell.step("tries to pay all the same", "refused by Stripe")
    _ends(world, buyer, order, "Cancelled", "Cancelled")


def cancel_after_paying(world: World) -> None:
    buyer = world.buyer()
    order = _orders(world, buyer, buyer.products()[0])
    _pays(world, buyer, order)
    assert buyer.cancel(order["referenceId"]) == 202
    world.tell.step("changes their mind", "202, the money is on its way back")
    _is_refunded(world, buyer, order)
    assert buyer.cancel(order["referenceId"]) == 200
    buyer.wait_for_letter("order_cancelled")
    letter = buyer.wait_for_letter("order_refunded")
    world.tell.step("is told by e-mail", letter["subject"])
    _ends(world, buyer, order, "Cancelled", "Success")


def never_pay(world: World) -> None:
    buyer = world.buyer()
    order = _orders(world, buyer, buyer.products()[0])
    world.tell.step("walks away", f"the deadline is {world.payment_timeout:g} s")
    buyer.wait_until(order["referenceId"], "Failed", seconds=world.payment_timeout + 20)
    world.tell.step("the deadline passes, Stripe cancels the intent", "Failed")
    buyer.wait_for_letter("order_failed")
    world.tell.step("is told by e-mail")
    _ends(world, buyer, order, "Failed", "Failure")


def pay_after_the_timeout(world: World) -> None:
    buyer = world.buyer()
    order = _orders(world, buyer, buyer.products()[0])
    # Its bank does not hear of the cancellation, and pays when everything is over.
    waiting = buyer.pay(order["clientSecret"], "pm_sandbox_succeedsAfterCancel")
    assert waiting["status"] == "requires_action", waiting
    world.tell.step("pays with a slow bank", f"the deadline is {world.payment_timeout:g} s")
    buyer.wait_until(order["referenceId"], "Failed", seconds=world.payment_timeout + 20)
    world.tell.step("the deadline passes, Stripe cancels the intent", "Failed")
    _is_refunded(world, buyer, order)
    letter = buyer.wait_for_letter("payment_late_refunded")
    world.tell.step("is told by e-mail", letter["subject"])
    assert len(buyer.summary(order["orderId"])["refunds"]) == 1, "one refund"
    _ends(world, buyer, order, "Failed", "Success")


def webhook_three_times_and_late(world: World) -> None:
    buyer = world.buyer()
    world.faults(stripe={"webhook": {"dropRate": 1}})
    try:
        order = _orders(world, buyer, buyer.products()[0])
        assert buyer.pay(order["clientSecret"])["status"] == "succeeded"
        world.tell.step("pays, and Stripe's message gets lost", "Pending")
        event = wait_for(lambda: success_event(world.at, order), "the event at Stripe")
        assert buyer.status(order["referenceId"])["status"] == "Pending"
        answers = [deliver(world.at, event, world.webhook_secret) for _ in range(3)]
    finally:
        world.faults()
    assert answers == [200, 200, 200]
    world.tell.step("the message arrives, three times", "200, 200, 200")
    buyer.wait_until(order["referenceId"], "Confirmed")
    buyer.wait_for_letter("order_confirmed")
    paid = [row for row in buyer.history(order["referenceId"]) if row["signal"] == "paid"]
    assert len(paid) == 1, "one payment"
    assert len(buyer.letters("order_confirmed")) == 1, "one receipt"
    world.tell.step("one payment, one receipt", "Confirmed")
    _ends(world, buyer, order, "Confirmed", "Success")


def worker_killed_while_it_works(world: World) -> None:
    buyer = world.buyer()
    product = buyer.products()[0]
    world.faults(stripe={"latencyMs": 1500})
    try:
        placed = buyer.order(product, wait=0)
        world.tell.step("orders; Stripe is slow", "Pending")
        wait_for(lambda: world.calls_under_way() or None, "the call to Stripe")
        for worker in ("worker-1", "worker-2"):
            world.kill(worker)
        world.tell.step("both workers are killed during the call", "SIGKILL")
    finally:
        world.faults()
    reference = placed["referenceId"]

    def payable() -> str | None:
        secret: str | None = buyer.status(reference)["clientSecret"]
        return secret

    secret = wait_for(payable, "the client secret", seconds=60)
    world.tell.step("another worker takes the call over", "Initiated, with one intent at Stripe")
    order = {**placed, "clientSecret": secret}
    creates = [row["creates"] for row in _ledger(world) if row["orderId"] == placed["orderId"]]
    assert creates == [1], f"one intent, not {creates}"
    _pays(world, buyer, order)
    _ends(world, buyer, order, "Confirmed", "Success")


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


def _orders(world: World, buyer: Buyer, *products: Json) -> Json:
    order = buyer.order(*products)
    assert order["clientSecret"], "the order can be paid"
    status = buyer.status(order["referenceId"])
    world.tell.step("orders", f"{status['status']}, payment {status['payment']['status']}")
    return order


def _pays(world: World, buyer: Buyer, order: Json, method: str = "pm_card_visa") -> None:
    intent = buyer.pay(order["clientSecret"], method)
    assert intent.get("status") == "succeeded", intent
    buyer.wait_until(order["referenceId"], "Confirmed")
    world.tell.step(f"pays with {method}", "Confirmed")


def _is_refunded(world: World, buyer: Buyer, order: Json) -> None:
    """All of it, by our books and by the bank's."""

    def refunded() -> Json | None:
        refunds = buyer.summary(order["orderId"])["refunds"]
        return next((refund for refund in refunds if refund["status"] == "Succeeded"), None)

    refund = wait_for(refunded, "the refund")
    (entry,) = [row for row in _ledger(world) if row["orderId"] == order["orderId"]]
    assert entry["captured"] == entry["refunded"] == round(refund["amount"] * 100), entry
    world.tell.step("the money goes back", f"{refund['amount']} {refund['currency']}, Succeeded")


def _ends(world: World, buyer: Buyer, order: Json, state: str, payment: str) -> None:
    found = buyer.status(order["referenceId"])
    assert (found["status"], found["payment"]["status"]) == (state, payment)
    assert found["clientSecret"] is None, "it cannot be paid any more"
    world.tell.history(buyer.history(order["referenceId"]))


def _with_card(buyer: Buyer, order: Json) -> Json | None:
    summary = buyer.summary(order["orderId"])
    return summary if summary["payment"]["last4"] else None


def _ledger(world: World) -> list[Json]:
    found: list[Json] = requests.get(f"{world.at.sandbox}/ledger.json", timeout=10).json()
    return found
