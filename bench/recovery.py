"""The time until the calls of a killed worker are made again: `python -m bench.recovery`.

The lease of a call ends first; then a sweep publishes its activity, and a worker claims it.
"""

import contextlib

import psycopg2

from bench.growth import UNLIMITED
from bench.shop import Figures
from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.children import end_in_order
from launch.stack import Stack
from models.clock import tick
from tests.support import invariants

ORDERS = 12
MIN_CALLS = 4  # under way at the kill: a busy machine may be slow to start all
# Long enough for several calls at once, and shorter than the timeout of a call.
LATENCY_MS = 4000
# worker-1 makes these calls, and the sweeper publishes them again.
VICTIMS = (("worker-1",), ("worker-1", "sweeper"), ("worker-1", "worker-2"))
TIMEOUT = 120  # seconds
RUNNING = """
    SELECT id::text, token::text FROM activity
    WHERE name = 'payments.create_intent' AND state = 'running'
"""
# An activity that is done, or waits for its next attempt, has left the killed worker.
STILL_HELD = """
    SELECT id FROM activity WHERE id = ANY(%s::uuid[])
        AND (state = 'pending' OR state = 'running' AND token = ANY(%s::uuid[]))
"""
CLAIMED_AGAIN = "SELECT id FROM activity WHERE id = ANY(%s::uuid[]) AND attempts > 1"


def measure(stack: Stack) -> Figures:
    """Kill workers of a running shop, one after the other and together."""
    world = World.of(stack)
    buyer = Buyer(world.urls)
    buyer.log_in()
    world.faults(stripe={"latencyMs": LATENCY_MS})
    try:
        slowest = max(time_recovery(world, buyer, victims) for victims in VICTIMS)
    finally:
        world.faults()
    return {"a dead worker's calls are made again, s at most": slowest}


def time_recovery(world: World, buyer: Buyer, victims: tuple[str, ...]) -> float:
    """Kill workers during calls to a slow Stripe. Return the seconds until all are claimed again.

    Raises TookTooLongError, and RuntimeError when the workers held nothing.
    """
    product = buyer.products()[0]
    with contextlib.closing(psycopg2.connect(world.database_url)) as db:
        wait_for(lambda: not invariants.read(db, RUNNING) or None, "rest", seconds=TIMEOUT)
        for _ in range(ORDERS):
            buyer.order(product, wait=0)

        def find_running() -> list[Json] | None:
            rows = invariants.read(db, RUNNING)
            return rows if len(rows) >= MIN_CALLS else None

        held = wait_for(find_running, "calls under way", seconds=TIMEOUT)
        ids, tokens = [row["id"] for row in held], [row["token"] for row in held]
        killed = tick()
        for victim in victims:
            world.kill(victim)

        def is_recovered() -> bool | None:
            return not invariants.read(db, STILL_HELD, ids, tokens) or None

        wait_for(is_recovered, "all calls", seconds=TIMEOUT)
        seconds = tick() - killed
        if not invariants.read(db, CLAIMED_AGAIN, ids):
            raise RuntimeError("the killed workers held no calls")
    return seconds


if __name__ == "__main__":
    end_in_order()
    # The buyer has more unpaid orders than a customer may have.
    with Stack(environment=UNLIMITED) as running:
        World.of(running).restock(10_000)
        for name, value in measure(running).items():
            print(f"{name}: {value:.1f}")
