"""A worker dies with the calls that it was making: how long until somebody makes them again.

`python -m bench.recovery` measures it alone. The lease of a call runs out first; then a sweep finds
its row, and a worker takes it.
"""

import contextlib

import psycopg2

from bench.shop import Figures
from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.children import end_in_order
from launch.stack import Stack
from models.clock import tick
from tests.support import invariants

ORDERS = 12
MANY = 4  # of their calls, under way together: a busy machine may be slow to start them
# Long enough for all to be under way together, and shorter than the patience of a call.
HANGS = 4000  # milliseconds
# The worker for payments makes these calls; the sweeper has them handed out again.
DEATHS = (("worker-1",), ("worker-1", "sweeper"), ("worker-1", "worker-2"))
PATIENCE = 120  # seconds
RUNNING = """
    SELECT id::text, token::text FROM activity
    WHERE name = 'payments.create_intent' AND state = 'running'
"""
# What is done, or waits for its next try, was not held by the dead.
STILL_HELD = """
    SELECT id FROM activity WHERE id = ANY(%s::uuid[])
        AND (state = 'pending' OR state = 'running' AND token = ANY(%s::uuid[]))
"""
TAKEN_AGAIN = "SELECT id FROM activity WHERE id = ANY(%s::uuid[]) AND attempts > 1"


def measure(stack: Stack) -> Figures:
    """Let workers of a running shop die, one after the other and together."""
    world = World.of(stack)
    buyer = Buyer(world.urls)
    buyer.log_in()
    world.faults(stripe={"latencyMs": HANGS})
    try:
        slowest = max(recover(world, buyer, victims) for victims in DEATHS)
    finally:
        world.faults()
    return {"a dead worker's calls are made again, s at most": slowest}


def recover(world: World, buyer: Buyer, victims: tuple[str, ...]) -> float:
    """Kill the `victims` while they make calls to a slow Stripe. Return the seconds until all that
    they held is taken again.
    """
    product = buyer.products()[0]
    with contextlib.closing(psycopg2.connect(world.database_url)) as db:
        wait_for(lambda: not invariants.read(db, RUNNING) or None, "rest", seconds=PATIENCE)
        for _ in range(ORDERS):
            buyer.order(product, wait=0)

        def many_running() -> list[Json] | None:
            rows = invariants.read(db, RUNNING)
            return rows if len(rows) >= MANY else None

        held = wait_for(many_running, "calls under way", seconds=PATIENCE)
        ids, tokens = [row["id"] for row in held], [row["token"] for row in held]
        killed = tick()
        for victim in victims:
            world.kill(victim)

        def all_taken() -> bool | None:
            return not invariants.read(db, STILL_HELD, ids, tokens) or None

        wait_for(all_taken, "all calls", seconds=PATIENCE)
        seconds = tick() - killed
        if not invariants.read(db, TAKEN_AGAIN, ids):
            raise RuntimeError("the dead held nothing")
    return seconds


if __name__ == "__main__":
    end_in_order()
    with Stack() as running:
        World.of(running).restock(10_000)
        for name, value in measure(running).items():
            print(f"{name}: {value:.1f}")
