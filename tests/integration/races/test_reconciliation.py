"""Tests of lost events of Stripe: polled one by one, and reconciled all together."""

import os
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from models import ActivityState, Payment, Reconciliation, ReconciliationState, transaction
from models.base import db
from models.clock import MovableClock
from models.ids import uuid7
from state_machines import PaymentMachine
from state_machines.actions import reconcile
from state_machines.durable import sweep
from state_machines.payment import PaymentSignal
from tests.support import python
from tests.support.sandbox import Sandbox
from tests.support.shop import Shop
from tests.support.stripe import Stripe
from tests.support.threads import AtOnce

ORPHAN = "payments.cancel_orphan"
PAGES = ("events", "intents", "refunds", "disputes")
NOWHERE = ("--stripe-webhook-url", "http://127.0.0.1:9/")


@pytest.fixture
def silent() -> Iterator[Sandbox]:
    """Make Stripe drop all its webhooks."""
    sandbox = Sandbox(*NOWHERE, "--settle-seconds", "0.2")
    sandbox.faults(stripe={"webhook": {"dropRate": 1}})
    yield sandbox
    sandbox.end()


def worker(stripe: Sandbox) -> None:
    """Let a worker that calls this sandbox do all that there is to do."""
    environment = {**os.environ, "STRIPE_API_BASE": stripe.url}
    words = ("-m", "tests.integration.races.worker")
    python.run(*words, env=environment, check=True, timeout=300)


def run_reconciliation() -> UUID:
    key = uuid7()
    with transaction():
        reconcile.start(key)
    return key


def outcome(key: UUID) -> tuple[str, int, int]:
    """Return the state, the number of missed events, and that of orphaned intents."""
    with transaction() as session:
        row = session.get_one(Reconciliation, key, populate_existing=True)
        return row.state.value, row.events, row.orphans


@pytest.mark.parametrize(
    ("method", "end"),
    [
        ("pm_card_visa", ("Success", "Confirmed")),
        ("pm_card_chargeDeclined", ("Declined", "Pending")),
        ("pm_usBankAccount_processing", ("Initiated", "Pending")),
        (None, ("Cancelled", "Cancelled")),  # in Stripe's dashboard
    ],
)
def test_a_lost_webhook_is_replaced_by_a_poll(
    till: Shop, bank: Stripe, time: MovableClock, method: str | None, end: tuple[str, str]
) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    if method is None:
        bank.post(f"payment_intents/{payment.intent_id}/cancel")
    else:
        bank.confirm(payment, method)
    time.advance(seconds=299)
    assert sweep.schedule_polls() == 0
    time.advance(seconds=1)
    assert sweep.schedule_polls() == 1
    assert till.states(payment_id) == ("Initiated", "Pending")
    till.sweep()
    assert till.states(payment_id) == end


