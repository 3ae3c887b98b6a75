"""What a reconciliation asks of Stripe, a page an activity."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.base import db
from models.payment import Payment
from models.reconciliation import Reconciliation
from state_machines.durable import Activity, Call, inbox
from state_machines.durable.journal import schedule
from state_machines.intent import Intent
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.reconciliation import ReconciliationMachine, ReconciliationSignal
from state_machines.stripe_event import READERS
from tasks.gateways import stripe
from tasks.payments import ENDED, RETRY


@dataclass(frozen=True, slots=True)
class Page:
    """What follows `after`, of what happened from `since` on."""

    since: datetime
    after: str | None


class Look(Activity[Reconciliation, Page, tuple[list[Any], bool]]):
    """One page of a list at Stripe."""

    machine = ReconciliationMachine
    retry = RETRY

    def prepare(self, row: Reconciliation, call: Call) -> Page:
        return Page(row.since, call.payload.get("after"))

    def give_up(self, row: Reconciliation, error: Exception) -> None:
        ReconciliationMachine.report(row, ReconciliationSignal.GIVE_UP, reason=str(error))


class UndeliveredEvents(Look):
    """Events that Stripe could not deliver become signals, as if they had been."""

    name = "reconciliation.events"

    def perform(self, request: Page, call: Call) -> tuple[list[dict[str, Any]], bool]:  # noqa: ARG002
        return stripe.undelivered_events(READERS, request.since, request.after)

    def record(self, row: Reconciliation, page: tuple[list[dict[str, Any]], bool]) -> None:
        events, more = page
        oldest_first = [(event["id"], event["type"], event) for event in reversed(events)]
        row.events += inbox.store("stripe", oldest_first)
        if more:
            schedule(self.name, self.machine.name, row.id, after=events[-1]["id"])
        else:
            schedule(OrphanedIntents.name, self.machine.name, row.id)


class OrphanedIntents(Look):
    """Intents that can be paid although their order has ended: their creation was carried out, and
    nobody here ever heard so.
    """

    name = "reconciliation.intents"

    def perform(self, request: Page, call: Call) -> tuple[list[Intent], bool]:  # noqa: ARG002
        return stripe.list_intents(request.since, request.after)

    def record(self, row: Reconciliation, page: tuple[list[Intent], bool]) -> None:
        intents, more = page
        row.orphans += sum(
            PaymentMachine.report(payment, PaymentSignal.ORPHANED) for payment in _orphaned(intents)
        )
        if more:
            schedule(self.name, self.machine.name, row.id, after=intents[-1].id)
        else:
            ReconciliationMachine.report(row, ReconciliationSignal.FINISH)


def _orphaned(intents: list[Intent]) -> Iterator[Payment]:
    """The payments, locked, to which these intents come to light."""
    intent_of = {
        intent.order_id: intent for intent in intents if intent.open and intent.order_id is not None
    }
    ids = db.session.scalars(
        db.select(Payment.id).where(
            Payment.order_id.in_(list(_readable(intent_of))),
            Payment.intent_id.is_(None),
            Payment.state.in_(ENDED),
        )
    ).all()
    for payment in PaymentMachine.lock(ids).values():
        if payment.intent_id is None:
            payment.intent_id = intent_of[str(payment.order_id)].id
            yield payment


def _readable(order_ids: Iterable[str]) -> Iterator[UUID]:
    """Those that are ids: others may use the same account at Stripe."""
    for order_id in order_ids:
        with suppress(ValueError):
            yield UUID(order_id)
