"""Stripe's own side: the sandbox keeps its events, and the test delivers them."""

from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import select

from config import settings
from models import ActivityRow, ActivityState, Payment, SignalState, transaction
from state_machines.durable import executor, inbox
from tests.support.bank import Bank
from tests.support.sandbox import eventually

Event = dict[str, Any]
Json = dict[str, Any]


class Stripe(Bank):
    def post(self, path: str, **form: object) -> Json:
        """Make a change in Stripe's dashboard."""
        url, key = f"{settings.stripe_api_base}/v1/{path}", (settings.stripe_secret_key, "")
        answer: Json = requests.post(url, data=form, auth=key, timeout=60).json()
        return answer

    def get(self, path: str, **query: Any) -> Json:
        url, key = f"{settings.stripe_api_base}/v1/{path}", (settings.stripe_secret_key, "")
        answer: Json = requests.get(url, params=query, auth=key, timeout=60).json()
        return answer

    def events(self, payment: Payment, *kinds: str) -> list[Event]:
        """Return all events of Stripe about an intent, oldest first, optionally of `kinds`."""
        return self.events_of(payment.intent_id, *kinds)

    def events_of(self, intent_id: str | None, *kinds: str) -> list[Event]:
        newest_first = self.get("events", limit=100)["data"]
        return [
            event
            for event in reversed(newest_first)
            if about(event) == intent_id and (not kinds or event["type"] in kinds)
        ]

    def entry(self, payment: Payment) -> Json:
        """Return the entry for an order in the bank's books."""
        (entry,) = self.ledger(payment)
        return entry

    def refunded(self, payment: Payment) -> list[int]:
        """Return the amounts of all refunds of an intent, whatever their result; oldest first."""
        refunds = self.get("refunds", payment_intent=payment.intent_id, limit=100)["data"]
        return [refund["amount"] for refund in reversed(refunds)]

    def settled(self, payment: Payment) -> None:
        """Wait until the bank has answered a slow refund."""
        assert eventually(lambda: self.events(payment, "refund.updated"))


def about(event: Event) -> str | None:
    thing = event["data"]["object"]
    intent: str | None = thing["id"] if thing["object"] == "payment_intent" else None
    return intent or thing.get("payment_intent")


def deliver(*events: Event) -> list[SignalState | None]:
    """Deliver events as the webhook does, and run the retrievals that they schedule.

    An event that was received before returns None.
    """
    states = [inbox.receive("stripe", event["id"], event["type"], event) for event in events]
    ask()
    return states


def ask() -> None:
    """Run what asks Stripe about payments."""
    for name in ("payments.retrieve_intent", "payments.poll_intent"):
        with transaction() as session:
            pending = select(ActivityRow.id).where(
                ActivityRow.name == name, ActivityRow.state == ActivityState.PENDING
            )
            ids = session.scalars(pending.order_by(ActivityRow.id)).all()
        executor.run(name, ids)


def an_event(kind: str, noun: str, **thing: object) -> Event:
    """Return an event that the test makes up."""
    about_it = {"object": noun, "id": f"{noun}_{uuid4().hex}"} | thing
    return {"id": f"evt_{uuid4().hex}", "type": kind, "data": {"object": about_it}}


def an_intent_event(kind: str, payment: Payment, **fields: object) -> Event:
    """Return an event about an intent, of a kind such as "succeeded", which is paid in full."""
    plain = {
        "id": payment.intent_id,
        "status": kind if kind != "payment_failed" else "requires_payment_method",
        "currency": payment.currency,
        "amount_received": payment.amount if kind == "succeeded" else 0,
        "metadata": {"orderId": str(payment.order_id)},
    }
    return an_event(f"payment_intent.{kind}", "payment_intent", **plain | fields)


def a_dispute_event(
    status: str, payment: Payment, dispute: str = "dp_1", **fields: object
) -> Event:
    """Return an event about a dispute of a payment, which has this status and name."""
    part = {"needs_response": "created", "warning_needs_response": "created"}.get(status)
    part = part or ("closed" if status in ("won", "lost", "warning_closed") else "updated")
    plain: Json = {
        "id": f"{dispute}_{payment.intent_id}",
        "status": status,
        "payment_intent": payment.intent_id,
        "amount": payment.amount,
        "currency": payment.currency,
        "reason": "fraudulent",
        "evidence_details": {"due_by": 1_900_000_000},
    }
    return an_event(f"charge.dispute.{part}", "dispute", **plain | fields)
