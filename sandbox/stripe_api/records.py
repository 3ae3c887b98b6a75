"""What can only be read: /v1/charges and /v1/events."""

import json

from sandbox.compact import Json
from sandbox.events import Delivery, Event, Source
from sandbox.stripe_api.bank import find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import missing
from sandbox.stripe_api.lists import page
from sandbox.stripe_api.params import boolean, strings


class EventView:
    """An event as the API shows it: its body, with what became of its delivery since."""

    def __init__(self, event: Event) -> None:
        self.id = event.id
        self.created = event.created
        self._event = event

    def view(self) -> Json:
        seen: Json = json.loads(self._event.body)
        seen["pending_webhooks"] = int(self._event.undelivered)
        return seen


def retrieve_charge(call: Call) -> Json:
    return find(call.bank.store.charges, "charge", call.row).view()


def list_charges(call: Call) -> Json:
    intent = call.params.get("payment_intent")
    wanted = (
        charge
        for charge in reversed(call.bank.store.charges.values())
        if intent in (None, charge.payment_intent)
    )
    return page(call, wanted, "charge", also=("payment_intent", "customer"))


def retrieve_event(call: Call) -> Json:
    event = call.bank.store.events.get(call.row)
    if event is None or event.source != Source.STRIPE:
        raise missing("event", call.row)
    return EventView(event).view()


def list_events(call: Call) -> Json:
    """`delivery_success=false`: still pending, or never to arrive."""
    delivered = boolean(call.params, "delivery_success")
    kinds = set(strings(call.params, "types")) | {call.params.get("type")} - {None}
    store = call.bank.store
    rows = store.undelivered if delivered is False else store.events
    wanted = (
        EventView(event)
        for event in reversed(rows.values())
        if event.source == Source.STRIPE
        and (not kinds or event.type in kinds)
        and (delivered is None or delivered == (event.state == Delivery.DELIVERED))
        and (delivered is None or event.state != Delivery.UNWANTED)
    )
    return page(call, wanted, "event", also=("type", "types", "delivery_success"))
