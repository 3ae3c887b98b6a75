"""Nothing waits for nothing: each execution that is not at its end has something that moves it."""

from models import transaction
from models.clock import MovableClock
from state_machines import OrderMachine, PaymentMachine
from state_machines.durable import replay
from state_machines.payment import PaymentSignal
from tests.integration.payments.conftest import Bank, Till


def stuck() -> list[replay.Difference]:
    return replay.stuck(PaymentMachine) + replay.stuck(OrderMachine)


def test_ended_and_moving_payments_are_not_stuck(
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
        forgotten.deadline_at = forgotten.ask_at = None
    assert [found.id for found in stuck()] == [open_one]
