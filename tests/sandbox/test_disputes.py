"""Tests of the sandbox's disputes."""

from typing import Any

import pytest
import stripe

from tests.support.sandbox import Receiver, Sandbox, eventually


def disputed(sandbox: Sandbox, card: str) -> Any:
    """Return the dispute of a payment with this card, once it exists."""
    intent = sandbox.paid_intent(card)
    disputes = sandbox.client.v1.disputes
    assert eventually(lambda: disputes.list({"payment_intent": intent.id}).data)
    return disputes.list({"payment_intent": intent.id}).data[0]


@pytest.mark.parametrize(
    ("text", "end"), [("winning_evidence", "won"), ("losing_evidence", "lost")]
)
def test_evidence_decides_a_dispute(
    reporting: Sandbox, listener: Receiver, text: str, end: str
) -> None:
    dispute = disputed(reporting, "pm_card_createDispute")
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response",
        "fraudulent",
        2000,
    )
    assert dispute.evidence_details.due_by > dispute.created
    assert reporting.client.v1.charges.retrieve(dispute.charge).disputed

    evidence: Any = {"evidence": {"uncategorized_text": text}}
    assert reporting.client.v1.disputes.update(dispute.id, evidence).status == "under_review"
    assert eventually(lambda: "charge.dispute.closed" in listener.types(dispute.payment_intent))
    assert reporting.client.v1.disputes.retrieve(dispute.id).status == end
    kinds = set(listener.types(dispute.payment_intent))
    assert {"charge.dispute.created", "charge.dispute.funds_withdrawn"} <= kinds
    assert ("charge.dispute.funds_reinstated" in kinds) == (end == "won")
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        reporting.client.v1.disputes.close(dispute.id)


def test_other_evidence_is_reviewed(reporting: Sandbox) -> None:
    dispute = disputed(reporting, "pm_card_createDisputeProductNotReceived")
    disputes = reporting.client.v1.disputes
    draft: Any = {"evidence": {"shipping_carrier": "DHL"}, "submit": False}
    assert disputes.update(dispute.id, draft).status == "needs_response"
    looked_at: Any = disputes.update(dispute.id, {"submit": True})
    assert (looked_at.status, looked_at.evidence_details.submission_count) == ("under_review", 1)
    assert disputes.retrieve(dispute.id).evidence.shipping_carrier == "DHL"
    nonsense: Any = {"evidence": {"carrier": "DHL"}}
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: evidence"):
        disputes.update(dispute.id, nonsense)


def test_a_withdrawn_payment_cannot_be_refunded(reporting: Sandbox) -> None:
    dispute = disputed(reporting, "pm_card_createDispute")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        reporting.client.v1.refunds.create({"charge": dispute.charge})
    assert refused.value.code == "charge_disputed"
    assert reporting.client.v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        reporting.client.v1.refunds.create({"charge": dispute.charge})


def test_an_inquiry_withdraws_nothing(reporting: Sandbox) -> None:
    dispute = disputed(reporting, "pm_card_createDisputeInquiry")
    assert dispute.status == "warning_needs_response"
    assert dispute.balance_transactions == []
    assert reporting.client.v1.refunds.create({"charge": dispute.charge}).status == "succeeded"
    closed = reporting.client.v1.disputes.retrieve(dispute.id)
    assert closed.status == "warning_closed", "there is nothing left to ask for"


def test_an_inquiry_can_become_a_dispute(reporting: Sandbox) -> None:
    dispute = disputed(reporting, "pm_card_createDisputeInquiry")
    disputes = reporting.client.v1.disputes
    evidence: Any = {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}}
    assert disputes.update(dispute.id, evidence).status == "warning_under_review"
    assert eventually(lambda: disputes.retrieve(dispute.id).status == "needs_response")
    (withdrawal,) = disputes.retrieve(dispute.id).balance_transactions
    assert (withdrawal.amount, withdrawal.fee) == (-2000, 1500)


def test_disputes_outlive_a_restart(sandbox: Sandbox) -> None:
    dispute = disputed(sandbox, "pm_card_createDispute")
    sandbox.end(kill=True)
    sandbox.start()
    assert sandbox.client.v1.disputes.retrieve(dispute.id).status == "needs_response"
