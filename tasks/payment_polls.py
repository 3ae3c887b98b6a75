"""The poll of a payment: the same call as after an event, but nobody waits for it."""

from state_machines.durable import Priority
from tasks.payments import RetrieveIntent


class PollIntent(RetrieveIntent):
    """Retrieves the intent of a payment of which no event has come for a while."""

    name = "payments.poll_intent"
    priority = Priority.BACKGROUND
