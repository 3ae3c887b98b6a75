"""Tests of stuck executions: each one that has not ended has something that moves it."""

from models import DisputeState, NoticeKind, OrderState, PaymentState, transaction
from models.clock import MovableClock
from models.notice import open_notice
from state_machines import DisputeMachine, OrderMachine, PaymentMachine
from state_machines.durable import inspection
from state_machines.payment import PaymentSignal
from tests.support.bank import Bank
from tests.support.factories import a_dispute, a_payment, an_order
from tests.support.till import Till


def stuck() -> list[inspection.Difference]:
    return inspection.stuck(PaymentMachine) + inspection.stuck(OrderMachine)


def test_payments_that_ended_or_have_a_next_step_are_not_stuck(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    cancelled, failed, open_one = till.initiated(), till.initiated(), till.initiated()
    till.send(cancelled, PaymentSignal.CANCEL)
    till.send(failed, PaymentSignal.EXPIRE)
    assert stuck() == [], "closing payments have a deadline"
    till.run("payments.cancel_intent")
    assert till.states(cancelled) == ("Cancelled", "Cancelled")
    assert till.states(failed) == ("Failure", "Failed")
    assert stuck() == []

    with transaction():
        forgotten = PaymentMachine.lock([open_one])[open_one]
        forgotten.deadline_at = forgotten.poll_at = None
    assert [difference.id for difference in stuck()] == [open_one]


def test_an_order_that_waits_for_a_payment_that_has_ended_is_stuck(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    well = till.payment(till.initiated()).order_id
    with transaction():
        failed = a_payment(PaymentState.FAILURE).order_id
        order_id = a_payment(PaymentState.SUCCESS).order_id
        open_notice(order_id, NoticeKind.MISPAID, "60.00 came; the order costs 59.00")
        alone = a_payment(PaymentState.SUCCESS).order_id
        unpaid = a_payment(PaymentState.CANCELLED, order=an_order(OrderState.CONFIRMED)).order_id
    stuck_ids = {difference.id for difference in inspection.stuck(OrderMachine)}
    assert stuck_ids == {failed, alone, unpaid}
    assert well not in stuck_ids


def test_a_dispute_without_a_notice_is_stuck(till: Till) -> None:
    with transaction():
        noticed, silent = a_dispute(), a_dispute()
        over = a_dispute(DisputeState.LOST)
        open_notice(noticed.order_id, NoticeKind.DISPUTE, "give evidence")
    stuck_ids = {difference.id for difference in inspection.stuck(DisputeMachine)}
    assert stuck_ids == {silent.id}
    assert over.id not in stuck_ids
