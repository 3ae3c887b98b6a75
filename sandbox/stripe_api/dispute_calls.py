"""/v1/disputes: https://docs.stripe.com/api/disputes, and how a test decides one:
https://docs.stripe.com/testing#disputes.
"""

import time

from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.stripe_api.bank import Bank, Cause, find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.cards import BY_TOKEN
from sandbox.stripe_api.disputes import INQUIRY, Dispute
from sandbox.stripe_api.errors import StripeError
from sandbox.stripe_api.lists import page
from sandbox.stripe_api.params import allow, boolean, group

EVIDENCE_DAYS = 9
# What `evidence[uncategorized_text]` says decides it.
DECIDING = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_dispute(bank: Bank, charge_id: str) -> None:
    """The customer's bank asks for the money of a charge."""
    charge = bank.store.charges[charge_id]
    method = bank.store.methods[charge.method["id"]]
    disputing = BY_TOKEN[method.token].disputing
    if disputing is None or charge.disputed:
        return
    at = int(time.time())
    dispute = Dispute(
        new_id("dp"),
        charge.amount,
        charge.currency,
        at,
        charge.id,
        charge.payment_intent,
        disputing.reason,
        disputing.status,
        at + EVIDENCE_DAYS * 24 * 3600,
    )
    charge.disputed = True
    bank.store.save(charge)
    bank.store.save(dispute)
    bank.tell("charge.dispute.created", dispute.view(), Cause())
    if dispute.withdrawn:
        bank.tell("charge.dispute.funds_withdrawn", dispute.view(), Cause())


def retrieve(call: Call) -> Json:
    return find(call.bank.store.disputes, "dispute", call.row, "dispute").view()


def list_all(call: Call) -> Json:
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    wanted = (
        dispute
        for dispute in reversed(call.bank.store.disputes.values())
        if charge in (None, dispute.charge) and intent in (None, dispute.payment_intent)
    )
    return page(call, wanted, "dispute", also=("charge", "payment_intent"))


def update(call: Call) -> Json:
    """Give evidence; with `submit`, which is the default, the bank looks at it."""
    allow(call.params, {"evidence", "submit", "metadata"})
    dispute = _open(call)
    evidence = group(call.params, "evidence") or {}
    dispute.evidence |= {name: str(said) for name, said in evidence.items()}
    call.bank.store.save(dispute)
    if boolean(call.params, "submit") is False:
        call.bank.tell("charge.dispute.updated", dispute.view(), call.cause)
        return dispute.view()
    dispute.submissions += 1
    outcome = DECIDING.get(dispute.evidence.get("uncategorized_text", ""))
    if outcome is None:
        return _move(call, dispute, "warning_under_review" if dispute.inquiry else "under_review")
    return _decide(call, dispute, outcome)


def close(call: Call) -> Json:
    """Accept that the money is lost."""
    allow(call.params, set())
    return _decide(call, _open(call), "lost")


def _open(call: Call) -> Dispute:
    dispute = find(call.bank.store.disputes, "dispute", call.row, "dispute")
    if dispute.decided:
        raise StripeError("This dispute is already closed.", code="dispute_closed")
    return dispute


def _decide(call: Call, dispute: Dispute, outcome: str) -> Json:
    reinstated = outcome == "won" and dispute.withdrawn
    if dispute.inquiry:
        outcome = f"{INQUIRY}closed"
    dispute.status = outcome
    call.bank.store.save(dispute)
    if reinstated:
        call.bank.tell("charge.dispute.funds_reinstated", dispute.view(), call.cause)
    call.bank.tell("charge.dispute.closed", dispute.view(), call.cause)
    return dispute.view()


def _move(call: Call, dispute: Dispute, status: str) -> Json:
    dispute.status = status
    call.bank.store.save(dispute)
    call.bank.tell("charge.dispute.updated", dispute.view(), call.cause)
    return dispute.view()
