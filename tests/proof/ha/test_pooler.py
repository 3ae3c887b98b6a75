"""Drill: PgBouncer in transaction mode is in front of everything, and dies under orders."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from demo.buyer import wait_for
from demo.world import World
from launch.children import run
from launch.postgres import Postgres
from launch.stack import ROOT, Stack
from launch.unprivileged_user import temporary_folder
from models.clock import tick
from models.connection import TIMEOUTS
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.failover.shoppers import SETTINGS, STOCK, Shoppers, nothing_is_lost, rows
from tests.support import histories, invariants
from tests.support.pooler import Pooler, running_pooler
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

BUYERS = 6
PAID_BEFORE = 10
PATIENCE = 180  # seconds
POOL_SIZE = 8  # connections to PostgreSQL, for all processes together
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
# Their tables are filled by a tool that keeps temporary functions in its session.
OF_SESSIONS = "tests/integration/engine/test_plans.py"
TESTS = ("tests/integration/engine", "tests/integration/races", f"--ignore={OF_SESSIONS}")


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with temporary_folder() as folder, Postgres(folder / "postgres") as server:
        with closing(psycopg2.connect(server.url)) as db, db, db.cursor() as cursor:
            for name, value in TIMEOUTS.items():
                cursor.execute(f"ALTER ROLE postgres SET {name} = '{value}'")
        # Migrations need a direct connection.
        prepare = [sys.executable, "-m", "launch.prepare"]
        run(prepare, env=os.environ | {"DATABASE_URL": server.url}, cwd=ROOT, check=True)
        yield server


@pytest.fixture
def pooler(postgres: Postgres) -> Iterator[Pooler]:
    with (
        temporary_folder() as folder,
        running_pooler(folder, postgres.port, {}, pool_size=POOL_SIZE) as running,
    ):
        yield running


def test_the_tests_of_the_engine_pass_through_it(pooler: Pooler) -> None:
    own = os.environ["PROJECTX_TESTS_OWN"].replace("DATABASE_URL", "")
    settings = {"DATABASE_URL": pooler.url(), "DATABASE_POOLER": "true", "PROJECTX_TESTS_OWN": own}
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *TESTS]
    done = run(command, env=os.environ | settings, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout.splitlines()[-1])


def test_a_lost_pooler_costs_nothing(postgres: Postgres, pooler: Pooler) -> None:
    settings = SETTINGS | {"DATABASE_URL": pooler.url(), "DATABASE_POOLER": "true"}
    with Stack(environment=settings) as stack:
        world, pids = World.of(stack), stack.supervisor.pids()
        world.restock(10_000)
        shelves = {row["id"]: row["stock"] for row in rows(postgres.url, STOCK)}
        shoppers = Shoppers(world)
        with ThreadPoolExecutor(BUYERS) as pool, shoppers.leaving():
            shopping = [pool.submit(shoppers.shop, number) for number in range(BUYERS)]
            wait_for(
                lambda: len(shoppers.confirmed) >= PAID_BEFORE or None, "orders", seconds=PATIENCE
            )
            # The pool, and this query.
            assert rows(postgres.url, BACKENDS)[0]["count"] <= POOL_SIZE + 1
            replace(pooler, shoppers)
            for shopper in shopping:
                shopper.result(timeout=PATIENCE)
        wait_for(
            lambda: not rows(postgres.url, invariants.UNDER_WAY) or None, "rest", seconds=PATIENCE
        )
        nothing_is_lost(shoppers.acknowledged(), postgres.url)
        with closing(psycopg2.connect(postgres.url)) as db:
            report = Report(db, Sandbox.of(world.urls.sandbox))
            assert report.check(shoppers.placed, shelves)
            report.tell(shoppers.placed)
        histories.verify(stack.environment)
        assert stack.supervisor.pids() == pids, "nothing was started again"


def replace(pooler: Pooler, shoppers: Shoppers) -> None:
    """Kill PgBouncer, start another one, wait until an order is placed, and print how long."""
    killed_at = tick()
    pooler.daemon.kill()
    pooler.daemon.start()
    pooler.daemon.wait_until(pooler.answers, "PgBouncer")
    count = len(shoppers.placed)
    shoppers.promoted.set()
    wait_for(lambda: len(shoppers.placed) > count or None, "an order", seconds=PATIENCE)
    print(f"an order was placed {tick() - killed_at:.1f} s after PgBouncer was killed")
