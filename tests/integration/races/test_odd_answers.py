"""Tests of partly malformed answers of Stripe: no money is lost, and the rest is processed."""

from typing import Any
from uuid import uuid4

import pytest
import stripe
from sqlalchemy import select

from models import Notice, NoticeKind, transaction
from models.clock import now
from state_machines.durable import RetryableError
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import StripeRefund
from state_machines.reconciliation import ReconciliationMachine
from state_machines.refund import RefundSignal
from tasks.gateways.stripe.client import retrieve_page
from tasks.payments import CancelOrphan
from tasks.reconciliation import OrphanedIntents
from tests.support.factories import a_reconciliation
from tests.support.shop import Shop
from tests.support.stripe import Json, Stripe, an_intent_event

CARD = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}


@pytest.mark.parametrize("odd", [{"brand": None}, {"exp_year": "soon"}, {"last4": 4242}])
def test_a_payment_with_an_unreadable_card_is_recorded(till: Shop, bank: Stripe, odd: Json) -> None:
    payment_id = till.initiated()
    charge = {"id": "ch_1", "payment_method_details": {"card": CARD | odd}}
    till.hear(payment_id, latest_charge=charge)
    payment = till.payment(payment_id)
    assert (payment.captured, payment.charge_id, payment.last4) == (5900, "ch_1", None)
    assert till.states(payment_id) == ("Success", "Confirmed")


def looked_at(intents: list[Json]) -> None:
    """Record a page of intents, as a reconciliation does."""
    with transaction():
        row = ReconciliationMachine.lock([a_reconciliation().id]).popitem()[1]
        OrphanedIntents().record(row, (intents, False))


def test_an_unreadable_intent_stops_no_reconciliation(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.confirm(payment)
    paid = bank.get(f"payment_intents/{payment.intent_id}")
    odd = [paid | {"id": "pi_odd", "currency": "crypto"}, {"id": "pi_nothing"}]
    looked_at([*odd, paid])
    till.work()
    assert till.states(payment_id) == ("Success", "Confirmed")


def as_list(data: list[Any]) -> stripe.StripeObject:
    return stripe.StripeObject.construct_from({"data": data, "has_more": True}, None)


@pytest.mark.parametrize("data", [[], [{"id": "pi_1"}]], ids=["empty", "the same again"])
def test_a_list_without_progress_is_not_read_forever(data: list[Any]) -> None:
    page, more = retrieve_page(lambda _: as_list([{"id": "pi_1"}]), now(), None)
    assert (page, more) == ([{"id": "pi_1"}], True)
    with pytest.raises(RetryableError, match="does not continue"):
        retrieve_page(lambda _: as_list(data), now(), "pi_1")


@pytest.mark.parametrize("status", [None, "on_its_way"])
def test_a_refund_in_an_unknown_state_counts_as_refunded(
    till: Shop, bank: Stripe, status: str | None
) -> None:
    refund = StripeRefund.read(
        {"id": "re_1", "status": status, "amount": 5900, "currency": "usd", "payment_intent": "pi"}
    )
    assert refund.signal == RefundSignal.SUBMITTED


def test_an_intent_that_stripe_knows_cannot_be_closed(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    known = till.payment(payment_id).intent_id
    with till.locked(payment_id) as payment:
        payment.intent_id = "pi_of_other_keys"
    till.cancel(payment_id)
    till.run("payments.cancel_intent")
    assert till.notices(payment_id) == [NoticeKind.UNKNOWN_INTENT]
    with till.locked(payment_id) as payment:
        payment.intent_id = known
    till.hear(payment_id, "canceled")
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert till.notices(payment_id) == []


def test_a_payment_with_a_second_intent_has_a_notice(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    beside = an_intent_event("succeeded", till.payment(payment_id), id=f"pi_{uuid4().hex}")
    intent = Intent.read(beside["data"]["object"])
    with till.locked(payment_id) as payment:
        CancelOrphan().record(payment, intent)
    assert (intent.id, NoticeKind.UNMATCHED_PAYMENT) in notices_without_order()


def notices_without_order() -> list[tuple[str, NoticeKind]]:
    with transaction() as session:
        rows = select(Notice.subject, Notice.kind).where(Notice.order_id.is_(None))
        return [(subject, kind) for subject, kind in session.execute(rows)]
