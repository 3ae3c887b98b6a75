"""Stripe's events that are not for us: of another account, of the future, or of another form."""

from datetime import timedelta
from typing import Any

from models.clock import now
from models.notice import NoticeKind, open_notice
from state_machines.durable.handler import NotOursError

# An event may be so far ahead of our clock. How old it is does not matter: what ends a payment is
# asked for again.
AHEAD = timedelta(seconds=300)
# Events without the object that they are about.
# Source: https://docs.stripe.com/event-destinations#thin-events
THIN = "v2.core.event"


def refuse_strangers(kind: str, event: dict[str, Any]) -> None:
    """Raises NotOursError for events that are kept, and change nothing."""
    if event.get("object") == THIN:
        sentence = (
            f"Stripe sends {kind} as a thin event, which is not read: end that destination in its"
            " dashboard, and check the one that is read with `stripe endpoint`"
        )
        open_notice(None, NoticeKind.UNREAD_EVENT, sentence, subject=kind)
        raise NotOursError(f"{kind} is a thin event")
    if account := event.get("account"):
        raise NotOursError(f"{kind} is of the account {account}, and not of our own")
    created = event.get("created")
    if isinstance(created, int) and created > (now() + AHEAD).timestamp():
        raise NotOursError(f"{kind} is of the future: {created}")
