"""Money at Stripe that belongs to no payment here: a restored backup does not know the order, or
the order has been paid by another intent. It is put before a person, who may give it back.
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
    """Raise a notice about an intent that was paid for an order, unless there has been one; whether
    it is such an intent. Those of others who use the same account name no order of this kind.
    """
    order_id = intent.named_order
    if order_id is None or intent.received <= 0:
        return False
    if not is_known(intent.id, NoticeKind.UNMATCHED_PAYMENT):
        sentence = _sentence(intent, order_id)
        open_notice(None, NoticeKind.UNMATCHED_PAYMENT, sentence, subject=intent.id)
    return True


def give_back(intent_id: str) -> None:
    """Have all that is left of such an intent refunded; the notice is settled by the answer.

    Raises NotFoundError when there is no open notice about it.
    """
    if not is_open(intent_id, NoticeKind.UNMATCHED_PAYMENT):
        raise NotFoundError(f"there is no open notice about {intent_id}")
    schedule(GIVE_BACK, ReconciliationMachine.name, ensure_reconciliation(), intent=intent_id)


def settle_returned(intent_id: str) -> None:
    """It went back: nobody needs to look at it any more."""
    settle(intent_id, NoticeKind.UNMATCHED_PAYMENT)


def notify_not_returned(intent_id: str, error: Exception) -> None:
    """It did not go back: the notice says why."""
    sentence = f"{intent_id} could not be given back: {error}; see it in Stripe's dashboard"
    open_notice(None, NoticeKind.UNMATCHED_PAYMENT, sentence, subject=intent_id)


def _sentence(intent: Intent, order_id: UUID) -> str:
    created = datetime.fromtimestamp(intent.created, UTC)
    amount, since = display(intent.received, intent.currency), f"{created:%Y-%m-%d %H:%M} UTC"
    known = [f"{amount} came by {intent.id} of {since}"]
    known.append(f"for order {order_id}, which is not here or was paid otherwise")
    known += [f"{name} {value}" for name, value in intent.metadata.items() if name != "orderId"]
    if intent.charge_id:
        known.append(f"charge {intent.charge_id}")
    if intent.card:
        known.append(f"{intent.card.brand} ending in {intent.card.last4}")
    return f"{', '.join(known)}; payments return {intent.id} gives it back"
