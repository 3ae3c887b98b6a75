"""A till: payments moved by real activities against the sandbox, with a clock that can be moved."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import undefer

from config import settings as config
from models import ActivityRow, ActivityState, Payment, Transition, clock, transaction
from models.clock import MovableClock
from state_machines import PaymentMachine
from state_machines.durable import claim, runner, sweep, unit_of_work
from state_machines.durable.unit_of_work import Committed
from state_machines.payment import PaymentSignal
from tasks import emails, payments  # noqa: F401  registers the activities
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
        """Of the payment, and of its order."""
        found = self.payment(payment_id)
        return found.state.value, found.order.state.value

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
        """The newest one of this name."""
        with transaction() as session:
            rows = select(ActivityRow).where(ActivityRow.name == name)
            newest = (
                rows.order_by(ActivityRow.id.desc()).limit(1).options(undefer(ActivityRow.secret))
            )
            return session.scalars(newest.execution_options(populate_existing=True)).one()

    def run(self, name: str) -> int:
        """Run the pending activities of one name; how many there were."""
        ids = self.pending(name)
        return runner.run(name, ids) if ids else 0

    def claim(self, name: str) -> claim.Claim:
        """What a worker does before it dies."""
        ids = self.pending(name)
        with transaction():
            return claim.claim(name, ids)

    def sweep(self) -> None:
        """What beat asks for every second: deadlines ring, what is due runs."""
        sweep.fire_deadlines()
        for name, activity_id in sweep.due_activities():
            runner.run(name, [activity_id])

    def initiated(self) -> UUID:
        """A payment whose intent is there."""
        payment_id = self.place()
        self.run("payments.create_intent")
        return payment_id


class Bank:
    """What the customer's browser and Stripe's dashboard do at Stripe."""

    def confirm(self, payment: Payment, method: str = "pm_card_visa") -> dict[str, object]:
        url = f"{config.stripe_api_base}/v1/payment_intents/{payment.intent_id}/confirm"
        body = {"payment_method": method, "return_url": "http://localhost"}
        found: dict[str, object] = requests.post(
            url, data=body, auth=(config.stripe_secret_key, ""), timeout=10
        ).json()
        return found

    def change(self, payment: Payment, **form: object) -> None:
        """What somebody does to the intent in Stripe's dashboard."""
        url = f"{config.stripe_api_base}/v1/payment_intents/{payment.intent_id}"
        requests.post(url, data=form, auth=(config.stripe_secret_key, ""), timeout=10)

    def ledger(self, payment: Payment) -> list[dict[str, object]]:
        rows = requests.get(f"{config.stripe_api_base}/ledger.json", timeout=10).json()
        return [row for row in rows if row["orderId"] == str(payment.order_id)]

    def letters(self, to: str) -> list[dict[str, object]]:
        url = f"{config.sendgrid_api_base}/mail.json"
        found: list[dict[str, object]] = requests.get(url, params={"to": to}, timeout=10).json()
        return found

    def faults(self, **faults: object) -> None:
        url = f"{config.stripe_api_base}/faults"
        requests.put(url, json=faults, timeout=10).raise_for_status()


@pytest.fixture
def till(database: object) -> Iterator[Till]:
    """With somebody who dispatches, as every process that commits has."""
    nobody: list[Committed] = []
    unit_of_work.after_commit(nobody.append)
    yield Till()
    unit_of_work.remove_listener(nobody.append)


@pytest.fixture
def bank() -> Iterator[Bank]:
    bank = Bank()
    yield bank
    bank.faults()


@pytest.fixture
def time() -> Iterator[MovableClock]:
    with clock.stopped() as moved:
        yield moved
