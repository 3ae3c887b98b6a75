"""Random calls of customers, the operator, Stripe and time on fifty orders: no law is ever broken.

Hypothesis ends a run after some hundred calls; the next one goes on with the same fifty orders.
The test makes up Stripe's events; our calls to Stripe go to the sandbox. `make prove` makes ten
thousand calls, `make test` a sample of them.
"""

import os
import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import select

from models import (
    ActivityRow,
    Payment,
    Refund,
    SignalState,
    Transition,
    transaction,
)
from models.base import db
from models.clock import MovableClock
from models.durable.activity import ActivityState
from models.errors import ProjectXError
from state_machines import DisputeMachine, OrderMachine, PaymentMachine, RefundMachine
from state_machines.actions import accept_payment, cancel_order, ship_order
from state_machines.actions.refund_order import refund
from state_machines.durable import DurableMachine, SignalRefusedError, executor, inspection, sweep
from state_machines.durable.inbox import receive
from tests.support import proof
from tests.support.bank import Bank
from tests.support.factories import a_placed_order
from tests.support.facts import facts
from tests.support.till import Till

ORDERS = 50
STEPS, CALLS = (500, 10_000) if proof.IN_FULL else (150, 500)
RUNS = 4  # before it is counted how many calls there were
MACHINES = (OrderMachine, PaymentMachine, RefundMachine, DisputeMachine)
INTENT = ("succeeded", "payment_failed", "processing", "canceled")
REFUND = ("pending", "requires_action", "succeeded", "failed", "canceled")
DISPUTE = ("warning_needs_response", "needs_response", "under_review", "won", "lost",
           "warning_closed")  # fmt: skip
Json = dict[str, Any]
orders = st.integers(0, ORDERS - 1)
amounts = st.sampled_from((None, 100, 900, 5900))


class RandomCalls(RuleBasedStateMachine):
    calls = 0

    def __init__(self, payments: list[Payment], bank: Bank, time: MovableClock) -> None:
        super().__init__()
        self.bank, self.time = bank, time
        self.order_ids = [payment.order_id for payment in payments]
        self.payment_ids = [payment.id for payment in payments]
        self.known = facts(self.order_ids)
        self.delivered: list[tuple[int, str, Json]] = []

    # What people do.

    @rule(order=orders)
    def cancel(self, order: int) -> None:
        self._call(order, cancel_order.cancel)

    @rule(order=orders, amount=amounts)
    def refund(self, order: int, amount: int | None) -> None:
        self._call(order, lambda payment: refund(payment.order, amount, reason=None))

    @rule(order=orders)
    def ship(self, order: int) -> None:
        self._call(order, lambda payment: ship_order.ship(payment.order, "DHL", "JJD0001"))

    @rule(order=orders)
    def deliver(self, order: int) -> None:
        self._call(order, lambda payment: ship_order.deliver(payment.order))

    @rule(order=orders)
    def accept(self, order: int) -> None:
        self._call(order, accept_payment.accept)

    @rule(order=orders)
    def pay(self, order: int) -> None:
        """Let the bank take the money, whether or not its event arrives."""
        if self._intent(order) is not None:
            with transaction() as session:
                payment = session.get_one(Payment, self.payment_ids[order])
            if order % 10 == 9:
                # One in ten is paid wrongly.
                self.bank.change(payment, amount=5000)
            self.bank.confirm(payment)
        self._checked(order)

    # What time does.

    @rule(order=orders)
    def expire(self, order: int) -> None:
        self._due(order, "deadline_at")
        sweep.fire_deadlines()
        self._checked(order)

    @rule(order=orders)
    def ask(self, order: int) -> None:
        self._due(order, "poll_at")
        sweep.schedule_polls()
        self._checked(order)

    @rule(order=orders)
    def work(self, order: int) -> None:
        """Run the pending activities of an order, but for its emails."""
        self.time.advance(seconds=1)
        sweep.due_activities()
        with transaction() as session:
            refund_ids = select(Refund.id).where(Refund.order_id == self.order_ids[order])
            mine = ActivityRow.subject_id.in_(refund_ids) | (
                ActivityRow.subject_id == self.payment_ids[order]
            )
            pending = select(ActivityRow.name, ActivityRow.id).where(
                mine, ActivityRow.state == ActivityState.PENDING
            )
            due = list(session.execute(pending))
        for name, activity_id in due:
            executor.run(name, [activity_id])
        self._checked(order)

    # What Stripe says.

    @rule(order=orders, what=st.sampled_from(INTENT))
    def intent_event(self, order: int, what: str) -> None:
        status = "requires_payment_method" if what == "payment_failed" else what
        received = 5900 if what == "succeeded" else 0
        about = {"id": self._intent(order), "status": status, "currency": "usd"}
        paid = {"amount_received": received}
        self._tell(order, f"payment_intent.{what}", "payment_intent", about | paid)

    @rule(order=orders, what=st.sampled_from(("created", "updated", "failed")),
          status=st.sampled_from(REFUND), which=st.integers(0, 3))  # fmt: skip
    def refund_event(self, order: int, what: str, status: str, which: int) -> None:
        """Deliver an event about a refund of ours, or about one of Stripe's dashboard."""
        with transaction() as session:
            mine = select(Refund).where(Refund.order_id == self.order_ids[order])
            rows = list(session.scalars(mine.order_by(Refund.id)))
        row = rows[which] if which < len(rows) else None
        amount = row.amount if row else (100, 900, 2000, 5900)[which]
        made = {"id": f"re_{self.order_ids[order].hex}_{which}", "metadata": {}}
        if row is not None:
            made = {"id": row.stripe_id or f"re_{row.id}", "metadata": {"refundId": str(row.id)}}
        more = {"amount": amount, "currency": "usd", "status": status, "reason": None}
        self._tell(order, f"refund.{what}", "refund", made | more)

    @rule(order=orders, refunded=st.sampled_from((0, 900, 5900)))
    def charge_event(self, order: int, refunded: int) -> None:
        self._tell(order, "charge.refunded", "charge", {"id": "ch_1", "amount_refunded": refunded})

    @rule(order=orders, status=st.sampled_from(DISPUTE), which=st.integers(0, 1))
    def dispute_event(self, order: int, status: str, which: int) -> None:
        name = f"dp_{self.order_ids[order].hex}_{which}"
        about = {"id": name, "status": status, "reason": "fraudulent", "currency": "usd"}
        amount = {"amount": (5900, 900)[which]}
        self._tell(order, "charge.dispute.updated", "dispute", about | amount)

    @rule(order=orders, kind=st.sampled_from(("payment_intent.succeeded", "refund.updated")))
    def wrong_event(self, order: int, kind: str) -> None:
        self._tell(order, kind, "customer", {}, expect=SignalState.FAILED)

    @rule(back=st.integers(1, 20))
    def again(self, back: int) -> None:
        """Deliver an event again: the same event, and one with its content under another id."""
        if len(self.delivered) >= back:
            order, kind, event = self.delivered[-back]
            assert receive("stripe", event["id"], kind, event) is None
            self._deliver(order, kind, {**event, "id": f"evt_{uuid4().hex}"}, SignalState.APPLIED)

    def teardown(self) -> None:
        for order_facts in facts(self.order_ids).values():
            order_facts.check()
            order_facts.check_shelf()
        with transaction():
            for machine in MACHINES:
                _replays(machine, self.order_ids)

    # How.

    def _intent(self, order: int) -> str | None:
        return self.known[self.order_ids[order]].intent_id

    def _call(self, order: int, deed: Callable[[Payment], object]) -> None:
        payment_id = self.payment_ids[order]
        with suppress(ProjectXError, SignalRefusedError), transaction():
            deed(PaymentMachine.lock([payment_id])[payment_id])
        self._checked(order)

    def _due(self, order: int, column: str) -> None:
        payment_id = self.payment_ids[order]
        with transaction():
            payment = PaymentMachine.lock([payment_id])[payment_id]
            if getattr(payment, column) is not None:
                setattr(payment, column, self.time())

    def _tell(
        self,
        order: int,
        kind: str,
        noun: str,
        thing: Json,
        *,
        expect: SignalState = SignalState.APPLIED,
    ) -> None:
        if self._intent(order) is None:
            return
        about = {"object": noun, "payment_intent": self._intent(order)} | thing
        event = {"id": f"evt_{uuid4().hex}", "type": kind, "data": {"object": about}}
        self._deliver(order, kind, event, expect)
        if expect == SignalState.APPLIED:
            self.delivered.append((order, kind, event))

    def _deliver(self, order: int, kind: str, event: Json, expect: SignalState) -> None:
        assert receive("stripe", event["id"], kind, event) == expect
        self._checked(order)

    def _checked(self, order: int) -> None:
        RandomCalls.calls += 1
        order_id = self.order_ids[order]
        now = facts([order_id])[order_id]
        now.check()
        now.check_shelf()
        now.check_after(self.known[order_id])
        self.known[order_id] = now


