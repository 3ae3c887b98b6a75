"""/v1/disputes: https://docs.stripe.com/api/disputes."""

from sandbox.compact import Json
from sandbox.rows.disputes import EVIDENCE, Dispute
from sandbox.stripe_api.bank import find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.chargebacks import decide, look_at
from sandbox.stripe_api.errors import StripeError, invalid
from sandbox.stripe_api.lists import page
from sandbox.stripe_api.params import allow, boolean, group, merge_metadata, text


def retrieve(call: Call) -> Json:
    return find(call.bank.store.disputes, "dispute", call.row, "dispute").view()


def list_all(call: Call) -> Json:
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    return page(
        call,
        reversed(call.bank.store.disputes.values()),
        "dispute",
        lambda row: charge in (None, row.charge) and intent in (None, row.payment_intent),
        also=("charge", "payment_intent"),
    )


def update(call: Call) -> Json:
    """Set the evidence, and submit it to the bank unless `submit` is false."""
    params = call.params
    allow(params, {"evidence", "submit", "metadata"})
    dispute = _still_open(call)
    evidence = _evidence(params)
    submit = boolean(params, "submit")
    dispute.metadata = merge_metadata(dispute.metadata, params)
    dispute.evidence |= evidence
    if submit or (submit is None and evidence):
        look_at(call.bank, dispute, call.cause)
        return dispute.view()
    call.bank.store.save(dispute)
    call.bank.publish("charge.dispute.updated", dispute.view(), call.cause)
    return dispute.view()


def close(call: Call) -> Json:
    """Accept the loss of a dispute."""
    allow(call.params, set())
    dispute = _still_open(call)
    decide(call.bank, dispute, "lost", call.cause)
    return dispute.view()


def _still_open(call: Call) -> Dispute:
    dispute = find(call.bank.store.disputes, "dispute", call.row, "dispute")
    if dispute.decided:
        raise StripeError("This dispute is already closed")
    return dispute


def _evidence(params: Json) -> dict[str, str | None]:
    evidence = group(params, "evidence") or {}
    for name in evidence:
        if name not in EVIDENCE:
            full = f"evidence[{name}]"
            raise invalid(f"Received unknown parameter: {full}", full, "parameter_unknown")
    return {name: text(evidence, name) for name in evidence}
