"""Read-only resources: /v1/charges and /v1/events."""

import json

from sandbox.compact import Json
from sandbox.events import Delivery, Event, Source
from sandbox.stripe_api.bank import find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import missing
from sandbox.stripe_api.lists import page
from sandbox.stripe_api.params import boolean, strings


class EventView:
    """An event as the API shows it: its body, with the current state of its delivery."""

    def __init__(self, event: Event) -> None:
        self.id = event.id
        self.created = event.created
        self.type = event.type
        self.state = event.state
        self._event = event

    def view(self) -> Json:
        seen: Json = json.loads(self._event.body)
        seen["pending_webhooks"] = int(self._event.undelivered)
        return seen


def retrieve_charge(call: Call) -> Json:
    return find(call.bank.store.charges, "charge", call.row).view()


def list_charges(call: Call) -> Json:
    intent = call.params.get("payment_intent")
    return page(
        call,
        reversed(call.bank.store.charges.values()),
        "charge",
        lambda row: intent in (None, row.payment_intent),
        also=("payment_intent", "customer"),
    )


def retrieve_event(call: Call) -> Json:
    event = call.bank.store.events.get(call.row)
    if event is None or event.source != Source.STRIPE:
        raise missing("event", call.row)
    return EventView(event).view()


def list_events(call: Call) -> Json:
    """List events; `delivery_success=false` selects pending and dropped ones."""
    delivered = boolean(call.params, "delivery_success")
    kinds = set(strings(call.params, "types")) | {call.params.get("type")} - {None}
    store = call.bank.store
    # The event at which a page begins may have been delivered since.
    paging = "starting_after" in call.params or "ending_before" in call.params
    rows = store.undelivered if delivered is False and not paging else store.events

    def is_selected(event: EventView) -> bool:
        if kinds and event.type not in kinds:
            return False
        return delivered is None or (
            event.state != Delivery.UNWANTED and delivered == (event.state == Delivery.DELIVERED)
        )

    events = (
        EventView(event) for event in reversed(rows.values()) if event.source == Source.STRIPE
    )
    return page(call, events, "event", is_selected, also=("type", "types", "delivery_success"))
