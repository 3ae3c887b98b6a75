"""Money at Stripe that belongs to no payment here.

A restored backup does not know the order, or another intent has paid it. A notice asks an operator,
who may return the money.
"""

from datetime import UTC, datetime
from uuid import UUID

from models.errors import NotFoundError
from models.money import display
from models.notice import NoticeKind, is_known, is_open, open_notice, settle
from state_machines.actions.reconcile import ensure_reconciliation
from state_machines.durable.unit_of_work import schedule
from state_machines.providers.stripe.intents import Intent
from state_machines.reconciliation import ReconciliationMachine

GIVE_BACK = "reconciliation.give_back"


def notify_unmatched(intent: Intent) -> bool:
    """Open a notice about an intent that was paid for an order, unless there has been one.

    Returns whether it is such an intent. Other users of the Stripe account name no order id.
    """
    order_id = intent.named_order
    if order_id is None or intent.received <= 0:
        return False
    if not is_known(intent.id, NoticeKind.UNMATCHED_PAYMENT):
        sentence = _sentence(intent, order_id)
        open_notice(None, NoticeKind.UNMATCHED_PAYMENT, sentence, subject=intent.id)
    return True


def request_return(intent_id: str) -> None:
    """Schedule a refund of all that is left of an unmatched intent.

    Stripe's answer settles the notice. Raises NotFoundError when no notice about it is open.
    """
    if not is_open(intent_id, NoticeKind.UNMATCHED_PAYMENT):
        raise NotFoundError(f"There is no open notice about {intent_id}")
    schedule(GIVE_BACK, ReconciliationMachine.name, ensure_reconciliation(), intent=intent_id)


def settle_returned(intent_id: str) -> None:
    """Settle the notice about an intent whose money was returned."""
    settle(intent_id, NoticeKind.UNMATCHED_PAYMENT)


def notify_not_returned(intent_id: str, error: Exception) -> None:
    """Write into the notice why the money of an intent was not returned."""
    sentence = f"{intent_id} could not be given back: {error}; see it in Stripe's dashboard"
    open_notice(None, NoticeKind.UNMATCHED_PAYMENT, sentence, subject=intent_id)


def _sentence(intent: Intent, order_id: UUID) -> str:
    created = datetime.fromtimestamp(intent.created, UTC)
    amount, since = display(intent.received, intent.currency), f"{created:%Y-%m-%d %H:%M} UTC"
    facts = [f"{amount} arrived with {intent.id}, created {since}"]
    facts.append(f"for order {order_id}, which is missing here or was paid by another intent")
    facts += [f"{name} {value}" for name, value in intent.metadata.items() if name != "orderId"]
    if intent.charge_id:
        facts.append(f"charge {intent.charge_id}")
    if intent.card:
        facts.append(f"{intent.card.brand} ending in {intent.card.last4}")
    return f"{', '.join(facts)}; to return it: payments return {intent.id} --reason ..."
