"""Retired arrows and states explain old history, and nothing moves along them any more."""

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

import pytest
from sqlalchemy import text

from models import transaction
from state_machines.durable import Arrow, DurableMachine, SignalRefusedError
from state_machines.durable.definition import MachineDefinitionError
from state_machines.durable.inspection import stranded, stuck, verify
from state_machines.durable.operations.diagram import mermaid
from tests.support.depot import Depot
from tests.support.parcel import Courier, Parcel, ParcelMachine, ParcelState
from tests.support.parcel import ParcelSignal as Sig
from tests.support.parcel import ParcelState as S

LOSE = Arrow(Sig.LOSE, S.PACKED, S.LOST, retired=True)


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Forget the machines of this module after each test."""
    before = set(DurableMachine.registry)
    yield
    for name in set(DurableMachine.registry) - before:
        del DurableMachine.registry[name]


PACK = Arrow(Sig.PACK, None, S.PACKED)


def table(
    *table_arrows: Arrow, retired: tuple[ParcelState, ...] = (), number: int = 2
) -> type[DurableMachine[Parcel]]:
    """Return the table of a later release for the same rows."""
    ends = {end for arrow in table_arrows for end in (arrow.source, arrow.target) if end}
    known = StrEnum("known", {end.name: end.value for end in ends})  # type: ignore[misc]

    class NextMachine(DurableMachine[Parcel]):
        name = "test_next"
        model = Parcel
        states = known
        arrows = table_arrows
        retired_states = retired
        version = number

    return NextMachine


def lock(machine: type[DurableMachine[Parcel]], parcel: UUID) -> Parcel:
    return machine.lock([parcel])[parcel]


def test_history_along_a_retired_arrow_still_replays(depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    depot.send(parcel, Sig.LOSE)
    assert list(verify(table(PACK, LOSE))) == []
    (difference,) = verify(table(PACK))
    assert difference.what == (
        "version 2 has no arrow: Packed --lose--> Lost;"
        " version 1 of the machine wrote it: keep its arrow as retired"
    )


def test_a_retired_arrow_is_refused_to_requests_and_ignored_by_facts(depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    machine = table(PACK, LOSE, Arrow(Sig.ANNOUNCED, S.PACKED, S.ANNOUNCED))
    assert machine.allowed(S.PACKED) == (Sig.ANNOUNCED,)
    with (
        pytest.raises(SignalRefusedError, match="test_next is Packed: lose is retired"),
        transaction(),
    ):
        machine.send(lock(machine, parcel), Sig.LOSE)
    with transaction():
        assert not machine.observe(lock(machine, parcel), Sig.LOSE, reason="a fire")
    assert depot.state(parcel) == S.PACKED
    last = depot.history(parcel)[-1]
    assert (last.ignored, last.reason) == (True, "lose is retired; a fire")


def test_the_arrow_that_replaces_a_retired_one_moves_the_row(depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    machine = table(PACK, LOSE, Arrow(Sig.LOSE, S.PACKED, S.COLLECTED))
    with transaction():
        machine.send(lock(machine, parcel), Sig.LOSE)
    assert depot.state(parcel) == S.COLLECTED
    assert list(verify(machine)) == []


def test_nothing_begins_along_a_retired_arrow(depot: Depot) -> None:
    machine = table(Arrow(Sig.PACK, None, S.PACKED, retired=True))
    with pytest.raises(SignalRefusedError, match="pack begins no test_next"), transaction():
        machine.begin(Parcel(label="vase"), Sig.PACK)


def test_rows_in_a_retired_state_are_listed_until_they_have_left_it(depot: Depot) -> None:
    parcel, _ = depot.pack("vase", "lamp")
    machine = table(
        PACK,
        Arrow(Sig.ANNOUNCED, S.PACKED, S.ANNOUNCED, retired=True),
        Arrow(Sig.COLLECT, S.ANNOUNCED, S.COLLECTED),
        retired=(S.ANNOUNCED,),
    )
    assert stranded(machine) == []
    depot.send(parcel, Sig.ANNOUNCED)
    (listed,) = stranded(machine)
    assert (listed.id, listed.what) == (parcel, "Announced is retired")
    with transaction():
        machine.send(lock(machine, parcel), Sig.COLLECT)
    assert stranded(machine) == []


def test_a_row_whose_deadline_was_removed_from_the_table_is_stuck(depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    with transaction() as session:
        session.execute(text("UPDATE activity SET state = 'done'"))
    assert depot.parcel(parcel).deadline_at is not None
    assert stuck(ParcelMachine) == []
    (listed,) = stuck(table(PACK, Arrow(Sig.LOSE, S.PACKED, S.LOST)))
    assert listed.id == parcel


def test_no_arrow_leads_into_a_retired_state() -> None:
    with pytest.raises(MachineDefinitionError, match="lose leads to Lost, which is retired"):
        table(PACK, Arrow(Sig.LOSE, S.PACKED, S.LOST), retired=(S.LOST,))


def test_a_diagram_says_so() -> None:
    drawing = mermaid(table(PACK, LOSE, retired=(S.LOST,)))
    assert "Packed --> Lost: lose (retired)" in drawing
    assert "Lost: Lost<br/>retired" in drawing


def test_history_names_the_version_that_wrote_it(depot: Depot, courier: Courier) -> None:
    (parcel,) = depot.pack("vase")
    machine = table(PACK, Arrow(Sig.LOSE, S.PACKED, S.LOST), number=3)
    with transaction():
        machine.send(lock(machine, parcel), Sig.LOSE)
    assert [step.machine_version for step in depot.history(parcel)] == [1, 3]


def test_an_older_release_does_not_judge_the_arrows_of_a_newer_one(depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    newer = table(PACK, Arrow(Sig.COLLECT, S.PACKED, S.COLLECTED), number=2)
    with transaction():
        newer.send(lock(newer, parcel), Sig.COLLECT)
    assert list(verify(ParcelMachine)) == []
    with transaction() as session:
        session.execute(text("UPDATE test_parcel SET version = 5"))
    (difference,) = verify(ParcelMachine)
    assert difference.what == "the row is Collected at 5, its history Collected at 2"
