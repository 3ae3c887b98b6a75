"""Every pair of a state and a signal, of every machine: it moves as written here, or is refused.

The tables below are written by hand, from the design and not from the code.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models import (
    BulkState,
    DisputeState,
    ErasureState,
    LoginState,
    OrderState,
    PaymentState,
    ReconciliationState,
    RefundState,
)
from models.base import db, transaction
from state_machines import (
    BulkMachine,
    DisputeMachine,
    ErasureMachine,
    LoginMachine,
    OrderMachine,
    PaymentMachine,
    ReconciliationMachine,
    RefundMachine,
)
from state_machines.bulk import BulkSignal
from state_machines.dispute import DisputeSignal
from state_machines.durable import DurableMachine, SignalRefusedError
from state_machines.durable.unit_of_work import unit_of_work
from state_machines.erasure import ErasureSignal
from state_machines.login import LoginSignal
from state_machines.order import OrderSignal
from state_machines.payment import PaymentSignal
from state_machines.reconciliation import ReconciliationSignal
from state_machines.refund import RefundSignal
from tests.support import factories

ORDER = """
Pending   paid                  Confirmed
Pending   payment_failed        Failed
Pending   payment_cancelled     Cancelled
Pending   paid_while_cancelling Cancelled
Pending   mispaid               Pending
Pending   accept                Confirmed
Pending   cancel                Cancelled
Pending   refunded              Cancelled
Confirmed cancel                Cancelled
Confirmed refunded              Cancelled
Confirmed ship                  Shipped
Shipped   deliver               Delivered
Failed    paid_late             Failed
Cancelled paid_late             Cancelled
"""
PAYMENT = """
Pending    initiated        Initiated
Cancelling initiated        Cancelling
Expiring   initiated        Expiring
Initiated  action_required  Initiated
Declined   action_required  Initiated
Expiring   still_waiting    Initiated
Pending    close            Cancelled
Initiated  close            Cancelled
Declined   close            Cancelled
Cancelling close            Cancelled
Expiring   close            Failure
Pending    rejected         Failure
Expiring   rejected         Failure
Cancelling rejected         Cancelled
Initiated  declined         Declined
Declined   declined         Declined
Declined   processing       Initiated
Pending    succeeded        Success
Initiated  succeeded        Success
Declined   succeeded        Success
Expiring   succeeded        Success
Cancelling succeeded        Success
Cancelled  succeeded        Success
Failure    succeeded        Success
Pending    cancel           Cancelling
Initiated  cancel           Cancelling
Declined   cancel           Cancelling
Expiring   cancel           Cancelling
Pending    expire           Expiring
Initiated  expire           Expiring
Declined   expire           Expiring
Initiated  canceled         Cancelled
Declined   canceled         Cancelled
Cancelling canceled         Cancelled
Expiring   canceled         Failure
Expiring   still_processing Initiated
Cancelling still_processing Cancelling
Cancelling ask_again        Cancelling
Expiring   ask_again        Expiring
Pending    unanswered       Expiring
Pending    mispaid          Success
Initiated  mispaid          Success
Declined   mispaid          Success
Expiring   mispaid          Success
Cancelling mispaid          Success
Cancelled  mispaid          Success
Failure    mispaid          Success
Failure    orphaned         Failure
Cancelled  orphaned         Cancelled
Pending    refunds_changed  Pending
Initiated  refunds_changed  Initiated
Declined   refunds_changed  Declined
Cancelling refunds_changed  Cancelling
Expiring   refunds_changed  Expiring
Success    refunds_changed  Success
Cancelled  refunds_changed  Cancelled
Failure    refunds_changed  Failure
"""
REFUND = """
Requested submitted Submitted
Requested succeeded Succeeded
Requested failed    Failed
Requested rejected  Failed
Submitted succeeded Succeeded
Submitted failed    Failed
Succeeded failed    Failed
Failed    find      Submitted
"""
OPEN = ("Warning", "NeedsResponse", "UnderReview")
DISPUTE = "\n".join(
    [
        "Warning open NeedsResponse",
        "Warning review UnderReview",
        "NeedsResponse review UnderReview",
        *(f"{state} close Closed" for state in OPEN),
        *(f"{state} win Won" for state in (*OPEN, "Lost")),
        *(f"{state} lose Lost" for state in (*OPEN, "Won")),
    ]
)
RECONCILIATION = """
Running finish  Done
Running give_up Failed
"""
BULK = """
Running finish  Done
Running give_up Failed
Running pause   Paused
Running cancel  Cancelled
Paused  resume  Running
Paused  cancel  Cancelled
Failed  resume  Running
Failed  cancel  Cancelled
"""
ERASURE = "\n".join(
    [
        "Requested erase Erased",
        "Requested give_up Failed",
        "Failed retry Requested",
        *(f"{state} forgotten {state}" for state in ("Requested", "Erased", "Failed")),
        *(f"{state} remembered {state}" for state in ("Requested", "Erased", "Failed")),
    ]
)
LIVE = ("CodePending", "CodeSent", "CodeUnsent")
LOGIN = "\n".join(
    [
        "CodePending sent CodeSent",
        "CodePending gave_up CodeUnsent",
        "CodeSent gave_up CodeUnsent",
        "CodeUnsent sent CodeSent",
        "CodeUnsent resend CodePending",
        *(f"{state} wrong_code {state}" for state in LIVE),
        *(f"{state} lock Locked" for state in LIVE),
        *(f"{state} right_code Succeeded" for state in LIVE),
        "Succeeded new_device Succeeded",
        *(f"{state} expire Expired" for state in LIVE),
        *(f"{state} supersede Superseded" for state in LIVE),
    ]
)
PARENT_SIGNALS = {
    ("Pending", "succeeded"): OrderState.CONFIRMED,
    ("Initiated", "succeeded"): OrderState.CONFIRMED,
    ("Declined", "succeeded"): OrderState.CONFIRMED,
    ("Expiring", "succeeded"): OrderState.CONFIRMED,
    ("Cancelling", "succeeded"): OrderState.CANCELLED,
    ("Pending", "rejected"): OrderState.FAILED,
    ("Expiring", "rejected"): OrderState.FAILED,
    ("Cancelling", "rejected"): OrderState.CANCELLED,
    ("Initiated", "canceled"): OrderState.CANCELLED,
    ("Declined", "canceled"): OrderState.CANCELLED,
    ("Cancelling", "canceled"): OrderState.CANCELLED,
    ("Expiring", "canceled"): OrderState.FAILED,
    ("Pending", "close"): OrderState.CANCELLED,
    ("Cancelling", "close"): OrderState.CANCELLED,
    ("Expiring", "close"): OrderState.FAILED,
    ("Initiated", "mispaid"): OrderState.PENDING,
    ("Expiring", "mispaid"): OrderState.PENDING,
    ("Cancelling", "mispaid"): OrderState.CANCELLED,
}

Make = Callable[[Any], Any]
MACHINES: tuple[tuple[type[DurableMachine[Any]], Any, Any, str, Make], ...] = (
    (OrderMachine, OrderState, OrderSignal, ORDER, factories.an_order_with_payment),
    (PaymentMachine, PaymentState, PaymentSignal, PAYMENT, factories.a_payment),
    (LoginMachine, LoginState, LoginSignal, LOGIN, factories.a_login),
    (RefundMachine, RefundState, RefundSignal, REFUND, factories.a_refund),
    (DisputeMachine, DisputeState, DisputeSignal, DISPUTE, factories.a_dispute),
    (
        ReconciliationMachine,
        ReconciliationState,
        ReconciliationSignal,
        RECONCILIATION,
        factories.a_reconciliation,
    ),
    (ErasureMachine, ErasureState, ErasureSignal, ERASURE, factories.an_erasure),
    (BulkMachine, BulkState, BulkSignal, BULK, factories.a_bulk_job),
)


def table(text: str) -> dict[tuple[str, str], str]:
    rows = (line.split() for line in text.strip().splitlines())
    return {(state, signal): target for state, signal, target in rows}


def quiet(machine: type[DurableMachine[Any]], state: Any, signal: Any) -> bool:
    """Tell if the arrow writes no history."""
    return any(
        arrow.quiet for arrow in machine.arrows if (arrow.source, arrow.signal) == (state, signal)
    )


def pairs() -> Iterator[Any]:
    for machine, states, signals, text, make in MACHINES:
        for state in states:
            for signal in signals:
                target = table(text).get((state, signal))
                name = f"{machine.name}-{state}-{signal}"
                yield pytest.param(machine, state, signal, target, make, id=name)


@pytest.mark.parametrize(("machine", "state", "signal", "target", "make"), list(pairs()))
def test_each_pair_of_state_and_signal_moves_along_its_arrow_or_is_refused(
    database: object,
    machine: type[DurableMachine[Any]],
    state: Any,
    signal: Any,
    target: str | None,
    make: Make,
) -> None:
    with transaction():
        row = make(state)
        locked = machine.lock([row.id])[row.id]
        if target is None:
            with pytest.raises(SignalRefusedError):
                machine.send(locked, signal)
            assert (locked.state, locked.version, unit_of_work().history) == (state, 0, [])
        else:
            machine.send(locked, signal)
            written = 0 if quiet(machine, state, signal) else 1
            assert (locked.state, locked.version) == (target, written)


@pytest.mark.parametrize(("pair", "order_state"), list(PARENT_SIGNALS.items()), ids=str)
def test_a_payment_signals_its_order_in_the_same_transaction(
    database: object, pair: tuple[str, str], order_state: OrderState
) -> None:
    with transaction():
        payment = factories.a_payment(PaymentState(pair[0]))
        locked = PaymentMachine.lock([payment.id])[payment.id]
        PaymentMachine.send(locked, PaymentSignal(pair[1]))
        assert locked.order.state == order_state


@pytest.mark.parametrize("ended", [OrderState.CANCELLED, OrderState.FAILED])
def test_a_late_success_is_recorded_and_the_order_stays_ended(
    database: object, ended: OrderState
) -> None:
    was = PaymentState.CANCELLED if ended == OrderState.CANCELLED else PaymentState.FAILURE
    with transaction():
        payment = factories.a_payment(was, order=factories.an_order(ended))
        locked = PaymentMachine.lock([payment.id])[payment.id]
        PaymentMachine.send(locked, PaymentSignal.SUCCEEDED)
        assert (locked.state, locked.order.state) == (PaymentState.SUCCESS, ended)
        assert [row["signal"] for row in unit_of_work().history] == ["succeeded", "paid_late"]


def test_the_check_constraints_accept_exactly_the_states_of_the_machines(
    database: object,
) -> None:
    for machine, states, *_ in MACHINES:
        name = machine.model.__tablename__
        query = db.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
        with transaction() as session:
            definition = session.scalar(query, {"name": f"ck_{name}_state"})
        quoted = set(str(definition).split("'")[1::2])
        assert quoted == {state.value for state in states}, name
