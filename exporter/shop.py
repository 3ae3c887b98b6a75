"""Gauges of the shop: notices, and the way from Stripe's event to the confirmed order."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text

from exporter import gauges
from exporter.gauges import MAX_COUNT
from exporter.groups import Sample
from models import NoticeKind
from models.base import db
from models.clock import now

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
