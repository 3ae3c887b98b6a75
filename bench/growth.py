"""`python -m bench.growth [--quick | --backlogs]`: compare a large shop with an empty one.

The two shops take turns, so that other programs on the machine disturb both alike; the medians of
the rounds are compared. Then very much falls due at once in the large one. With `--backlogs` only
that is measured, in ten minutes at most.
"""

import statistics
import sys
from collections.abc import Sequence

from bench.fill import Filler, append_to_row_log
from bench.running_shop import UNDER_WAY, RunningShop, Sold
from bench.shop import Figures
from launch.stack import Stack
from models.clock import tick
from sandbox.app import ROW_LOG_FILE

# No limits for customers and for load; no database or Redis of the environment.
UNLIMITED = {
    "LOGIN_LIMIT": "100000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "100000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
    # Tables are filled with old activities, and buyers order without a pause.
    "SHED_QUEUE": "0",
    "ORDERS_AT_ONCE": "1000",
    "DATABASE_URL": "",
    "REDIS_URL": "",
}
SIZES = (10_000, 1_000_000, 10_000_000)  # finished orders
WAITING = 100_000  # unpaid orders
SPAN, ROUNDS = 12.0, 3  # seconds of a round
QUICK = ((1000, 2000), 500, 3.0, 1)
MAX_LOST = 10_000  # the LIMIT of LOSE
# Activities of workers that do not exist.
LOSE = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
    token, payload, created_at)
SELECT gen_random_uuid(), 'payments.retrieve_intent', 'payment', id, 'running', 1, 0, now(),
    gen_random_uuid(), '{"lost": true}', now()
FROM payment WHERE deadline_at > now() + interval '12 h' LIMIT 10000
"""
# The buyers' payments have activities of the same name, without the mark.
STILL_LOST = UNDER_WAY + " AND payload ? 'lost'"
# The filled orders are older than those of buyers. Deadlines do not tell them apart: retrieving an
# intent sets a new one.
MAKE_DUE = """
UPDATE payment SET deadline_at = now()
WHERE state = 'Initiated' AND created_at < now() - interval '1 h'
"""
STILL_DUE = "SELECT count(*) FROM payment WHERE deadline_at <= now() AND state = 'Initiated'"
DATABASE_SIZE = "SELECT pg_database_size(current_database()) / 1e6"


def measure(
    sizes: Sequence[int] = SIZES, waiting: int = WAITING, span: float = SPAN, rounds: int = ROUNDS
) -> Figures:
    """Measure each size, then the backlogs. Figures are named by the content of the tables."""
    with Stack(environment=UNLIMITED) as first, Stack(environment=UNLIMITED) as second:
        small, large = RunningShop(first), RunningShop(second)
        filler = Filler(large.stack.environment["DATABASE_URL"])
        figures: Figures = {}
        for size_before, size in zip([0, *sizes], sizes, strict=False):
            start = tick()
            filler.insert_finished(size_before, size)
            filler.settle()
            add(figures, {f"{size} orders: filled in, s": tick() - start})
            add(figures, compare(small, large, f"{size} orders", span, rounds))
        insert_waiting(large, filler, waiting)
        add(figures, compare(small, large, f"and {waiting} waiting", span, rounds))
        add(figures, disturb(large, waiting, span))
        filler.close()
    return figures


def measure_backlogs(waiting: int = WAITING, span: float = SPAN) -> Figures:
    """Measure the backlogs alone, beside the smallest number of finished orders."""
    with Stack(environment=UNLIMITED) as stack:
        shop = RunningShop(stack)
        filler = Filler(stack.environment["DATABASE_URL"])
        filler.insert_finished(0, SIZES[0])
        insert_waiting(shop, filler, waiting)
        filler.close()
        return disturb(shop, waiting, span)


def disturb(shop: RunningShop, waiting: int, span: float) -> Figures:
    """Let activities be lost, and then all deadlines of waiting orders pass at once."""
    shop.sign_in()
    lost = f"{min(MAX_LOST, waiting)} lost activities"
    figures: Figures = {}
    add(figures, shop.disturb(lost, LOSE, STILL_LOST, span))
    add(figures, shop.disturb(f"{waiting} deadlines at once", MAKE_DUE, STILL_DUE, span))
    return figures


def compare(
    small: RunningShop, large: RunningShop, title: str, span: float, rounds: int
) -> Figures:
    """Measure the filled shop and the empty one in turns."""
    for shop in (small, large):
        shop.sign_in()
    turns = [(small.sell(span), large.sell(span)) for _ in range(rounds)]
    base, filled = (median([turn[side] for turn in turns]) for side in (0, 1))
    return {
        f"{title}: orders a second": filled.rate,
        f"{title}: orders a second, % of the empty shop's": 100 * filled.rate / base.rate,
        f"{title}: processor time an order, % of the empty shop's": 100 * filled.cpu / base.cpu,
        f"{title}: client secret, ms p50": filled.wait,
        f"{title}: on disk, MB": float(large.database.execute(DATABASE_SIZE)),
        **large.measure_sweep(title),
    }


def median(sold: Sequence[Sold]) -> Sold:
    return Sold(
        rate=statistics.median(result.rate for result in sold),
        wait=statistics.median(result.wait for result in sold),
        cpu=statistics.median(result.cpu for result in sold),
    )


def insert_waiting(shop: RunningShop, filler: Filler, number: int) -> None:
    """Insert orders that wait for their payment, and restart the sandbox with their intents."""
    row_log = shop.stack.data / "sandbox" / ROW_LOG_FILE
    append_to_row_log(row_log, filler.insert_waiting(number))
    filler.settle()
    shop.stack.kill("sandbox")
    shop.stack.wait_ready()


def add(figures: Figures, new: Figures) -> None:
    """Add new figures, and print them as they come."""
    figures |= new
    for name, value in new.items():
        print(f"  {name:<72} {value:10.1f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if "--backlogs" in sys.argv:
        measure_backlogs()
    else:
        measure(*QUICK) if "--quick" in sys.argv else measure()
