"""`python -m bench.growth [--quick]`: does the shop stay as fast when its tables grow, and what
happens when very much is due at once?

Two shops run: one stays small, the other is filled. They take turns, so that what else the machine
does hits both alike; the medians of the rounds are compared.
"""

import statistics
import sys
from collections.abc import Sequence

from bench.fill import Filler, tell_sandbox
from bench.running_shop import UNDER_WAY, RunningShop, Sold
from bench.shop import Figures
from launch.stack import Stack
from models.clock import tick

OPEN = {
    "LOGIN_LIMIT": "100000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "100000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
    "DATABASE_URL": "",
    "REDIS_URL": "",
}
SIZES, WAITING, SPAN, ROUNDS = (10_000, 1_000_000, 10_000_000), 100_000, 12.0, 3
QUICK = ((1000, 2000), 500, 3.0, 1)
# Held by workers that are no more.
LOSE = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
    token, payload, created_at)
SELECT gen_random_uuid(), 'payments.retrieve_intent', 'payment', id, 'running', 1, 0, now(),
    gen_random_uuid(), '{"lost": true}', now()
FROM payment WHERE deadline_at > now() + interval '12 h' LIMIT 10000
"""
# By their mark: each event of a buyer's payment has its intent retrieved, too.
STILL_LOST = UNDER_WAY + " AND payload ? 'lost'"
# By age: a payment that was retrieved has the shop's window again. Buyers' orders are younger.
MAKE_DUE = """
UPDATE payment SET deadline_at = now()
WHERE state = 'Initiated' AND created_at < now() - interval '1 h'
"""
STILL_DUE = "SELECT count(*) FROM payment WHERE deadline_at <= now() AND state = 'Initiated'"
SIZE = "SELECT pg_database_size(current_database()) / 1e6"


def measure(
    sizes: Sequence[int] = SIZES, waiting: int = WAITING, span: float = SPAN, rounds: int = ROUNDS
) -> Figures:
    """All of it; the names of the figures begin with what was in the tables."""
    with Stack(environment=OPEN) as one, Stack(environment=OPEN) as other:
        small, large = RunningShop(one), RunningShop(other)
        filler = Filler(large.stack.environment["DATABASE_URL"])
        figures: Figures = {}
        for first, last in zip([0, *sizes], sizes, strict=False):
            start = tick()
            filler.finished(first, last)
            filler.settle()
            said(figures, {f"{last} orders: filled in, s": tick() - start})
            said(figures, beside(small, large, f"{last} orders", span, rounds))
        wait(large, filler, waiting)
        said(figures, beside(small, large, f"and {waiting} waiting", span, rounds))
        large.sign_in()
        lost = f"{min(10_000, waiting)} lost activities"
        said(figures, large.disturb(lost, LOSE, STILL_LOST, span))
        said(figures, large.disturb(f"{waiting} deadlines at once", MAKE_DUE, STILL_DUE, span))
        filler.close()
    return figures


def beside(small: RunningShop, large: RunningShop, title: str, span: float, rounds: int) -> Figures:
    """The filled shop beside the empty one."""
    for shop in (small, large):
        shop.sign_in()
    turns = [(small.sell(span), large.sell(span)) for _ in range(rounds)]
    before, now = (median([turn[side] for turn in turns]) for side in (0, 1))
    return {
        f"{title}: orders a second": now.rate,
        f"{title}: orders a second, % of the empty shop's": 100 * now.rate / before.rate,
        f"{title}: processor time an order, % of the empty shop's": 100 * now.cpu / before.cpu,
        f"{title}: client secret, ms p50": now.wait,
        f"{title}: on disk, MB": float(large.database.one(SIZE)),
        **large.sweep(title),
    }


def median(sold: Sequence[Sold]) -> Sold:
    return Sold(
        rate=statistics.median(one.rate for one in sold),
        wait=statistics.median(one.wait for one in sold),
        cpu=statistics.median(one.cpu for one in sold),
    )


def wait(shop: RunningShop, filler: Filler, number: int) -> None:
    """So many orders that wait for their payment."""
    tell_sandbox(shop.stack.data / "sandbox" / "journal.jsonl", filler.waiting(number))
    filler.settle()
    shop.stack.kill("sandbox")
    shop.stack.wait_ready()


def said(figures: Figures, found: Figures) -> None:
    """Take in what was found, and say it to who watches."""
    figures |= found
    for name, value in found.items():
        print(f"  {name:<72} {value:10.1f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    measure(*QUICK) if "--quick" in sys.argv else measure()
