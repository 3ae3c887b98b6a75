"""Whatever arrives, in whatever order: no invariant breaks, and history replays to the row."""

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import OrderState, Payment, PaymentState, Transition, transaction
from models.base import db
from models.order import Order
from state_machines import OrderMachine, PaymentMachine
from state_machines.durable.inspection import compare
from state_machines.payment import PaymentSignal
from tests.support import factories

ANYTHING = st.lists(
    st.sampled_from([s for s in PaymentSignal if s != PaymentSignal.START]), max_size=25
)
SOLD = (OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.DELIVERED)
OPEN = (
    PaymentState.PENDING,
    PaymentState.INITIATED,
    PaymentState.DECLINED,
    PaymentState.CANCELLING,
    PaymentState.EXPIRING,
)


@given(signals=ANYTHING)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_random_signals_break_no_invariant(app: Flask, signals: list[PaymentSignal]) -> None:
    with transaction():
        payment_id = factories.a_placed_order().id
    paid = False
    for signal in signals:
        with transaction():
            payment = PaymentMachine.lock([payment_id])[payment_id]
            before = payment.state
            moved = PaymentMachine.observe(payment, signal)
            paid = paid or signal in (PaymentSignal.SUCCEEDED, PaymentSignal.MISPAID)
            if before == PaymentState.SUCCESS:
                assert payment.state == PaymentState.SUCCESS, "a success is never left"
            assert moved or payment.state == before
        with transaction() as session:
            payment = session.get_one(Payment, payment_id, populate_existing=True)
            _check(payment, payment.order, paid=paid)
    with transaction():
        _replays(payment_id)


def _check(payment: Payment, order: Order, *, paid: bool) -> None:
    assert (payment.state == PaymentState.SUCCESS) == paid, "a success counts in every state"
    if payment.state in OPEN:
        assert order.state == OrderState.PENDING
    elif order.state == OrderState.PENDING:
        assert paid, "only a person decides about what was paid wrongly"
    if order.state in SOLD:
        assert paid, "nothing unpaid is delivered"
    if payment.state in OPEN:
        assert payment.deadline_at is not None, "what is open has a deadline"
    else:
        assert payment.deadline_at is None


def _replays(payment_id: object) -> None:
    payment = db.session.get_one(Payment, payment_id)
    for machine, row in ((PaymentMachine, payment), (OrderMachine, payment.order)):
        steps = select(Transition).where(Transition.subject_id == row.id)
        history = list(db.session.scalars(steps.order_by(Transition.version)))
        assert compare(machine, row.state, row.version, history) is None
