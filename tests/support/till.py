"""A till: places orders, runs their activities and reads their rows."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from models import ActivityRow, ActivityState, Payment, Transition, transaction
from state_machines import PaymentMachine
from state_machines.durable import executor, leases, sweep
from state_machines.payment import PaymentSignal
from tests.support import factories


class Till:
    """Places orders, runs what they ask for, and looks at what became of them."""

    def place(self) -> UUID:
        with transaction():
            return factories.a_placed_order().id

    def send(self, payment_id: UUID, signal: PaymentSignal) -> None:
        with transaction():
            PaymentMachine.send(PaymentMachine.lock([payment_id])[payment_id], signal)

    def payment(self, payment_id: UUID) -> Payment:
        with transaction() as session:
            return session.get_one(Payment, payment_id, populate_existing=True)

    def states(self, payment_id: UUID) -> tuple[str, str]:
        """Return the states of the payment and of its order."""
        payment = self.payment(payment_id)
        return payment.state.value, payment.order.state.value

    def signals(self, payment_id: UUID) -> list[str]:
        with transaction() as session:
            rows = select(Transition.signal).where(Transition.subject_id == payment_id)
            return list(session.scalars(rows.order_by(Transition.version)))

    def pending(self, name: str) -> list[UUID]:
        with transaction() as session:
            rows = select(ActivityRow.id).where(
                ActivityRow.name == name, ActivityRow.state == ActivityState.PENDING
            )
            return list(session.scalars(rows))

    def activity_states(self, name: str) -> list[ActivityState]:
        with transaction() as session:
            return list(session.scalars(select(ActivityRow.state).where(ActivityRow.name == name)))

    def activity(self, name: str) -> ActivityRow:
        """Return the newest activity of this name."""
        with transaction() as session:
            rows = select(ActivityRow).where(ActivityRow.name == name)
            newest = (
                rows.order_by(ActivityRow.id.desc()).limit(1).options(undefer(ActivityRow.secret))
            )
            return session.scalars(newest.execution_options(populate_existing=True)).one()

    def run(self, name: str) -> int:
        """Run the pending activities of one name; how many there were."""
        ids = self.pending(name)
        return executor.run(name, ids) if ids else 0

    def claim(self, name: str) -> leases.Claim:
        """Claim activities as a worker does before it dies."""
        ids = self.pending(name)
        with transaction():
            return leases.claim(name, ids)

    def sweep(self) -> None:
        """Run the sweep of each second: fire deadlines and run due activities."""
        sweep.fire_deadlines()
        for name, activity_id in sweep.due_activities():
            executor.run(name, [activity_id])

    def initiated(self) -> UUID:
        """Return a payment whose intent exists."""
        payment_id = self.place()
        self.run("payments.create_intent")
        return payment_id
