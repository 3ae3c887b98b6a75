"""Gauges of the shop: notices, money, and the way from Stripe's event to the confirmed order."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, text

from config import settings
from exporter import gauges
from exporter.gauges import MAX_COUNT
from exporter.groups import Sample
from models import Dispute, NoticeKind, Payment, PaymentState, Refund
from models.base import db
from models.clock import now
from models.dispute import DisputeState
from models.ids import first_of
from models.refund import ACTIVE

# The bank has taken the money back, or may still do so.
DISPUTED = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST)
NOTICES = text("""
SELECT kind, count(*) AS number FROM (SELECT kind FROM notice WHERE settled_at IS NULL
    ORDER BY subject, kind LIMIT :limit) AS open GROUP BY kind
""")
RECENT = timedelta(minutes=5)
MAX_CONFIRMED = 200
CONFIRMED = text("""
SELECT count(*) AS number, coalesce(max(lag), 0) AS longest, coalesce(avg(lag), 0) AS mean
FROM (SELECT subject_id, at FROM transition
    WHERE at > :since AND machine = 'order' AND target = 'Confirmed' AND NOT ignored
    ORDER BY at DESC LIMIT :limit) AS confirmed
LEFT JOIN LATERAL (SELECT extract(epoch FROM confirmed.at - min(received_at)) AS lag FROM signal
    WHERE signal.subject_id = confirmed.subject_id
        AND kind = 'payment_intent.succeeded') AS event ON true
""")


def load_notices() -> Iterator[Sample]:
    """Yield the number of open notices of each kind."""
    rows = db.session.execute(NOTICES, {"limit": MAX_COUNT})
    numbers = {row.kind: row.number for row in rows}
    for kind in NoticeKind:
        yield gauges.NOTICES_OPEN, (kind.value,), numbers.get(kind.value, 0)


def load_confirmations() -> Iterator[Sample]:
    """Yield the time from Stripe's event to the confirmation of the newest orders."""
    limits = {"since": now() - RECENT, "limit": MAX_CONFIRMED}
    row = db.session.execute(CONFIRMED, limits).one()
    yield gauges.CONFIRMED, (), row.number
    # A poll may confirm an order before its event comes.
    yield gauges.CONFIRMATION_MAX, (), max(float(row.longest), 0)
    yield gauges.CONFIRMATION_MEAN, (), max(float(row.mean), 0)


def load_money() -> Iterator[Sample]:
    """Yield the money of today. Ids sort by time: today's rows are the last of their tables."""
    first = first_of(now().replace(hour=0, minute=0, second=0, microsecond=0))
    captured_in = func.coalesce(Payment.captured_currency, Payment.currency)
    flows = {
        "captured": _sum(
            Payment.captured,
            captured_in,
            Payment.id >= first,
            Payment.state == PaymentState.SUCCESS,
        ),
        "refunded": _sum(
            Refund.amount, Refund.currency, Refund.id >= first, Refund.state.in_(ACTIVE)
        ),
        "disputed": _sum(
            Dispute.amount, Dispute.currency, Dispute.id >= first, Dispute.state.in_(DISPUTED)
        ),
    }
    usual = {cost.partition(":")[0].strip().lower() for cost in settings.shipping_costs}
    for flow, amounts in flows.items():
        for currency in sorted({*usual, *amounts}):
            yield gauges.MONEY, (flow, currency), amounts.get(currency, 0)


def _sum(amount: Any, currency: Any, *conditions: ColumnElement[bool]) -> dict[str, int]:
    query = select(currency, func.sum(amount)).where(*conditions).group_by(currency)
    return {name: int(total) for name, total in db.session.execute(query)}
