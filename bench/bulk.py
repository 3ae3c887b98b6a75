"""Bulk jobs over 10,000 rows while 32 buyers buy: `python -m bench.bulk [--quick]`.

The bar: a job ends within a minute, and the buyers keep 80 % of their throughput.
"""

import sys

from bench.fill import Filler
from bench.growth import UNLIMITED, add
from bench.running_shop import RunningShop
from bench.shop import Figures
from launch.children import end_in_order
from launch.stack import Stack

ROWS, SPAN = 10_000, 10.0  # seconds of sales before and after a job
QUICK = (500, 6.0)
# Orders with an email that failed. The calls that the jobs make due are paused, so that only the
# jobs are measured.
PREPARE = """
    INSERT INTO pause (kind, name, reason, actor, paused_at)
    SELECT 'activity', name, 'a measurement', 'bench', now()
    FROM unnest(ARRAY['emails.order_shipped', 'emails.order_delivered']) AS name;
    WITH shipped AS (
        UPDATE orders SET state = 'Shipped' WHERE state = 'Confirmed' RETURNING id
    ), parcels AS (
        INSERT INTO shipment (order_id, carrier, tracking_number, shipped_at)
        SELECT id, 'DHL', 'J 1', now() FROM shipped
    )
    INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
        payload, created_at, finished_at, last_error)
    SELECT gen_random_uuid(), 'emails.order_shipped', 'order', id, 'failed', 160, 0, now(), '{}',
        now(), now(), 'SendGrid: 503'
    FROM shipped;
"""
# A job over all rows of a table that match.
BEGIN = """
    WITH job AS (
        INSERT INTO bulk (id, version, created_at, updated_at, state, action, filters, options,
            reason, actor, total, changed, unchanged, refused)
        SELECT gen_random_uuid(), 1, now(), now(), 'Running', '{action}', '{filters}', '{options}',
            'a measurement', 'bench', count(*), 0, 0, 0
        FROM {rows}
        RETURNING id
    ), history AS (
        INSERT INTO transition (subject_id, version, machine, signal, target, ignored, cause, at)
        SELECT id, 1, 'bulk', 'begin', 'Running', false, 'process', now() FROM job
    ), work AS (
        INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes,
            due_at, payload, created_at)
        SELECT gen_random_uuid(), 'bulk.work', 'bulk', id, 'pending', 0, 0, now(), '{{}}', now()
        FROM job
    )
    INSERT INTO bulk_result (bulk_id, subject_id, state)
    SELECT job.id, row.id, 'waiting' FROM job, (SELECT id FROM {rows}) AS row
"""
RETRY = {
    "action": "activities.retry",
    "filters": '{"name": "emails.order_shipped"}',
    "options": "{}",
    "rows": "activity WHERE name = 'emails.order_shipped' AND state = 'failed'",
}
DELIVER = {
    "action": "machines.signal",
    "filters": '{"machine": "order", "state": "Shipped"}',
    "options": '{"signal": "deliver"}',
    "rows": "orders WHERE state = 'Shipped'",
}
LEFT = "SELECT count(*) FROM bulk_result WHERE state = 'waiting'"


def measure(stack: Stack, rows: int = ROWS, span: float = SPAN) -> Figures:
    """Measure a job of retries, and one of signals, beside the buyers of a running shop."""
    shop = RunningShop(stack)
    filler = Filler(stack.environment["DATABASE_URL"])
    filler.insert_finished(0, rows)
    filler.execute(PREPARE)
    filler.settle()
    filler.close()
    figures: Figures = {}
    for title, job in ((f"a job of {rows} retries", RETRY), (f"a job of {rows} signals", DELIVER)):
        add(figures, shop.disturb(title, BEGIN.format(**job), LEFT, span))
    return figures


if __name__ == "__main__":
    end_in_order()
    with Stack(environment=UNLIMITED) as running:
        measure(running, *QUICK) if "--quick" in sys.argv else measure(running)
