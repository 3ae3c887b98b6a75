"""The bank's view of all payments, which reconciliation and crash tests compare with ours."""

from collections import Counter, defaultdict

from sandbox.compact import Json
from sandbox.store import Store

REFUNDED_STATUSES = ("pending", "requires_action", "succeeded")


def ledger(store: Store) -> list[Json]:
    """Return an entry for each intent. Amounts are minor units.

    `creates` counts the create calls executed for the same orderId, `confirms` and `cancels` those
    executed on the intent. `refundIds` has the metadata.refundId of each refund. `disputed` is the
    amount withdrawn by open and lost disputes.
    """
    creates = Counter(intent.metadata.get("orderId") for intent in store.intents.values())
    refunded: Counter[str | None] = Counter()
    refund_ids: defaultdict[str, list[str]] = defaultdict(list)
    for refund in store.refunds.values():
        if key := refund.metadata.get("refundId"):
            refund_ids[refund.payment_intent].append(key)
        if refund.status in REFUNDED_STATUSES:
            refunded[refund.payment_intent] += refund.amount
    disputed: Counter[str] = Counter()
    for dispute in store.disputes.values():
        disputed[dispute.payment_intent] += dispute.withdrawn
    return [
        {
            "paymentIntent": intent.id,
            "orderId": (order := intent.metadata.get("orderId")),
            "referenceId": intent.metadata.get("referenceId"),
            "amount": intent.amount,
            "captured": intent.amount_received,
            "refunded": refunded[intent.id],
            "disputed": disputed[intent.id],
            "status": intent.status,
            "creates": creates[order] if order else 1,
            "confirms": intent.confirms,
            "cancels": intent.cancels,
            "refundIds": refund_ids[intent.id],
        }
        for intent in store.intents.values()
    ]
