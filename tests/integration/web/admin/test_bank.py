"""The book beside the bank: Stripe is asked now, and each difference is named."""

from uuid import UUID

import requests
from sqlalchemy import update

from config import settings
from models import Payment, Product, Reconciliation, transaction
from tests.support.bank import Bank
from tests.support.console import keyed, post, read_audit
from tests.support.till import Till
from tests.support.web import Person

STEPS = ("events", "intents", "refunds", "disputes")


def refund_at_stripe(intent_id: str, amount: int) -> None:
    """Refund in Stripe's own dashboard."""
    requests.post(
        f"{settings.stripe_api_base}/v1/refunds",
        data={"payment_intent": intent_id, "amount": amount},
        auth=(settings.stripe_secret_key, ""),
        timeout=60,
    ).raise_for_status()


def test_a_paid_order_is_equal_at_the_bank(clerk: Person, paid: UUID, till: Till) -> None:
    post(clerk, f"/admin/orders/{paid}/refund", {"amount": 9, "reason": "x"}, **keyed())
    till.run("refunds.submit")
    view = clerk.get(f"/admin/orders/{paid}/bank").get_json()
    assert (view["isEqual"], view["differences"], view["problem"]) == (True, [], None)
    assert (view["bank"]["status"], view["bank"]["receivedMinor"]) == ("succeeded", 5900)
    assert view["bank"]["refunds"][0]["amountMinor"] == 900
    assert view["book"]["refunds"][0]["stripeId"] == view["bank"]["refunds"][0]["stripeId"]


def test_differences_are_named(clerk: Person, paid: UUID) -> None:
    intent_id = clerk.get(f"/admin/orders/{paid}").get_json()["payments"][0]["intentId"]
    refund_at_stripe(intent_id, 700)
    with transaction() as session:
        session.execute(update(Payment).values(captured=5800))
    view = clerk.get(f"/admin/orders/{paid}/bank").get_json()
    assert view["isEqual"] is False
    (received, refund) = view["differences"]
    assert received == {"field": "received", "book": "5800", "bank": "5900"}
    assert (refund["book"], refund["bank"]) == (None, "700 usd")


def test_an_intent_that_stripe_does_not_know(clerk: Person, paid: UUID) -> None:
    with transaction() as session:
        session.execute(update(Payment).values(intent_id="pi_elsewhere"))
    view = clerk.get(f"/admin/orders/{paid}/bank").get_json()
    assert (view["bank"], view["isEqual"]) == (None, False)
    assert view["differences"] == [{"field": "intent", "book": "pi_elsewhere", "bank": None}]


def test_a_silent_bank_leaves_the_book(clerk: Person, paid: UUID, bank: Bank) -> None:
    bank.faults(stripe={"errorRate": 1})
    view = clerk.get(f"/admin/orders/{paid}/bank").get_json()
    assert (view["bank"], view["isEqual"], view["differences"]) == (None, None, [])
    assert "Stripe could not be asked" in view["problem"]
    assert view["book"]["receivedMinor"] == 5900


def test_an_order_without_an_intent(clerk: Person, ann: Person, lamp: Product, bank: Bank) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    view = clerk.get(f"/admin/orders/{order_id}/bank").get_json()
    assert (view["bank"], view["isEqual"]) == (None, None)
    assert "not created" in view["problem"]


def test_a_reconciliation_is_started_once_and_followed(
    clerk: Person, till: Till, bank: Bank
) -> None:
    started = post(clerk, "/admin/reconciliations", None)
    assert started.status_code == 201
    again = post(clerk, "/admin/reconciliations", None)
    assert (again.status_code, again.get_json()["id"]) == (200, started.get_json()["id"])
    assert len(read_audit("reconcile")) == 1
    path = f"/admin/reconciliations/{started.get_json()['id']}"
    assert [step["state"] for step in clerk.get(path).get_json()["steps"]] == [
        "running", "waiting", "waiting", "waiting",
    ]  # fmt: skip
    for number, name in enumerate(STEPS):
        # Other tests have left payments at the bank: a list may have several pages.
        while clerk.get(path).get_json()["steps"][number]["state"] == "running":
            till.run(f"reconciliation.{name}")
    view = clerk.get(path).get_json()
    assert view["state"] == "Done"
    assert [(step["name"], step["state"]) for step in view["steps"]] == [
        (name, "done") for name in STEPS
    ]
    assert all(step["pages"] >= 1 for step in view["steps"])
    assert post(clerk, "/admin/reconciliations", None).status_code == 201
    listed = clerk.get("/admin/reconciliations?size=1").get_json()
    assert listed["items"][0]["state"] == "Running"
    older = clerk.get(f"/admin/reconciliations?size=1&cursor={listed['next']}").get_json()
    assert [row["id"] for row in older["items"]] == [started.get_json()["id"]]
    assert [action for _, action, *_ in read_audit()] == ["reconcile"] * 2


def test_an_unknown_reconciliation_is_not_found(clerk: Person, paid: UUID) -> None:
    assert clerk.get(f"/admin/reconciliations/{paid}").status_code == 404
    with transaction() as session:
        assert session.query(Reconciliation).count() == 0
