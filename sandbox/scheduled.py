"""Parts of a sandbox whose later steps and webhooks wait until a scheduler chooses them."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from sandbox.compact import Json
from sandbox.events import Delivery, Event, Source
from sandbox.store import Store
from sandbox.stripe_api.bank import Bank


class Later(NamedTuple):
    """A later step of the bank, at `moment` in Unix seconds."""

    moment: float
    act: Callable[[Bank, str], None]
    row_id: str


class Post:
    """Stored webhooks that are still to be delivered, oldest first.

    `subscriptions` are the types of events that are posted, by their source.
    """

    def __init__(self, store: Store, subscriptions: Mapping[Source, Collection[str]]) -> None:
        self._store = store
        self._subscriptions = subscriptions
        self.waiting: list[Event] = []

    def publish(self, event: Event) -> None:
        is_subscribed = event.type in self._subscriptions[Source(event.source)]
        event.state = Delivery.PENDING if is_subscribed else Delivery.UNWANTED
        self._store.save(event)
        if is_subscribed:
            self.waiting.append(event)

    def take(self, event: Event, state: Delivery) -> None:
        """Remove an event that has arrived or never will."""
        self.waiting.remove(event)
        event.state = state
        self._store.save_state(event)


class ScheduledBank(Bank):
    """A bank whose later steps are done when `do` is called."""

    def __init__(self, store: Store, post: Post, settle_seconds: float) -> None:
        super().__init__(store, post, settle_seconds)  # type: ignore[arg-type]
        self.later: list[Later] = []

    def at(self, moment: float, act: Callable[[Bank, str], None], row_id: str) -> None:
        self.later.append(Later(moment, act, row_id))

    def do(self, later: Later) -> None:
        self.later.remove(later)
        later.act(self, later.row_id)


def as_posted(event: Event) -> tuple[str, str, Json]:
    """Return the id, the type and the posted object: Stripe's, or the one in SendGrid's list."""
    body = json.loads(event.body)
    return event.id, event.type, body if event.source == Source.STRIPE else body[0]
