"""Drill: the disk of PostgreSQL is lost, and a backup brings back a moment before some orders."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from bench.fill import Filler
from demo.buyer import Json, wait_for
from demo.world import World
from launch.stack import Stack
from launch.unprivileged_user import temporary_folder
from models.clock import tick
from tests.proof.chaos.report import Sandbox
from tests.proof.failover.shoppers import SETTINGS, STOCK, rows
from tests.proof.failpoints.patient import StoryBuyer
from tests.proof.ha.archive import ArchivedPostgres
from tests.support import histories, invariants
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

PATIENCE = 180  # seconds
MOMENT = "SELECT clock_timestamp()::text"
SIZE = "SELECT pg_size_pretty(pg_database_size(current_database()))"
BYTES = "SELECT pg_database_size(current_database())"
RELOAD = "SELECT pg_reload_conf()"
WRITE = "SELECT pg_logical_emit_message(true, '', '')"
MANY = 180_000  # finished orders of a gigabyte
ORDERS = "SELECT id::text FROM orders"
NOTICES = "SELECT subject FROM notice WHERE kind = 'unmatched_payment' AND settled_at IS NULL"


@pytest.fixture(scope="module")
def postgres() -> Iterator[ArchivedPostgres]:
    with temporary_folder() as folder, ArchivedPostgres(folder) as server:
        try:
            yield server
        finally:
            server.receiver.stop()


@pytest.fixture(scope="module")
def stack(postgres: ArchivedPostgres) -> Iterator[Stack]:
    changed = {"DATABASE_URL": postgres.url, "PAYMENT_TIMEOUT": "900"}
    with Stack(environment=SETTINGS | changed) as running:
        yield running


class Customer(StoryBuyer):
    """A customer whose orders are dictionaries, as the API returns them."""

    def buy(self) -> Json:
        """Place an order, pay it, and wait until it is confirmed."""
        return self.settle(self.order(self.products()[0]))

    def settle(self, order: Json) -> Json:
        """Pay an order, and wait until it is confirmed."""
        self.pay(order["clientSecret"])
        self.wait_until(order["referenceId"], "Confirmed", seconds=PATIENCE)
        return order


def test_a_backup_knows_less_than_the_bank(postgres: ArchivedPostgres, stack: Stack) -> None:
    world, pids = World.of(stack), stack.supervisor.pids()
    world.restock(1000)
    shelves = {row["id"]: row["stock"] for row in rows(postgres.url, STOCK)}
    postgres.receive()
    postgres.back_up()
    customer = Customer(world.urls)
    customer.log_in()
    with ThreadPoolExecutor(1) as pool:
        during = pool.submit(customer.buy)
        postgres.back_up()
        known = [during.result(PATIENCE), customer.buy()]
    unpaid, regretted = customer.order(customer.products()[0]), customer.buy()
    known += [unpaid, regretted]

    moment = postgres.read(MOMENT)
    lost = [customer.buy() for _ in range(3)]
    customer.settle(unpaid)
    customer.cancel(regretted["referenceId"])
    wait_for(lambda: not rows(postgres.url, invariants.UNDER_WAY) or None, "rest", seconds=PATIENCE)
    lost_at = tick()
    postgres.lose_disk()
    postgres.restore(moment)
    restored_at = tick()

    assert {row["id"] for row in rows(postgres.url, ORDERS)} == {row["orderId"] for row in known}
    notices = reconcile(stack, postgres)
    assert notices == intents_of(lost, world), "each payment without an order has one notice"
    print(
        f"{len(known)} orders were restored after {restored_at - lost_at:.1f} s; {len(notices)} "
        f"payments without an order had a notice after {tick() - lost_at:.1f} s"
    )
    give_back(notices, stack, postgres)
    known.append(customer.buy())
    the_books_agree(postgres, world, known, shelves)
    histories.verify(stack.environment)
    assert stack.supervisor.pids() == pids, "nothing was started again"


def test_a_receiver_that_was_away_for_too_long_goes_on() -> None:
    with temporary_folder() as folder, ArchivedPostgres(folder) as server:
        server.receive()
        server.receiver.stop()
        server.execute(
            "ALTER SYSTEM SET max_slot_wal_keep_size = '32MB'", "SELECT pg_reload_conf()"
        )
        for _ in range(8):
            server.execute("SELECT pg_logical_emit_message(true, '', '')", "SELECT pg_switch_wal()")
            server.execute("CHECKPOINT")
        assert server.read("SELECT wal_status FROM pg_replication_slots") == "lost"
        server.receive()
        server.back_up()
        server.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        moment = server.read(MOMENT)
        server.execute("DROP TABLE kept")
        server.lose_disk()
        server.restore(moment)
        assert server.read("SELECT answer FROM kept") == "42"


def test_a_gigabyte_comes_back(postgres: ArchivedPostgres, stack: Stack) -> None:
    world = World.of(stack)
    world.restock(1000)
    fill(postgres)
    began_at = tick()
    postgres.receive()
    postgres.back_up()
    backed_up_at = tick()
    customer = Customer(world.urls)
    customer.log_in()
    known = customer.buy()
    moment = postgres.read(MOMENT)
    lost = [customer.buy() for _ in range(3)]
    lost_at = tick()
    postgres.lose_disk()
    postgres.restore(moment)
    restored_at = tick()
    customer.wait_until(known["referenceId"], "Confirmed", seconds=PATIENCE)
    customer.buy()
    served_at = tick()

    assert reconcile(stack, postgres) == intents_of(lost, world)
    print(
        f"{postgres.read(SIZE)}: base backup {backed_up_at - began_at:.1f} s; restored after"
        f" {restored_at - lost_at:.1f} s, the next order confirmed after {served_at - lost_at:.1f}"
        f" s, {len(lost)} payments without an order had a notice after {tick() - lost_at:.1f} s"
    )


def fill(postgres: ArchivedPostgres) -> None:
    """Insert finished orders until the database has about a gigabyte."""
    filler = Filler(postgres.url)
    with closing(filler):
        filler.insert_finished(0, MANY)
        filler.settle()
    assert int(postgres.read(BYTES)) > 10**9


def reconcile(stack: Stack, postgres: ArchivedPostgres) -> set[str]:
    """Run one reconciliation, and return the intents that its notices name."""
    (run,) = json.loads(stack.flask("reconcile", "--wait", str(PATIENCE), "--json"))
    assert run["state"] == "Done"
    wait_for(lambda: not rows(postgres.url, invariants.UNDER_WAY) or None, "rest", seconds=PATIENCE)
    return {row["subject"] for row in rows(postgres.url, NOTICES)}


def intents_of(orders: list[Json], world: World) -> set[str]:
    """Return the intents at the bank that name one of the orders."""
    ids = {order["orderId"] for order in orders}
    ledger = Sandbox.of(world.urls.sandbox).ledger
    return {row["paymentIntent"] for row in ledger if row["orderId"] in ids}


def give_back(intents: set[str], stack: Stack, postgres: ArchivedPostgres) -> None:
    """Return the money of each intent, as an operator does, until no notice is open."""
    for intent in sorted(intents):
        stack.flask("payments", "return", intent, "--reason", "not in the backup")
    wait_for(lambda: not rows(postgres.url, NOTICES) or None, "no notice", seconds=PATIENCE)


def the_books_agree(
    postgres: ArchivedPostgres, world: World, known: list[Json], shelves: dict[str, int]
) -> None:
    """Check the restored orders against the bank, and that the lost ones cost nobody anything."""
    wait_for(lambda: not rows(postgres.url, invariants.UNDER_WAY) or None, "rest", seconds=PATIENCE)
    ids = [order["orderId"] for order in known]
    ledger = Sandbox.of(world.urls.sandbox).ledger
    assert [row for row in ledger if row["creates"] != 1] == []
    unknown = [row for row in ledger if row["orderId"] not in ids]
    assert [row for row in unknown if row["captured"] != row["refunded"]] == []
    with closing(psycopg2.connect(postgres.url)) as db:
        invariants.every_order_has_ended(db, ids)
        invariants.the_bank_agrees(db, [row for row in ledger if row["orderId"] in ids])
        invariants.nobody_pays_for_nothing(db, ledger)
        invariants.refunds_fit(db)
        invariants.the_shelves_add_up(db, shelves)
        invariants.nothing_can_be_paid(ledger)
        invariants.paid_once(db)
