"""Tests of the checks of a machine's table when its class is made."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar

import pytest

from models.durable.execution import Execution, Polled
from state_machines.durable import Activity, Arrow, Deadline, DurableMachine, Poll, growing
from state_machines.durable.definition import MachineDefinitionError
from state_machines.durable.inspection import RegistryError, check_registry
from state_machines.order import OrderMachine
from state_machines.payment import PaymentMachine

HOUR = timedelta(hours=1)
GROWING = growing(HOUR, last=4 * HOUR)


class Lamp(Execution):
    order_id: ClassVar[str] = ""


class PolledLamp(Polled, Lamp):
    pass


class Power(StrEnum):
    ON = "On"
    OFF = "Off"
    BROKEN = "Broken"


class OddPower(StrEnum):
    ON = "on"


class Push(StrEnum):
    PLUG_IN = "plug_in"
    SWITCH = "switch"
    BREAK = "break"
    REPEAT = "repeat"
    ODD = "Push-It"


S = Power
BIRTH, BREAK = Arrow(Push.PLUG_IN, None, S.ON), Arrow(Push.BREAK, S.ON, S.BROKEN)
REPEAT = Arrow(Push.REPEAT, S.ON, S.ON, do=("x",), quiet=True)
SOUND: dict[str, Any] = {
    "name": "test_lamp",
    "model": Lamp,
    "states": Power,
    "arrows": (BIRTH, Arrow(Push.SWITCH, S.ON, S.OFF), Arrow(Push.SWITCH, S.OFF, S.ON), BREAK),
}
CHILD = {"parent": OrderMachine, "parent_key": "order_id"}


def arrows(*more: Arrow) -> dict[str, Any]:
    return {"arrows": (*SOUND["arrows"], *more)}


def deadlines(*listed: Deadline) -> dict[str, Any]:
    return {"deadlines": listed}


def poll(states: tuple[StrEnum, ...], *ages: timedelta) -> dict[str, Any]:
    return {"model": PolledLamp, "poll": Poll(states, ages, "x")}


def make(**parts: Any) -> None:
    type("Faulty", (DurableMachine,), SOUND | parts)


def make_and_forget(**parts: Any) -> type[DurableMachine[Any]]:
    """Return a machine that is not in the registry."""
    make(**parts)
    return DurableMachine.registry.pop("test_lamp")


FAULTS = [
    ({"model": Power}, "its model Power must inherit from Execution"),
    (
        {"states": OddPower, "arrows": (Arrow(Push.PLUG_IN, None, OddPower.ON),)},
        "rename the state 'on'",
    ),
    (arrows(Arrow(Push.ODD, S.ON, S.OFF)), "rename the signal 'Push-It'"),
    (arrows(Arrow(Push.BREAK, OddPower.ON, S.BROKEN)), "arrows names the state 'on', which Power"),
    (deadlines(Deadline((OddPower.ON,), HOUR, Push.BREAK)), "deadlines names the state 'on'"),
    (poll((OddPower.ON,), HOUR), "poll names the state 'on'"),
    ({"externally_driven": (OddPower.ON,)}, "externally_driven names the state 'on'"),
    ({"awaited": {OddPower.ON: True}}, "awaited names the state 'on'"),
    (arrows(Arrow(Push.BREAK, S.ON, S.OFF)), "2 arrows for break from On: keep one"),
    ({"arrows": (BIRTH, BREAK)}, "no arrows lead to Off: add one"),
    ({"arrows": SOUND["arrows"][1:]}, "no arrows lead to On: add one"),
    (arrows(Arrow(Push.REPEAT, S.ON, S.OFF, quiet=True)), "repeat is quiet, and changes something"),
    (arrows(Arrow(Push.REPEAT, S.ON, S.ON, writes=("x",), quiet=True)), "and changes something"),
    (
        deadlines(Deadline((S.ON, S.OFF), HOUR, Push.BREAK)),
        "the deadline break has no arrow from Off: add it",
    ),
    (
        deadlines(Deadline((S.ON,), HOUR, Push.BREAK), Deadline((S.ON,), HOUR, Push.SWITCH)),
        "2 deadlines for On: keep one",
    ),
    (
        arrows(Arrow(Push.REPEAT, S.ON, S.OFF, retired=True))
        | deadlines(Deadline((S.ON,), HOUR, Push.REPEAT)),
        "the deadline repeat has no arrow from On: add it",
    ),
    ({"retired_states": (OddPower.ON,)}, "retired_states names the state 'on'"),
    ({"retired_states": (S.BROKEN,)}, "break leads to Broken, which is retired: retire the arrow"),
    (deadlines(Deadline((S.ON,), timedelta(0), Push.BREAK)), "needs intervals above zero"),
    (
        arrows(REPEAT) | deadlines(Deadline((S.ON,), HOUR, Push.REPEAT)),
        "repeat repeats from On: give it growing intervals",
    ),
    (
        arrows(Arrow(Push.REPEAT, S.ON, S.ON)) | deadlines(Deadline((S.ON,), GROWING, Push.REPEAT)),
        "repeat repeats from On: its arrow must be quiet",
    ),
    (poll((S.ON,), HOUR) | {"model": Lamp}, "its model Lamp must inherit from Polled"),
    (poll((S.ON,), 2 * HOUR, HOUR), "the ages of its poll must ascend"),
    (poll((S.ON,)), "the ages of its poll must ascend"),
    (poll((S.BROKEN,), HOUR), "Broken is said to wait, but no arrow leaves it"),
    ({"externally_driven": (S.BROKEN,)}, "Broken is said to wait, but no arrow leaves it"),
    ({"awaited": {S.BROKEN: True}}, "Broken is said to wait, but no arrow leaves it"),
    ({"parent_key": "order_id"}, "it has a parent_key, order_id, but no parent"),
    (
        arrows(Arrow(Push.REPEAT, S.ON, S.ON, parent_signal=Push.BREAK)),
        "repeat has a parent_signal, but there is no parent",
    ),
    (
        {"parent": PaymentMachine, "parent_key": "order_id"},
        "order, payment, test_lamp: a child cannot have children",
    ),
    ({"parent": OrderMachine, "parent_key": "x"}, "Lamp has no column 'x' for its order"),
    ({"parent": OrderMachine}, "Lamp has no column '' for its order"),
    (
        CHILD | arrows(Arrow(Push.REPEAT, S.ON, S.ON, parent_signal=Push.BREAK)),
        "order has no arrow for the parent_signal break",
    ),
]


@pytest.mark.parametrize(("parts", "problem"), FAULTS)
def test_a_faulty_table_is_refused_with_its_problem(parts: dict[str, Any], problem: str) -> None:
    with pytest.raises(MachineDefinitionError) as refused:
        make(**parts)
    first, *problems = str(refused.value).splitlines()
    assert first == "the table of test_lamp is faulty:"
    assert [line for line in problems if problem in line]
    assert "test_lamp" not in DurableMachine.registry


def test_all_problems_of_a_table_are_listed_at_once() -> None:
    with pytest.raises(MachineDefinitionError) as refused:
        make(arrows=(BIRTH, BREAK, BREAK), parent_key="order_id")
    assert str(refused.value).splitlines()[1:] == [
        "- 2 arrows for break from On: keep one of them",
        "- no arrows lead to Off: add one, or remove the state",
        "- it has a parent_key, order_id, but no parent",
    ]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        arrows(REPEAT) | deadlines(Deadline((S.ON,), GROWING, Push.REPEAT)),
        deadlines(Deadline((S.ON,), HOUR, Push.BREAK)),
        poll((S.ON, S.OFF), HOUR, 2 * HOUR) | {"externally_driven": (S.OFF,)},
        arrows(Arrow(Push.SWITCH, S.ON, S.BROKEN, retired=True)),
        CHILD,
    ],
)
def test_a_sound_table_is_registered(parts: dict[str, Any]) -> None:
    assert make_and_forget(**parts).name == "test_lamp"


class Charge(Activity[Any, Any, Any]):
    """An activity of another machine, without a name in the registry."""

    machine = PaymentMachine


def test_all_names_without_an_activity_or_a_write_are_listed_at_once() -> None:
    table = arrows(Arrow(Push.REPEAT, S.ON, S.ON, do=("x", "y"), writes=("z",)))
    machine = make_and_forget(**table | poll((S.OFF,), HOUR))
    Charge.name = "y"
    with pytest.raises(RegistryError) as refused:
        check_registry([machine], [Charge])
    assert str(refused.value).splitlines() == [
        "tables name what does not exist:",
        "- test_lamp: no function is registered with @writes('z')",
        "- test_lamp: there is no activity 'x'",
        "- test_lamp: the activity 'y' belongs to payment",
    ]


def test_a_process_without_activities_checks_the_writes_alone() -> None:
    table = arrows(Arrow(Push.REPEAT, S.ON, S.ON, do=("x",), writes=("stock.sell",)))
    check_registry([make_and_forget(**table)])