def test_a_lost_webhook_of_a_refund_is_replaced_by_a_poll(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed("pm_card_pendingRefund")
    till.cancel(payment_id)
    till.run("refunds.submit")
    assert till.refunds(payment_id) == [(5900, "Submitted")]
    payment = till.payment(payment_id)
    bank.settled(payment)
    time.advance(seconds=300)
    sweep.schedule_polls()
    till.sweep()
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert bank.refunded(payment) == [5900]


@pytest.mark.slow
def test_a_reconciliation_replaces_all_webhooks(till: Shop, silent: Sandbox) -> None:
    paid, declined, returned, late = (till.place() for _ in range(4))
    worker(silent)
    intent = {each: till.payment(each).intent_id or "" for each in (paid, declined, returned, late)}
    for each in (paid, returned):
        silent.intents.confirm(intent[each], {"payment_method": "pm_card_visa"})
    silent.post(
        f"/v1/payment_intents/{intent[declined]}/confirm", payment_method="pm_card_chargeDeclined"
    )
    silent.post("/v1/refunds", payment_intent=intent[returned])
    till.cancel(late)
    assert till.states(paid) == ("Initiated", "Pending"), "nobody told us"
    with transaction():
        assert reconcile.start_when_due()
    worker(silent)
    assert till.states(paid) == ("Success", "Confirmed")
    assert till.states(declined) == ("Declined", "Pending")
    assert till.states(returned) == ("Success", "Cancelled")
    assert till.refunds(returned) == [(5900, "Succeeded")]
    assert till.states(late) == ("Cancelled", "Cancelled")


@pytest.mark.slow
def test_an_event_that_cannot_be_stored_does_not_stop_others(till: Shop, silent: Sandbox) -> None:
    odd, plain = till.place(), till.place()
    worker(silent)
    for each, note in ((odd, "a\x00b"), (plain, "ab")):
        intent_id = till.payment(each).intent_id or ""
        silent.post(f"/v1/payment_intents/{intent_id}", **{"metadata[note]": note})
        silent.intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
    key = run_reconciliation()
    worker(silent)
    assert outcome(key)[0] == "Done"
    assert till.states(odd) == till.states(plain) == ("Success", "Confirmed")


@pytest.mark.slow
def test_more_than_a_page_of_events_is_fetched_once(till: Shop, silent: Sandbox) -> None:
    payment_id = till.place()
    worker(silent)
    intent_id = till.payment(payment_id).intent_id or ""
    for _ in range(90):
        path = f"/v1/payment_intents/{intent_id}/confirm"
        silent.post(path, payment_method="pm_card_chargeDeclined")
    silent.intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
    for _ in range(10):
        silent.post("/v1/refunds", payment_intent=intent_id, amount="590")
    first = run_reconciliation()
    worker(silent)
    assert outcome(first) == ("Done", 90 + 2 + 2 * 10, 0)
    assert till.refunds(payment_id) == [(590, "Succeeded")] * 10
    assert till.states(payment_id) == ("Success", "Cancelled"), "all of it went back"
    second = run_reconciliation()
    worker(silent)
    assert outcome(second) == ("Done", 0, 0), "what was heard is not heard again"


@pytest.mark.parametrize("end", ["Cancelled", "Failed"])
@pytest.mark.parametrize("paid", [False, True])
def test_an_orphaned_intent_is_cancelled(till: Shop, bank: Stripe, end: str, *, paid: bool) -> None:
    payment_id = till.place()
    with till.locked(payment_id) as payment:
        ends = {"Cancelled": PaymentSignal.CANCEL, "Failed": PaymentSignal.EXPIRE}
        PaymentMachine.send(payment, ends[end])
    till.run("payments.create_intent")
    till.run("payments.cancel_intent")
    assert till.states(payment_id)[1] == end
    # Its creation was carried out all the same, behind Stripe's search.
    order_id = till.order(payment_id).id
    form = {"amount": 5900, "currency": "usd", "metadata[orderId]": order_id}
    orphan = bank.post("payment_intents", **form)
    key = run_reconciliation()
    # Its pages, and no more yet.
    while any(till.run(f"reconciliation.{page}") for page in PAGES):
        pass
    assert outcome(key) == ("Done", 0, 1)
    if paid:
        bank.confirm(till.payment(payment_id))
    till.work()
    assert till.payment(payment_id).intent_id == orphan["id"]
    status = bank.entry(till.payment(payment_id))["status"]
    assert status == ("succeeded" if paid else "canceled")
    assert till.refunds(payment_id) == ([(5900, "Succeeded")] if paid else [])
    assert till.order(payment_id).state.value == end
    again = run_reconciliation()
    till.work()
    assert outcome(again) == ("Done", 0, 0)


def an_intent_beside(till: Shop, bank: Stripe, payment_id: UUID) -> str:
    """Return the id of a second intent that names the payment's order."""
    order_id = till.order(payment_id).id
    form = {"amount": 5900, "currency": "usd", "metadata[orderId]": order_id}
    return str(bank.post("payment_intents", **form)["id"])


def test_an_orphan_that_could_not_be_cancelled_is_cancelled_by_the_next_reconciliation(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.place()
    till.cancel(payment_id)
    till.run("payments.create_intent")
    till.run("payments.cancel_intent")
    orphan = an_intent_beside(till, bank, payment_id)
    for orphans in (1, 0):
        key = run_reconciliation()
        while any(till.run(f"reconciliation.{page}") for page in PAGES):
            pass
        assert outcome(key) == ("Done", 0, orphans), "the second finds it under way"
    bank.faults(stripe={"errorRate": 1})
    till.work()
    for _ in range(10):
        time.advance(seconds=11)
        till.sweep()
    assert till.activity(ORPHAN).state == ActivityState.FAILED
    bank.faults()
    third = run_reconciliation()
    till.work()
    assert outcome(third) == ("Done", 0, 1)
    assert bank.get(f"payment_intents/{orphan}")["status"] == "canceled"
    assert till.states(payment_id) == ("Cancelled", "Cancelled")


@pytest.mark.parametrize("ended", [False, True])
def test_a_second_intent_of_an_order_is_cancelled(till: Shop, bank: Stripe, *, ended: bool) -> None:
    payment_id = till.initiated()
    if ended:
        till.cancel(payment_id)
        till.work()
    before, states = till.payment(payment_id), till.states(payment_id)
    # Stripe had forgotten the key of its creation.
    beside = [an_intent_beside(till, bank, payment_id) for _ in range(2)]
    key = run_reconciliation()
    till.work()
    assert outcome(key) == ("Done", 0, 2)
    assert [bank.get(f"payment_intents/{intent_id}")["status"] for intent_id in beside] == [
        "canceled"
    ] * 2
    assert till.states(payment_id) == states
    after = till.payment(payment_id)
    assert (after.intent_id, after.version) == (before.intent_id, before.version)
    status = bank.get(f"payment_intents/{after.intent_id}")["status"]
    assert status == ("canceled" if ended else "requires_payment_method")


def test_beginning_a_reconciliation_waits_for_no_lock(till: Shop, time: MovableClock) -> None:
    free, held = till.initiated(), till.initiated()
    began = time()
    with db.engine.begin() as somebody:
        somebody.execute(select(Payment.id).where(Payment.id == held).with_for_update())
        run_reconciliation()
    assert till.payment(free).poll_at == began
    assert till.payment(held).poll_at != began, "whoever holds it is moving it"


def test_only_one_reconciliation_begins_in_an_hour(
    till: Shop, time: MovableClock, at_once: AtOnce
) -> None:
    def begin() -> bool:
        with transaction():
            return reconcile.start_when_due()

    assert at_once([begin] * 8).count(True) == 1
    time.advance(seconds=3599)
    assert not begin()
    time.advance(seconds=1)
    assert begin()


def test_a_failed_reconciliation_is_followed_by_one_with_a_longer_window(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    key, begun = run_reconciliation(), time()
    till.work()
    assert outcome(key)[0] == "Done"
    time.advance(hours=1)
    failed = run_reconciliation()
    bank.faults(stripe={"errorRate": 1})
    till.work()
    for _ in range(10):
        time.advance(seconds=11)
        till.sweep()
    assert outcome(failed)[0] == ReconciliationState.FAILED
    bank.faults()
    time.advance(hours=1)
    third = run_reconciliation()
    with transaction() as session:
        since = session.get_one(Reconciliation, third).since
    assert since == begun - reconcile.OVERLAP
