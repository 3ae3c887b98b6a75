"""A dispute from end to end: the parcel waits until the bank has decided."""

import json
from typing import Any

import pytest
import requests

from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.stack import Stack


def test_a_disputed_order_is_shipped_when_the_dispute_is_won(world: World, stack: Stack) -> None:
    buyer = Buyer(world.urls)
    buyer.log_in()
    order = buyer.order(buyer.products()[1])
    assert buyer.pay(order["clientSecret"], "pm_card_createDispute")["status"] == "succeeded"
    buyer.wait_until(order["referenceId"], "Confirmed")

    def dispute() -> Json | None:
        (whole,) = read(stack, "orders", "show", order["referenceId"])
        return next(iter(whole["disputes"]), None)

    opened = wait_for(dispute, "the dispute")
    assert (opened["state"], opened["due_by"] is not None) == ("NeedsResponse", True)
    (notice,) = [n for n in read(stack, "notices", "list") if n["order_id"] == order["orderId"]]
    assert "fraudulent" in notice["text"]
    parcel = ("orders", "ship", order["referenceId"], "--carrier", "DHL", "--tracking", "1")
    with pytest.raises(RuntimeError, match="A dispute is open"):
        stack.flask(*parcel)
    assert buyer.cancel(order["referenceId"]) == 409

    requests.post(
        f"{world.urls.sandbox}/v1/disputes/{opened['stripe_id']}",
        data={"evidence[uncategorized_text]": "winning_evidence"},
        auth=("sk_test_sandbox", ""),
        timeout=10,
    ).raise_for_status()
    wait_for(lambda: (dispute() or {})["state"] == "Won" or None, "the end of the dispute")
    stack.flask(*parcel)
    buyer.wait_until(order["referenceId"], "Shipped")
    assert "DHL" in buyer.wait_for_email("order_shipped")["text"]


def read(stack: Stack, *words: str) -> Any:
    return json.loads(stack.flask(*words, "--json"))
