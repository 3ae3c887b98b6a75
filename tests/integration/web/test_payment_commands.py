"""Tests of commands for money that Stripe does not know, or without an order here."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from models import ActivityRow, AuditRow, Notice, Payment, Product, transaction
from models.base import db
from models.payment import payment_of
from state_machines import PaymentMachine
from state_machines.payment import PaymentSignal
from state_machines.providers.stripe import unmatched
from state_machines.writes.notices import notify_unknown_intent
from tests.support.commands import flask, read
from tests.support.database import count_all_rows
from tests.support.web import Person, an_intent, stripe_says


@pytest.fixture
def payment_id(ann: Person, lamp: Product) -> str:
    """Return a payment whose intent Stripe does not know, while its order is being cancelled."""
    order_id = UUID(ann.order(lamp).get_json()["orderId"])
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    with transaction():
        payment = PaymentMachine.lock([payment_of(order_id).id]).popitem()[1]
        PaymentMachine.send(payment, PaymentSignal.CANCEL)
        notify_unknown_intent(payment)
        return str(payment.id)


@pytest.fixture
def paid_intent(ann: Person) -> str:
    """Return an intent that was paid for an unknown order."""
    with transaction():
        intent = an_intent(uuid4(), "succeeded")
        assert unmatched.notify_unmatched(intent)
        return intent.id


def audited() -> list[tuple[str, str | None, object]]:
    with transaction() as session:
        return [
            (row.action, row.subject, row.details["reason"])
            for row in session.scalars(db.select(AuditRow))
        ]


def activities() -> list[tuple[str, object]]:
    with transaction() as session:
        rows = session.scalars(db.select(ActivityRow))
        return [(row.name, row.payload.get("intent")) for row in rows]


def open_notices() -> int:
    with transaction() as session:
        return session.query(Notice).where(Notice.settled_at.is_(None)).count()


def test_a_payment_is_closed_with_its_order(shop: Flask, payment_id: str) -> None:
    result = read(shop, "payments", "close", payment_id, "--reason", "test data was deleted")
    assert result == {"id": payment_id, "state": "Cancelled"}
    with transaction() as session:
        assert session.get_one(Payment, UUID(payment_id)).order.state == "Cancelled"
    assert open_notices() == 0
    assert audited() == [("payments close", payment_id, "test data was deleted")]
    (shown,) = read(shop, "payments", "show", payment_id)
    assert (shown["history"][-1]["signal"], shown["history"][-1]["reason"]) == (
        "close",
        "test data was deleted",
    )
    before = count_all_rows()
    again = flask(shop, "payments", "close", payment_id, "--reason", "again")
    assert (again.exit_code, "nothing to close" in again.stderr) == (1, True)
    assert count_all_rows() == before


def test_a_payment_that_stripe_may_know_is_not_closed(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    with transaction():
        order_id = UUID(ann.order(lamp).get_json()["orderId"])
        key = str(payment_of(order_id).id)
    before = count_all_rows()
    done = flask(shop, "payments", "close", key, "--reason", "it takes so long")
    assert (done.exit_code, "Stripe may know the intent" in done.stderr) == (1, True)
    assert count_all_rows() == before


def test_money_without_an_order_is_returned(shop: Flask, paid_intent: str) -> None:
    result = read(shop, "payments", "return", paid_intent, "--reason", "the backup lacks it")
    assert result == {"intent": paid_intent}
    assert ("reconciliation.give_back", paid_intent) in activities()
    assert audited() == [("payments return", paid_intent, "the backup lacks it")]
    assert open_notices() == 1, "until Stripe has answered"


@pytest.mark.parametrize("reason", [(), ("--reason",), ("--reason", ""), ("--reason", "a\x00b"),
                                    ("--reason", "\ud800"), ("--reason", " \u200b ")])  # fmt: skip
@pytest.mark.parametrize("verb", ["close", "return"])
def test_an_empty_reason_is_refused(
    shop: Flask, payment_id: str, paid_intent: str, verb: str, reason: tuple[str, ...]
) -> None:
    before = count_all_rows()
    about = payment_id if verb == "close" else paid_intent
    assert flask(shop, "payments", verb, about, *reason).exit_code == 2
    assert count_all_rows() == before


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("close",), 2),
        (("close", "pi_1"), 2),
        (("close", "00000000-0000-7000-8000-000000000000"), 1),
        (("return",), 2),
        (("return", ""), 2),
        (("return", "pi_of_somebody_else"), 1),
        (("return", "pi_'; DROP TABLE notice"), 1),
        (("return", "pi_" + "1" * 3000), 1),
        (("return", "pi_\x00"), 2),
    ],
)
def test_an_unknown_or_malformed_id_changes_nothing(
    shop: Flask, payment_id: str, paid_intent: str, words: tuple[str, ...], status: int
) -> None:
    before = count_all_rows()
    done = flask(shop, "payments", *words, "--reason", "why")
    assert (done.exit_code, "Error: " in done.stderr) == (status, True)
    assert count_all_rows() == before
