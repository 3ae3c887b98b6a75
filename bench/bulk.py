"""A bulk job over 10,000 executions while 32 buyers buy: `python -m bench.bulk`.

The bar: it ends within a minute, and the buyers keep 80 % of their throughput.
"""

from bench.fill import Filler
from bench.growth import UNLIMITED
from bench.running_shop import RunningShop
from bench.shop import Figures
from launch.children import end_in_order
from launch.stack import Stack

ROWS = 10_000
SPAN = 10  # seconds of sales before and after the job
TITLE = f"a job of {ROWS} executions"
# Orders that the job delivers. Their emails wait, so that only the job is measured.
SHIP = """
    WITH shipped AS (
        UPDATE orders SET state = 'Shipped' WHERE state = 'Confirmed' RETURNING id
    )
    INSERT INTO shipment (order_id, carrier, tracking_number, shipped_at)
    SELECT id, 'DHL', 'J 1', now() FROM shipped
"""
PAUSE = """
    INSERT INTO pause (kind, name, reason, actor, paused_at)
    VALUES ('activity', 'emails.order_delivered', 'a measurement', 'bench', now())
"""
BEGIN = """
    WITH job AS (
        INSERT INTO bulk (id, version, created_at, updated_at, state, action, filters, options,
            reason, actor, total, changed, unchanged, refused)
        VALUES (gen_random_uuid(), 1, now(), now(), 'Running', 'machines.signal',
            '{"machine": "order", "state": "Shipped"}', '{"signal": "deliver"}', 'a measurement',
            'bench', %(rows)s, 0, 0, 0)
        RETURNING id
    ), history AS (
        INSERT INTO transition (subject_id, version, machine, signal, target, ignored, cause, at)
        SELECT id, 1, 'bulk', 'begin', 'Running', false, 'process', now() FROM job
    ), work AS (
        INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes,
            due_at, payload, created_at)
        SELECT gen_random_uuid(), 'bulk.work', 'bulk', id, 'pending', 0, 0, now(), '{}', now()
        FROM job
    )
    INSERT INTO bulk_result (bulk_id, subject_id, state)
    SELECT job.id, orders.id, 'waiting' FROM job, orders WHERE orders.state = 'Shipped'
"""
LEFT = "SELECT count(*) FROM bulk_result WHERE state = 'waiting'"


def measure(stack: Stack) -> Figures:
    """Measure a job beside the buyers of a running shop."""
    shop = RunningShop(stack)
    filler = Filler(stack.environment["DATABASE_URL"])
    filler.insert_finished(0, ROWS)
    filler.settle()
    filler.close()
    shop.database.execute(SHIP)
    shop.database.execute(PAUSE)
    return shop.disturb(TITLE, BEGIN.replace("%(rows)s", str(ROWS)), LEFT, SPAN)


if __name__ == "__main__":
    end_in_order()
    with Stack(environment=UNLIMITED) as running:
        for name, value in measure(running).items():
            print(f"{name}: {value:.1f}")
