"""The refusal of Stripe's events from another account, from the future, or of another form."""

from datetime import timedelta
from typing import Any

from models.clock import now
from models.notice import NoticeKind, open_notice
from state_machines.durable.base.handling import NotOursError

# Tolerance for clocks that differ. An event's age needs no limit: the end of a payment is verified
# by a call.
MAX_AHEAD = timedelta(seconds=300)
# Events without the object that they are about.
# Source: https://docs.stripe.com/event-destinations#thin-events
THIN = "v2.core.event"


def refuse_foreign_event(kind: str, event: dict[str, Any]) -> None:
    """Raise NotOursError for an event that is stored without changing anything."""
    if event.get("object") == THIN:
        sentence = (
            f"Stripe sends {kind} as a thin event, which is not read: end that destination in its"
            " dashboard, and check the one that is read with `stripe endpoint`"
        )
        open_notice(None, NoticeKind.UNREAD_EVENT, sentence, subject=kind)
        raise NotOursError(f"{kind} is a thin event")
    if account := event.get("account"):
        raise NotOursError(f"{kind} belongs to another account, {account}")
    created = event.get("created")
    if isinstance(created, int) and created > (now() + MAX_AHEAD).timestamp():
        raise NotOursError(f"{kind} was created in the future: {created}")