def _replays(machine: type[DurableMachine[Any]], order_ids: list[UUID]) -> None:
    """Check that the histories lead to the rows."""
    key = machine.model.id if machine.parent is None else machine.model.order_id
    rows = list(db.session.scalars(select(machine.model).where(key.in_(order_ids))))
    steps = select(Transition).where(Transition.subject_id.in_([row.id for row in rows]))
    histories: dict[UUID, list[Transition]] = defaultdict(list)
    for step in db.session.scalars(steps.order_by(Transition.version)):
        histories[step.subject_id].append(step)
    for row in rows:
        difference = inspection.compare(machine, row.state, row.version, histories[row.id])
        assert difference is None, (machine.name, row.id, difference)


@pytest.fixture
def dice() -> int:
    """Return the seed of the calls: CALLS_SEED repeats an earlier one."""
    seed = int(os.environ.get("CALLS_SEED") or random.randrange(1_000_000))
    print(f"\nCALLS_SEED={seed}")  # noqa: T201  a failed run shows it
    return seed


@pytest.mark.slow
def test_random_calls(till: Till, bank: Bank, time: MovableClock, dice: int) -> None:
    with transaction():
        payments = [a_placed_order() for _ in range(ORDERS)]
    # Some intents are still to be created.
    executor.run("payments.create_intent", till.pending("payments.create_intent")[: ORDERS - 8])

    class Here(RandomCalls):
        def __init__(self) -> None:
            super().__init__(payments, bank, time)

    RandomCalls.calls = 0
    for turn in count(dice):
        # How long a run gets is for Hypothesis to say.
        if RandomCalls.calls >= CALLS:
            break
        run_state_machine_as_test(
            seed(turn)(Here),
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                # A run goes on where another ended: it cannot be shortened.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    for machine in MACHINES:
        assert inspection.stuck(machine) == []
    with transaction() as session:
        # What an activity failed of is Stripe's no, and nothing of our own making.
        failed = ActivityRow.last_error.is_not(None), ActivityRow.state == ActivityState.FAILED
        errors = session.scalars(select(ActivityRow.last_error).where(*failed).distinct()).all()
    assert {str(error).partition(":")[0] for error in errors} <= {
        "NonRetryableError",
        "MissingError",
    }
