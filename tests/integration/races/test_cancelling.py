"""Cancellations before, while and after paying, and at the same time as the shipment."""

from collections.abc import Callable
from functools import partial

import pytest

from models import NoticeKind
from models.errors import ConflictError
from state_machines.actions.cancel_order import Outcome
from tests.support.sandbox import eventually
from tests.support.shop import Shop
from tests.support.stripe import Stripe, deliver
from tests.support.threads import AtOnce, Refused

ROUNDS = 5


def test_only_one_of_cancelling_and_shipping_succeeds(
    till: Shop, bank: Stripe, at_once: AtOnce
) -> None:
    for number in range(ROUNDS):
        payment_id = till.confirmed()
        deeds: list[Callable[[], object]] = [
            partial(till.cancel, payment_id),
            partial(till.ship, payment_id),
        ]
        if number % 2:
            deeds.reverse()
        answers = at_once(deeds)
        cancelled, shipped = reversed(answers) if number % 2 else answers
        assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
        if isinstance(shipped, Refused):
            assert cancelled == Outcome.REFUNDING
            assert till.states(payment_id) == ("Success", "Cancelled")
            assert till.refunds(payment_id) == [(5900, "Requested")]
        else:
            assert isinstance(cancelled, ConflictError)
            assert till.states(payment_id) == ("Success", "Shipped")
            assert till.refunds(payment_id) == []


def test_cancelling_before_the_payment_cancels_the_intent(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    assert till.cancel(payment_id) == till.cancel(payment_id) == Outcome.CLOSING
    assert till.asked_for("payments.cancel_intent") == 1
    till.work()
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert till.cancel(payment_id) == Outcome.CANCELLED
    assert bank.confirm(till.payment(payment_id))["error"], "nobody can pay any more"
    assert [email["categories"] for email in till.emails_of(payment_id)] == [["order_cancelled"]]


def test_cancelling_during_the_payment_refunds_it(
    till: Shop, bank: Stripe, at_once: AtOnce
) -> None:
    for _ in range(ROUNDS):
        payment_id = till.initiated()
        payment = till.payment(payment_id)
        bank.confirm(payment)
        paid = bank.events(payment, "payment_intent.succeeded")
        at_once([partial(till.cancel, payment_id), partial(deliver, *paid)])
        till.work()
        assert till.states(payment_id) == ("Success", "Cancelled"), "whoever was first"
        assert till.refunds(payment_id) == [(5900, "Succeeded")]
        assert bank.refunded(payment) == [5900]
        assert till.shelf(payment_id) == (100, 0)


def test_cancelling_while_the_bank_is_processing_waits_for_its_answer(
    till: Shop, bank: Stripe
) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.confirm(payment, "pm_usBankAccount_success")
    till.cancel(payment_id)
    till.run("payments.cancel_intent")
    paid = eventually(lambda: bank.events(payment, "payment_intent.succeeded"))
    deliver(*paid)
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert bank.refunded(payment) == [5900]


def test_cancelling_after_the_payment_refunds_it(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    assert till.cancel(payment_id) == Outcome.REFUNDING
    assert till.cancel(payment_id) == Outcome.REFUNDING
    till.work()
    assert till.cancel(payment_id) == Outcome.CANCELLED
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert till.shelf(payment_id) == (100, 0)
    kinds = {email["categories"][0] for email in till.emails_of(payment_id)}
    assert kinds == {"order_cancelled", "order_refunded"}, "it is not confirmed any more"


def test_cancelling_after_a_partial_refund_refunds_the_rest(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    till.cancel(payment_id)
    till.work()
    assert till.refunds(payment_id) == [(900, "Succeeded"), (5000, "Succeeded")]


def test_cancelling_after_the_shipment_is_refused(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.ship(payment_id)
    with pytest.raises(ConflictError, match="has been shipped"):
        till.cancel(payment_id)
    assert till.states(payment_id) == ("Success", "Shipped")
    till.refund(payment_id)
    assert till.states(payment_id) == ("Success", "Shipped"), "a refund takes no parcel back"


def test_many_cancellations_at_once_are_one(till: Shop, bank: Stripe, at_once: AtOnce) -> None:
    payment_id = till.confirmed()
    answers = at_once([lambda: till.cancel(payment_id)] * 12)
    assert set(answers) == {Outcome.REFUNDING}
    assert till.refunds(payment_id) == [(5900, "Requested")]
    assert till.order_signals(payment_id) == ["place", "paid", "cancel"]
    assert till.shelf(payment_id) == (100, 0)
    assert NoticeKind.REFUND_FAILED not in till.notices(payment_id)
