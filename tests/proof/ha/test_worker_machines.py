"""Drill: of three worker machines one is cut off in a storm and comes back, and one is lost."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from demo.buyer import Buyer, Json, TookTooLongError, wait_for
from demo.world import World
from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder
from models.clock import tick
from tests.proof.failpoints.patient import PatientBuyer
from tests.proof.ha.machines import Host, Machine, find_ip, running_machines
from tests.proof.ha.witness import Witness
from tests.support import histories, weather
from tests.support.programs import Program
from tests.support.proof import IN_FULL
from tests.support.storm import FAULTS, SETTINGS
from tests.support.system import OWN

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

ORDERS, BUYERS = 300, 24
SCARCE = ORDERS // 8  # pieces of one product, which every fourth customer wants
PATIENCE = 180  # seconds
CONNECTIONS = 300  # each machine has the pools of three workers
CALLS = 5  # under way on a machine when it is struck
ROUNDS = 5  # So slow that a machine always has calls under way.
SLOW = FAULTS | {
    "stripe": FAULTS["stripe"] | {"latencyMs": 400},
    "sendgrid": FAULTS["sendgrid"] | {"latencyMs": 400},
}


@dataclass(frozen=True, slots=True)
class Blow:
    """A machine that was struck while it held claims, and the claims of the others since."""

    held: list[int]
    taken_over: list[Json]
    seconds: float

    def __str__(self) -> str:
        return (
            f"{len(self.taken_over)} calls were claimed again by "
            f"{', '.join(sorted({claim['machine'] for claim in self.taken_over}))} within "
            f"{self.seconds:.1f} s"
        )


@pytest.fixture
def ip() -> Program:
    return find_ip()


@pytest.fixture
def host(ip: Program) -> Iterator[Host]:
    with (
        temporary_folder() as folder,
        Postgres(folder / "postgres", connections=CONNECTIONS) as postgres,
        Host(environment=OWN | SETTINGS | {"DATABASE_URL": postgres.url}) as running,
    ):
        yield running


@pytest.fixture
def db(host: Host) -> Iterator[Any]:
    with closing(psycopg2.connect(host.environment["DATABASE_URL"])) as connection:
        yield connection


@pytest.fixture
def witness(db: Any) -> Witness:
    return Witness(db)


@pytest.fixture
def machines(ip: Program, host: Host, witness: Witness) -> Iterator[list[Machine]]:
    with running_machines(ip, host, "machine-a", "machine-b", "machine-c") as running:
        yield running


def test_machines_that_are_cut_off_or_lost_cost_nothing(
    host: Host, db: Any, witness: Witness, machines: list[Machine]
) -> None:
    began, world, over = tick(), World.of(host), threading.Event()
    seed = weather.choose_seed()
    at_first = weather.fill_the_shelves(world, db, SCARCE)
    buyers: list[Buyer] = [PatientBuyer(world.urls) for _ in range(BUYERS)]
    weather.log_in(buyers)
    away, lost, third = machines
    with (
        weather.stormy(world, seed, SLOW),
        weather.shopping(buyers, seed, lambda _: not over.is_set()) as tries,
    ):
        try:
            for machine in machines:
                wait_until_it_works(machine, witness, after=0)
            cut = cut_off(away, witness)
            loss = lose(lost, witness)
            lost_at = witness.last()
            wait_for(lambda: len(tries) >= ORDERS or None, "the orders", seconds=600)
        finally:
            over.set()
    placed = [order_id for order_id in tries if order_id is not None]
    doubled = weather.check_the_books(world, db, placed, at_first)
    histories.verify(host.environment)
    assert host.supervisor.given_up is None
    assert witness.by_machine().keys() == {machine.name for machine in machines}
    assert witness.count_claims(lost.name, after=lost_at) == 0
    late = witness.late_writes(cut.held)
    assert late
    assert not any(late), "a write after the end of its lease has changed something"
    assert away.runs(), away.log()
    assert third.runs(), third.log()
    print(f"storm {seed}: {weather.figures(db)}, {doubled} repeated emails, {tick() - began:.0f} s")
    print(f"claims: {witness.by_machine()}")
    print(f"cut off: {cut}; {len(late)} late writes changed nothing\nlost: {loss}")


def cut_off(machine: Machine, witness: Witness) -> Blow:
    """Cut a machine off in calls until others have them, and again until it has written too late.

    At the end it works again.
    """
    for _ in range(ROUNDS):
        began, held = tick(), cut_in_calls(machine, witness)
        blow = Blow(held, wait_until_taken_over(held, witness), tick() - began)
        back_at = witness.last()
        machine.restore()
        wait_until_it_works(machine, witness, after=back_at)
        with suppress(TookTooLongError):
            await_late_writes(held, witness)
            return blow
    raise AssertionError(f"no late write in {ROUNDS} cuts: {machine.log()}")


def await_late_writes(held: list[int], witness: Witness) -> None:
    """Wait until a machine writes what it held. Raises TookTooLongError."""
    wait_for(lambda: witness.late_writes(held) or None, "late writes", seconds=40)


def lose(machine: Machine, witness: Witness) -> Blow:
    """Lose a machine in calls for good, and wait until others have them."""
    began, held = tick(), cut_in_calls(machine, witness)
    machine.lose()
    return Blow(held, wait_until_taken_over(held, witness), tick() - began)


def cut_in_calls(machine: Machine, witness: Witness) -> list[int]:
    """Cut the link of a machine while it makes calls, and return its claims of them."""

    def try_once() -> list[int] | None:
        if len(witness.held(machine.name)) < CALLS:
            return None
        machine.cut()
        held = witness.held(machine.name)
        if len(held) >= CALLS:
            return held
        machine.restore()
        return None

    return wait_for(try_once, f"calls of {machine.name}", seconds=PATIENCE)


def wait_until_taken_over(held: list[int], witness: Witness) -> list[Json]:
    """Wait until no call of these claims is left to others; return the new claims."""
    wait_for(lambda: not witness.waiting(held) or None, "other machines", seconds=PATIENCE)
    taken_over = witness.taken_over(held)
    assert taken_over, "all calls had ended before the cut"
    assert all(claim["attempts"] > 1 for claim in taken_over), taken_over
    return taken_over


def wait_until_it_works(machine: Machine, witness: Witness, *, after: int) -> None:
    """Wait until a machine has claimed calls after this note."""
    wait_for(
        lambda: witness.count_claims(machine.name, after) or None,
        f"work of {machine.name}",
        seconds=PATIENCE,
    )
