"""Tests of malformed events: each ends at once, applied or stored with a reason.

None is retried for twenty minutes, and none stops another.
"""

import copy
from collections.abc import Iterator
from typing import Any

from models import SignalState
from state_machines.durable import inbox
from tests.support.shop import Shop
from tests.support.stripe import (
    Event,
    Stripe,
    a_dispute_event,
    an_event,
    an_intent_event,
    deliver,
)

CARD = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
CHARGE = {"id": "ch_1", "payment_method_details": {"card": CARD}, "amount_refunded": 100}
VOUCHER = {"type": "oxxo", "oxxo": {"expires_after": 1_900_000_000}}
WARNING = "radar.early_fraud_warning"
ODD: tuple[Any, ...] = (None, 0, -1, 1.5, 2**31, 10**30, True, "", "\x00", "x" * 3000, [{}], {})


def paths(part: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths to all values that are not objects."""
    if not isinstance(part, dict):
        yield before
        return
    for name, value in part.items():
        yield from paths(value, (*before, name))


def changed(event: Event, path: tuple[str, ...], value: object) -> Event:
    event = copy.deepcopy(event)
    about = event["data"]["object"]
    if about["object"] in ("refund", "dispute"):
        # Each is the first event of its refund or dispute, and inserts a row.
        about["id"] = f"{'.'.join(path)} {value!r}"
    part = event
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return event


def test_a_malformed_field_never_delays_an_event(till: Shop, bank: Stripe) -> None:
    payment = till.payment(till.initiated())
    mine = {"payment_intent": payment.intent_id}
    lost = {"id": "pi_beside", "created": 1_700_000_000}
    back = {"amount": 100, "currency": "usd", "status": "succeeded", "metadata": {"refundId": ""}}
    about = {"id": "issfr_1", "actionable": True, "fraud_type": "misc"}
    events = (
        an_intent_event("succeeded", payment, latest_charge=CHARGE),
        an_intent_event("succeeded", payment, **lost),
        an_intent_event("requires_action", payment, next_action=VOUCHER),
        an_intent_event("payment_failed", payment, last_payment_error={"code": "card_declined"}),
        an_event("charge.succeeded", "charge", **CHARGE, **mine),
        an_event("charge.refunded", "charge", **CHARGE, **mine),
        an_event("refund.updated", "refund", reason="no", failure_reason="no", **back, **mine),
        a_dispute_event("needs_response", payment),
        an_event("review.opened", "review", open=True, reason="rule", **mine),
        an_event(f"{WARNING}.created", WARNING, **about, **mine),
    )
    odd = [
        (f"evt_{number}_{'.'.join(path)}_{value!r}", changed(event, path, value))
        for number, event in enumerate(events)
        for path in paths(event)
        if path not in (("id",), ("type",))
        for value in ODD
    ]
    assert len(odd) > 300
    ends = {key: inbox.receive("stripe", key, event["type"], event) for key, event in odd}
    assert [key for key, state in ends.items() if state in (SignalState.STORED, None)] == []
    assert deliver(events[0]) == [SignalState.APPLIED]
