"""The history of an order, as its customer reads it."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from models import ActivityRow, ActivityState, Product, Refund, transaction
from state_machines import OrderMachine, PaymentMachine, RefundMachine
from state_machines.actions import refund_order, ship_order
from state_machines.durable import DurableMachine, executor
from state_machines.payment import PaymentSignal
from state_machines.refund import RefundSignal
from tests.support.statements import statements_of
from tests.support.web import Person, stripe_says
from web.schemas.history import EMAIL_KINDS, KINDS, StepKind

MACHINES = (OrderMachine, PaymentMachine, RefundMachine)
# They mean nothing to a customer, or come with another step that has a kind.
SILENT = {
    "order": {"mispaid", "paid_late"},
    "payment": {
        *("start", "rejected", "unanswered", "canceled", "still_waiting", "close", "ask_again"),
        *("orphaned", "refunds_changed"),
    },
    "refund": {"submitted"},
}


def send_emails() -> None:
    """Send all emails that wait."""
    with transaction() as session:
        rows = session.execute(
            select(ActivityRow.name, ActivityRow.id).where(
                ActivityRow.name.startswith("emails."), ActivityRow.state == ActivityState.PENDING
            )
        ).all()
    for name, activity_id in rows:
        executor.run(name, [activity_id])


def kinds(ann: Person, reference: str) -> list[str | None]:
    steps = ann.get(f"/order/{reference}/history").get_json()
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    return [step["kind"] for step in steps]


def settle_refund() -> None:
    with transaction() as session:
        refund_id = session.scalars(select(Refund.id)).one()
        RefundMachine.send(RefundMachine.lock([refund_id])[refund_id], RefundSignal.SUCCEEDED)


def test_the_steps_of_a_delivered_order_have_kinds(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    order_id = UUID(placed["orderId"])
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    stripe_says(order_id, PaymentSignal.DECLINED, "requires_payment_method")
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded")
    send_emails()
    with transaction():
        ship_order.ship(OrderMachine.lock([order_id])[order_id], "DHL", "JJD0001")
    send_emails()
    with transaction():
        ship_order.deliver(OrderMachine.lock([order_id])[order_id])
    send_emails()
    with transaction():
        refund_order.refund(OrderMachine.lock([order_id])[order_id], 100, reason=None)
    settle_refund()
    send_emails()
    shown = kinds(ann, placed["referenceId"])
    assert [kind for kind in shown if kind is not None] == [
        "placed", "payment_requested", "declined", "paid", "confirmed", "receipt_sent", "shipped",
        "shipment_sent", "delivered", "delivery_sent", "refund_requested", "refunded",
        "refund_sent",
    ]  # fmt: skip


def test_the_steps_of_a_cancelled_order_have_kinds(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    order_id = UUID(placed["orderId"])
    ann.delete(f"/order/{placed['referenceId']}")
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    stripe_says(order_id, PaymentSignal.CANCELED, "canceled")
    # Ignored: it is cancelled already.
    stripe_says(order_id, PaymentSignal.CANCELED, "canceled")
    send_emails()
    shown = [kind for kind in kinds(ann, placed["referenceId"]) if kind is not None]
    assert shown == ["placed", "cancel_requested", "cancelled", "cancellation_sent"]


def test_an_email_that_was_sent_is_a_step(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    order_id = UUID(placed["orderId"])
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded")
    path = f"/order/{placed['referenceId']}/history"
    assert "receipt_sent" not in kinds(ann, placed["referenceId"]), "it waits to be sent"
    send_emails()
    step = ann.get(path).get_json()[-1]
    with transaction() as session:
        row = session.scalars(select(ActivityRow).where(ActivityRow.subject_id == order_id)).one()
    assert row.finished_at is not None
    assert step == {
        "machine": "email",
        "signal": "order_confirmed",
        "from": None,
        "to": "sent",
        "ignored": False,
        "reason": None,
        "declineCode": None,
        "at": row.finished_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": "receipt_sent",
    }


def test_an_email_that_was_no_longer_needed_is_no_step(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    order_id = UUID(placed["orderId"])
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded")
    with transaction():
        ship_order.ship(OrderMachine.lock([order_id])[order_id], "DHL", "JJD0001")
    send_emails()
    shown = kinds(ann, placed["referenceId"])
    assert "shipment_sent" in shown
    assert "receipt_sent" not in shown, "it was shipped before the receipt was sent"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_signal_has_a_kind_or_none_on_purpose(machine: type[DurableMachine[Any]]) -> None:
    signals = {arrow.signal.value for arrow in machine.arrows}
    named = {signal for name, signal in KINDS if name == machine.name}
    assert named | SILENT[machine.name] == signals
    assert not named & SILENT[machine.name]


def test_every_email_about_an_order_has_a_kind() -> None:
    scheduled = {name for machine in MACHINES for arrow in machine.arrows for name in arrow.do}
    assert {name for name in scheduled if name.startswith("emails.")} == set(EMAIL_KINDS)
    assert {*KINDS.values(), *EMAIL_KINDS.values()} == {*StepKind}


def test_a_history_takes_three_statements(shop: Flask, ann: Person, lamp: Product) -> None:
    reference = ann.order(lamp).get_json()["referenceId"]
    with statements_of(shop) as statements:
        assert kinds(ann, reference) == ["placed", None]
    # The session, the transitions, and the emails.
    assert len(statements) == 3, "\n".join(statements)
