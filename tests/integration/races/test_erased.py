"""Tests of erased users: no email is sent, and later events are applied but not stored.

The books are not touched.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from models import (
    ActivityRow,
    ActivityState,
    NoticeKind,
    RefundOrigin,
    RefundState,
    SignalRow,
    SignalState,
    User,
    transaction,
)
from models.base import Base, db
from models.clock import MovableClock
from models.durable.signal import ERASED_PAYLOAD
from models.notice import open_notice
from state_machines.actions.erase_user import request_erasure
from state_machines.actions.login_codes import begin_login
from state_machines.actions.sign_in import Device, enter_passkey, open_session
from state_machines.durable import inbox
from state_machines.payment import PaymentSignal
from tests.support.shop import Shop
from tests.support.stripe import Stripe, an_event, an_intent_event, deliver

CARD = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
CHARGE = {"id": "ch_1", "payment_method_details": {"card": CARD}}


def address_of(till: Shop, payment_id: UUID) -> str:
    user_id = till.order(payment_id).user_id
    with transaction() as session:
        return session.get_one(User, user_id).email


def ask_to_erase(till: Shop, payment_id: UUID) -> None:
    user_id = till.order(payment_id).user_id
    with transaction() as session:
        request_erasure(session.get_one(User, user_id, with_for_update=True))


def erase(till: Shop, payment_id: UUID) -> str:
    """Erase the customer of an order that has ended; the address that they had."""
    address = address_of(till, payment_id)
    ask_to_erase(till, payment_id)
    assert till.run("privacy.erase") == till.run("privacy.erase_recipient") == 1
    return address


def failed(till: Shop) -> UUID:
    """Return the payment of an order that was not paid in time."""
    payment_id = till.initiated()
    till.send(payment_id, PaymentSignal.EXPIRE)
    till.run("payments.cancel_intent")
    assert till.states(payment_id) == ("Failure", "Failed")
    return payment_id


def everything() -> str:
    """Return all rows of all tables, decrypted."""
    with transaction() as session:
        tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("te")]
        rows = (session.execute(select(table)) for table in tables)
        return "\n".join(str(tuple(row)) for result in rows for row in result)


def signal(external_id: str) -> tuple[SignalState, object]:
    with transaction() as session:
        columns = select(SignalRow.state, SignalRow.payload)
        row = session.execute(columns.where(SignalRow.external_id == external_id)).one()
        return row.state, row.payload


@pytest.mark.parametrize("done", [False, True], ids=["asked for", "done"])
def test_no_email_about_an_order_is_sent_to_a_deleted_customer(
    till: Shop, bank: Stripe, time: MovableClock, *, done: bool
) -> None:
    payment_id = till.confirmed()
    bank.faults(sendgrid={"errorRate": 1})
    till.cancel(payment_id)
    till.work()
    address = address_of(till, payment_id)
    ask_to_erase(till, payment_id)
    if done:
        till.run("privacy.erase")
    bank.faults()
    till.work()
    time.advance(minutes=11)
    till.sweep()
    assert till.refunds(payment_id) == [(5900, RefundState.SUCCEEDED)]
    assert bank.emails_to(address) == []
    assert till.emails_of(payment_id) == []


def test_no_email_about_a_device_is_sent_to_a_deleted_user(till: Shop, bank: Stripe) -> None:
    payment_id = failed(till)
    address = address_of(till, payment_id)
    with transaction() as session:
        user = session.scalars(select(User).where(User.email == address)).one()
        user.created_at -= timedelta(days=1)
        login = enter_passkey(user, "a browser")
        open_session(login, user, Device("Firefox", "127.0.0.1", "a browser"), ("pop",))
    ask_to_erase(till, payment_id)
    till.run("emails.new_device")
    assert till.activity("emails.new_device").state == ActivityState.DONE
    assert bank.emails_to(address) == []


def test_a_payment_after_the_erasure_is_refunded_without_personal_data(
    till: Shop, bank: Stripe
) -> None:
    payment_id = failed(till)
    erase(till, payment_id)
    till.hear(payment_id, latest_charge=CHARGE, client_secret="a_secret")
    (refund,) = till.refund_rows(payment_id)
    assert (refund.amount, refund.origin) == (5900, RefundOrigin.LATE)
    payment = till.payment(payment_id)
    assert (payment.captured, payment.charge_id) == (5900, "ch_1")
    assert (payment.last4, payment.card_brand, payment.client_secret) == (None, None, None)


def test_events_of_stripe_after_the_erasure_are_applied_without_their_payload(
    till: Shop, bank: Stripe
) -> None:
    payment_id = failed(till)
    payment = till.payment(payment_id)
    address = erase(till, payment_id)
    about = CHARGE | {"billing_details": {"email": address}, "payment_intent": payment.intent_id}
    event = an_event("charge.succeeded", "charge", **about)
    assert deliver(event) == [SignalState.APPLIED]
    with transaction():
        inbox.store("stripe", [("evt_later", event["type"], event)])
    assert inbox.apply_stored(10) == 1
    assert signal(event["id"]) == signal("evt_later") == (SignalState.APPLIED, ERASED_PAYLOAD)
    assert till.payment(payment_id).last4 is None
    assert address not in everything()
    assert deliver(event) == [None], "it is known still"


@pytest.mark.parametrize("name", ["orderId", "loginId"])
def test_a_bounce_after_the_erasure_stores_no_address(till: Shop, bank: Stripe, name: str) -> None:
    payment_id = failed(till)
    address = address_of(till, payment_id)
    with transaction():
        login = begin_login(address)
    erase(till, payment_id)
    about = {"orderId": till.order(payment_id).id, "loginId": login.id}
    for kind in ("bounce", "delivered"):
        bounce = {name: str(about[name]), "email": address, "reason": f"550 no {address}"}
        inbox.receive("sendgrid", f"ev_{kind}", kind, bounce)
        assert signal(f"ev_{kind}") == (SignalState.APPLIED, ERASED_PAYLOAD)
    assert address not in everything()


def test_a_payment_event_that_is_not_applied_yet_survives_an_erasure(
    till: Shop, bank: Stripe
) -> None:
    payment_id = failed(till)
    payment = till.payment(payment_id)
    event = an_intent_event("processing", payment, receipt_email=address_of(till, payment_id))
    with transaction():
        inbox.store("stripe", [("evt_stored", event["type"], event)])
    address = erase(till, payment_id)
    inbox.apply_stored(10)
    assert till.signals(payment_id)[-1] == "processing"
    assert signal("evt_stored") == (SignalState.APPLIED, ERASED_PAYLOAD)
    assert address not in everything()


def test_an_erasure_keeps_the_data_of_a_longer_address(till: Shop, bank: Stripe) -> None:
    payment_id = failed(till)
    address = address_of(till, payment_id)
    for key, email in (("mine", address), ("other", f"x{address}"), ("third", f"{address}.au")):
        inbox.receive("sendgrid", key, "bounce", {"loginId": str(UUID(int=1)), "email": email})
    erase(till, payment_id)
    assert signal("mine")[1] == ERASED_PAYLOAD
    for key, email in (("other", f"x{address}"), ("third", f"{address}.au")):
        assert signal(key)[1] == {"loginId": str(UUID(int=1)), "email": email}


def test_open_notices_are_readable_after_an_erasure(till: Shop, bank: Stripe) -> None:
    payment_id = failed(till)
    address, order_id = address_of(till, payment_id), till.order(payment_id).id
    with transaction():
        open_notice(order_id, NoticeKind.REFUND_FAILED, "a refund of $59.00 failed")
        open_notice(order_id, NoticeKind.UNDELIVERED, f"an email to {address} bounced")
    erase(till, payment_id)
    assert sorted(till.sentences(payment_id)) == ["(erased)", "a refund of $59.00 failed"]


def test_an_erasure_waits_for_no_worker_that_records_another_call(till: Shop, bank: Stripe) -> None:
    payment_id = failed(till)
    ask_to_erase(till, payment_id)
    other = select(ActivityRow.id).where(ActivityRow.name == "privacy.erase_recipient")
    # Its worker would then wait for the execution, which the erasure holds.
    with db.engine.begin() as worker:
        assert worker.execute(other.with_for_update()).all()
        assert till.run("privacy.erase") == 1
        assert till.activity("privacy.erase").state == ActivityState.DONE


def test_an_international_address_is_erased_in_both_of_its_forms(till: Shop, bank: Stripe) -> None:
    payment_id, stored, mailed = failed(till), "bob@b\u00fccher.de", "bob@xn--bcher-kva.de"
    user_id = till.order(payment_id).user_id
    with transaction() as session:
        session.get_one(User, user_id).email = stored
    for key, address in (("stored", stored), ("mailed", mailed.upper())):
        inbox.receive("sendgrid", key, "bounce", {"loginId": str(UUID(int=1)), "email": address})
    assert erase(till, payment_id) == stored
    assert signal("stored")[1] == signal("mailed")[1] == ERASED_PAYLOAD
