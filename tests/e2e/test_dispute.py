"""A dispute from end to end: the parcel waits until the bank has decided."""

import json
from contextlib import closing
from typing import Any

import psycopg2
import pytest
import requests

from demo.buyer import Buyer, wait_for
from demo.world import World
from launch.stack import Stack
from tests.support import invariants

DISPUTES = "SELECT 1 FROM dispute WHERE order_id = %s AND state = %s"


def test_a_disputed_order_is_shipped_when_the_dispute_is_won(world: World, stack: Stack) -> None:
    buyer = Buyer(world.urls)
    buyer.log_in()
    order = buyer.order(buyer.products()[1])
    assert buyer.pay(order["clientSecret"], "pm_card_createDispute")["status"] == "succeeded"
    buyer.wait_until(order["referenceId"], "Confirmed")

    def has_dispute(state: str) -> bool | None:
        with closing(psycopg2.connect(world.database_url)) as db:
            return bool(invariants.read(db, DISPUTES, order["orderId"], state)) or None

    wait_for(lambda: has_dispute("NeedsResponse"), "the dispute")
    (whole,) = read(stack, "orders", "show", order["referenceId"])
    (opened,) = whole["disputes"]
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
        timeout=60,
    ).raise_for_status()
    wait_for(lambda: has_dispute("Won"), "the end of the dispute")
    stack.flask(*parcel)
    buyer.wait_until(order["referenceId"], "Shipped")
    assert "DHL" in buyer.wait_for_email("order_shipped")["text"]


def read(stack: Stack, *words: str) -> Any:
    return json.loads(stack.flask(*words, "--json"))
