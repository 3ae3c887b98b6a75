"""Disputes by the customer's bank: inquiries, withdrawals and decisions, each after a while.

The evidence that decides is Stripe's: https://docs.stripe.com/testing#evidence. As there, the
decision comes some time after the evidence.
"""

from sandbox import clock
from sandbox.cards import Disputing
from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.rows.charges import Charge
from sandbox.rows.disputes import INQUIRY, Dispute
from sandbox.stripe_api.bank import Bank, Cause

EVIDENCE_SECONDS = 9 * 24 * 3600
# Minor units; never returned.
FEE = 1500
# Values of `evidence[uncategorized_text]`.
DECIDING = {"winning_evidence": "won", "losing_evidence": "lost"}
ESCALATING = "escalate_inquiry_evidence"
ITSELF = Cause()


def expect_dispute(bank: Bank, charge: Charge) -> None:
    """Schedule the dispute of a paid charge, if its test card is a disputing one."""
    if charge.status == "succeeded" and not charge.disputed and _disputing(bank, charge):
        bank.at(clock.now() + bank.settle_seconds, open_dispute, charge.id)


def open_dispute(bank: Bank, charge_id: str) -> None:
    charge = bank.store.charges[charge_id]
    disputing = _disputing(bank, charge)
    if disputing is None:
        return
    now = int(clock.now())
    dispute = Dispute(
        new_id("dp"),
        charge.amount,
        charge.currency,
        now,
        charge.id,
        charge.payment_intent,
        disputing.reason,
        disputing.status,
        now + EVIDENCE_SECONDS,
    )
    charge.disputed = True
    bank.store.save(charge)
    if not dispute.inquiry:
        _move(dispute, -dispute.amount, FEE)
    bank.store.save(dispute)
    bank.publish("charge.dispute.created", dispute.view(), ITSELF)
    if dispute.withdrawn:
        bank.publish("charge.dispute.funds_withdrawn", dispute.view(), ITSELF)


def look_at(bank: Bank, dispute: Dispute, cause: Cause) -> None:
    """Schedule the decision on submitted evidence. Most evidence is never decided on."""
    dispute.submissions += 1
    dispute.status = f"{INQUIRY}under_review" if dispute.inquiry else "under_review"
    if dispute.evidence.get("uncategorized_text") in (*DECIDING, ESCALATING):
        dispute.settles_at = clock.now() + bank.settle_seconds
        bank.at(dispute.settles_at, settle, dispute.id)
    bank.store.save(dispute)
    bank.publish("charge.dispute.updated", dispute.view(), cause)


def settle(bank: Bank, dispute_id: str) -> None:
    """Decide on the evidence, unless the dispute was closed meanwhile."""
    dispute = bank.store.disputes[dispute_id]
    statement = dispute.evidence.get("uncategorized_text") or ""
    if dispute.decided:
        return
    if statement in DECIDING:
        decide(bank, dispute, DECIDING[statement], ITSELF)
    elif dispute.inquiry and statement == ESCALATING:
        _escalate(bank, dispute)


def decide(bank: Bank, dispute: Dispute, outcome: str, cause: Cause) -> None:
    """Decide a dispute: `outcome` is won, lost or prevented, and replaces an earlier decision.

    An inquiry is closed with any outcome.
    """
    reinstated = outcome != "lost" and dispute.withdrawn > 0
    dispute.status = f"{INQUIRY}closed" if dispute.inquiry else outcome
    dispute.settles_at = None
    if reinstated:
        _move(dispute, dispute.amount, 0)
    elif dispute.status == "lost" and not dispute.withdrawn:
        _move(dispute, -dispute.amount, 0)
    bank.store.save(dispute)
    if reinstated:
        bank.publish("charge.dispute.funds_reinstated", dispute.view(), cause)
    bank.publish("charge.dispute.closed", dispute.view(), cause)


def close_inquiries(bank: Bank, charge: Charge, cause: Cause) -> None:
    """Close the inquiries about a charge that was refunded in full."""
    for dispute in bank.store.disputes_of(charge):
        if dispute.inquiry and not dispute.decided:
            decide(bank, dispute, "lost", cause)


def _escalate(bank: Bank, dispute: Dispute) -> None:
    dispute.status = "needs_response"
    dispute.settles_at = None
    dispute.due_by = int(clock.now()) + EVIDENCE_SECONDS
    _move(dispute, -dispute.amount, FEE)
    bank.store.save(dispute)
    bank.publish("charge.dispute.updated", dispute.view(), ITSELF)
    bank.publish("charge.dispute.funds_withdrawn", dispute.view(), ITSELF)


def _disputing(bank: Bank, charge: Charge) -> Disputing | None:
    return bank.store.methods[charge.method["id"]].test.disputing


def _move(dispute: Dispute, amount: int, fee: int) -> None:
    """Record a movement of money; a negative amount leaves the shop's account."""
    what = "withdrawal" if amount < 0 else "reversal"
    now = int(clock.now())
    moved: Json = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now,
        "balance_type": "payments",
        "created": now,
        "currency": dispute.currency,
        "description": f"Chargeback {what} for {dispute.charge}",
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [_fee(fee, dispute.currency)] if fee else [],
        "net": amount - fee,
        "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
        "source": dispute.id,
        "status": "available",
        "type": "adjustment",
    }
    dispute.transactions.append(moved)


def _fee(amount: int, currency: str) -> Json:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": "Dispute fee",
        "type": "stripe_fee",
    }
