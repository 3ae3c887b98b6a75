"""Activities of a reconciliation. Each retrieves and applies one page of a list at Stripe."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.base import db
from models.durable.activity import ActivityRow
from models.payment import Payment, is_by_stripe
from models.reconciliation import Reconciliation
from state_machines.durable import Activity, Call, NonRetryableError, inbox
from state_machines.durable.unit_of_work import schedule
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe import unmatched
from state_machines.providers.stripe.comparison import (
    REFUND_FAILURE_PERIOD,
    observe_changed_refunds,
    oldest_open_dispute,
    read_valid,
    retry_failed_signals,
    schedule_unknown_payments,
    store_changed_disputes,
)
from state_machines.providers.stripe.events import READERS
from state_machines.providers.stripe.intents import Intent
from state_machines.reconciliation import ReconciliationMachine, ReconciliationSignal
from tasks.gateways import stripe
from tasks.payments import ENDED, RETRY, CancelOrphan


@dataclass(frozen=True, slots=True)
class Page:
    """A page to retrieve: the objects since `since` that follow the id `after`."""

    since: datetime
    after: str | None


class Look(Activity[Reconciliation, Page, tuple[list[Any], bool]]):
    """The base of activities that retrieve one page of a list at Stripe."""

    machine = ReconciliationMachine
    queue = "payments"
    provider = "stripe"
    retry = RETRY

    def prepare(self, row: Reconciliation, call: Call) -> Page:
        return Page(row.since, call.payload.get("after"))

    def give_up(self, row: Reconciliation, error: Exception) -> None:
        ReconciliationMachine.observe(row, ReconciliationSignal.GIVE_UP, reason=str(error))


class UndeliveredEvents(Look):
    """Stores events that Stripe could not deliver as signals."""

    name = "reconciliation.events"

    def perform(self, request: Page, call: Call) -> tuple[list[dict[str, Any]], bool]:  # noqa: ARG002
        return stripe.undelivered_events(READERS, request.since, request.after)

    def record(self, row: Reconciliation, page: tuple[list[dict[str, Any]], bool]) -> None:
        events, more = page
        oldest_first = [(str(event["id"]), str(event["type"]), event) for event in reversed(events)]
        row.events += inbox.store("stripe", oldest_first)
        if more:
            schedule(self.name, self.machine.name, row.id, after=events[-1]["id"])
        else:
            retry_failed_signals()
            schedule(OrphanedIntents.name, self.machine.name, row.id)


class OrphanedIntents(Look):
    """Cancels open intents that no order waits for, and retrieves intents paid unnoticed.

    Such an open intent is left when the response of its creation was lost.
    """

    name = "reconciliation.intents"

    def perform(self, request: Page, call: Call) -> tuple[list[dict[str, Any]], bool]:  # noqa: ARG002
        return stripe.list_intents(request.since, request.after)

    def record(self, row: Reconciliation, page: tuple[list[dict[str, Any]], bool]) -> None:
        objects, more = page
        intents = read_valid(Intent, objects)
        row.orphans += _cancel_orphans(intents)
        schedule_unknown_payments(intents)
        if more:
            schedule(self.name, self.machine.name, row.id, after=objects[-1]["id"])
        else:
            schedule(NewRefunds.name, self.machine.name, row.id)


class NewRefunds(Look):
    """Compares the refunds of the window, and older ones that may have failed, with the rows."""

    name = "reconciliation.refunds"

    def prepare(self, row: Reconciliation, call: Call) -> Page:
        return Page(row.since - REFUND_FAILURE_PERIOD, call.payload.get("after"))

    def perform(self, request: Page, call: Call) -> tuple[list[dict[str, Any]], bool]:  # noqa: ARG002
        return stripe.new_refunds(request.since, request.after)

    def record(self, row: Reconciliation, page: tuple[list[dict[str, Any]], bool]) -> None:
        refunds, more = page
        observe_changed_refunds(refunds)
        if more:
            schedule(self.name, self.machine.name, row.id, after=refunds[-1]["id"])
        else:
            schedule(Disputes.name, self.machine.name, row.id)


class Disputes(Look):
    """Compares the disputes since the oldest open one with the rows."""

    name = "reconciliation.disputes"

    def prepare(self, row: Reconciliation, call: Call) -> Page:
        return Page(min(row.since, oldest_open_dispute() or row.since), call.payload.get("after"))

    def perform(self, request: Page, call: Call) -> tuple[list[dict[str, Any]], bool]:  # noqa: ARG002
        return stripe.list_disputes(request.since, request.after)

    def record(self, row: Reconciliation, page: tuple[list[dict[str, Any]], bool]) -> None:
        disputes, more = page
        store_changed_disputes(disputes)
        if more:
            schedule(self.name, self.machine.name, row.id, after=disputes[-1]["id"])
        else:
            ReconciliationMachine.observe(row, ReconciliationSignal.FINISH)


class GiveBackRefusedError(NonRetryableError):
    """Raised when Stripe refuses to refund the intent that it is about."""


class GiveBack(Activity[Reconciliation, str, str]):
    """Refunds money that belongs to no order here, on an operator's command.

    Its row is the latest reconciliation, since the money has no row of its own.
    """

    name = "reconciliation.give_back"
    machine = ReconciliationMachine
    queue = "payments"
    provider = "stripe"
    retry = RETRY

    def prepare(self, row: Reconciliation, call: Call) -> str:  # noqa: ARG002
        return str(call.payload["intent"])

    def perform(self, request: str, call: Call) -> str:
        try:
            stripe.give_back(request, key=call.key)
        except NonRetryableError as error:
            raise GiveBackRefusedError(str(error), about=request) from error
        return request

    def record(self, row: Reconciliation, intent_id: str) -> None:  # noqa: ARG002
        unmatched.settle_returned(intent_id)

    def give_up(self, row: Reconciliation, error: Exception) -> None:  # noqa: ARG002
        if isinstance(error, GiveBackRefusedError):
            unmatched.notify_not_returned(str(error.about), error)


def _cancel_orphans(intents: list[Intent]) -> int:
    """Schedule the cancellation of intents that must not be paid. Return how many."""
    suspects = list(_suspects(intents))
    payments = PaymentMachine.lock({payment_id for _, payment_id in suspects})
    scheduled = _scheduled_cancellations(payments)
    return sum(_cancel(payments[payment_id], intent, scheduled) for intent, payment_id in suspects)


def _suspects(intents: list[Intent]) -> Iterator[tuple[Intent, UUID]]:
    """Yield open intents that may be orphans, with the payments of their orders."""
    of_order = [(intent, order_id) for intent in intents if (order_id := _order_of(intent))]
    columns = (Payment.order_id, Payment.id, Payment.intent_id, Payment.state)
    rows = db.session.execute(
        db.select(*columns).where(
            Payment.order_id.in_([order_id for _, order_id in of_order]), is_by_stripe()
        )
    )
    payments = {order_id: payment for order_id, *payment in rows}
    for intent, order_id in of_order:
        if order_id in payments:
            payment_id, intent_id, state = payments[order_id]
            if state in ENDED or intent_id not in (None, intent.id):
                yield intent, payment_id


def _order_of(intent: Intent) -> UUID | None:
    """Return the order of an open intent. Others may use the same account at Stripe."""
    if intent.open and intent.order_id is not None:
        with suppress(ValueError):
            return UUID(intent.order_id)
    return None


def _scheduled_cancellations(payments: Iterable[UUID]) -> set[tuple[UUID, str | None]]:
    """Return the payments with a cancellation under way and its intent, or None for their own."""
    rows = db.session.execute(
        db.select(ActivityRow.subject_id, ActivityRow.payload["intent"].astext).where(
            ActivityRow.is_open(CancelOrphan.name, list(payments))
        )
    )
    return {(payment_id, intent_id) for payment_id, intent_id in rows}


def _cancel(payment: Payment, intent: Intent, scheduled: set[tuple[UUID, str | None]]) -> bool:
    if payment.intent_id is None:
        if payment.state not in ENDED:
            return False
        payment.intent_id = intent.id
    own = payment.intent_id == intent.id
    if (payment.id, None if own else intent.id) in scheduled:
        return False
    if own:
        # An earlier cancellation may have given up.
        return payment.state in ENDED and PaymentMachine.observe(payment, PaymentSignal.ORPHANED)
    # Stripe had forgotten the key of the creation. No customer has its secret: it needs no arrow.
    schedule(CancelOrphan.name, PaymentMachine.name, payment.id, intent=intent.id)
    return True
