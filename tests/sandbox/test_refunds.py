"""Tests of the sandbox's refunds: partial, slow and failed ones."""

import pytest
import stripe

from tests.support.sandbox import Receiver, Sandbox, eventually


def test_refunds_in_parts_up_to_the_amount(reporting: Sandbox, listener: Receiver) -> None:
    paid = reporting.paid_intent()
    refunds = reporting.client.v1.refunds

    part = refunds.create({"payment_intent": paid.id, "amount": 500, "metadata": {"r": "1"}})
    assert (part.status, part.amount) == ("succeeded", 500)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as much:
        refunds.create({"payment_intent": paid.id, "amount": 1501})
    assert much.value.param == "amount"
    rest = refunds.create({"charge": str(paid.latest_charge)})
    assert rest.amount == 1500
    with pytest.raises(stripe.InvalidRequestError) as again:
        refunds.create({"payment_intent": paid.id})
    assert again.value.code == "charge_already_refunded"

    charge = reporting.client.v1.charges.retrieve(str(paid.latest_charge))
    assert (charge.refunded, charge.amount_refunded) == (True, 2000)
    assert reporting.ledger()[paid.id]["refunded"] == 2000
    listed = refunds.list({"payment_intent": paid.id}).data
    assert [refund.id for refund in listed] == [rest.id, part.id]
    assert refunds.retrieve(part.id).to_dict()["metadata"] == {"r": "1"}
    assert eventually(lambda: listener.types(paid.id).count("charge.refunded") == 2)


def test_nothing_to_refund_before_payment(shared: Sandbox) -> None:
    intent = shared.new_intent()
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shared.client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        shared.client.v1.refunds.create({"payment_intent": "pi_x"})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        shared.client.v1.refunds.create({"amount": 5})


def test_a_refund_that_fails_later_returns_the_money(
    reporting: Sandbox, listener: Receiver
) -> None:
    paid = reporting.paid_intent("pm_card_refundFail")
    refund = reporting.client.v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "succeeded"

    def failures() -> list[str]:
        events = [event for event in listener.events() if event["type"] == "refund.failed"]
        return [event["data"]["object"]["id"] for event in events]

    assert eventually(lambda: refund.id in failures())
    assert reporting.client.v1.refunds.retrieve(refund.id).status == "failed"
    assert reporting.ledger()[paid.id]["refunded"] == 0


def test_a_refund_is_pending_at_first(reporting: Sandbox, listener: Receiver) -> None:
    paid = reporting.paid_intent("pm_card_pendingRefund")
    refund = reporting.client.v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "pending"
    assert eventually(lambda: "refund.updated" in listener.types(paid.id))
    assert reporting.client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_waits_for_the_customer_until_it_is_cancelled(reporting: Sandbox) -> None:
    paid = reporting.paid_intent("pm_sandbox_refundRequiresAction")
    refunds = reporting.client.v1.refunds
    refund = refunds.create({"payment_intent": paid.id})
    assert refund.status == "requires_action"
    cancelled = refunds.cancel(refund.id)
    assert (cancelled.status, cancelled.failure_reason) == ("canceled", "merchant_request")
    assert reporting.ledger()[paid.id]["refunded"] == 0
    with pytest.raises(stripe.InvalidRequestError, match="unsupported"):
        refunds.cancel(refund.id)
    assert refunds.create({"payment_intent": paid.id}).amount == 2000
