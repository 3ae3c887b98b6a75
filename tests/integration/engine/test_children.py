"""A child is locked and announced through its parent; deeper than that there is nothing."""

from enum import StrEnum, auto
from typing import Any

import pytest

from models import Payment
from state_machines.durable import Arrow, DurableMachine
from state_machines.payment import PaymentMachine
from tests.support.parcel import Parcel, ParcelMachine


class Signal(StrEnum):
    MAKE = auto()


class State(StrEnum):
    MADE = "Made"


def a_machine(**parts: Any) -> None:
    plain = {"states": State, "arrows": (Arrow(Signal.MAKE, None, State.MADE),)}
    type("Bad", (DurableMachine,), {"name": "test_bad", "model": Parcel} | plain | parts)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            {"row": Payment, "parent": PaymentMachine, "parent_key": "id"},
            "children have no children: order, payment, test_bad",
        ),
        (
            {"parent": ParcelMachine, "parent_key": "parcel_id"},
            "test_bad has no column 'parcel_id' for its test_parcel",
        ),
        ({"parent": ParcelMachine}, "test_bad has no column '' for its test_parcel"),
        (
            {"arrows": (Arrow(Signal.MAKE, None, State.MADE, parent_signal=Signal.MAKE),)},
            "test_bad has no parent to tell: make",
        ),
    ],
)
def test_a_machine_with_an_impossible_parent_is_refused(
    parts: dict[str, Any], problem: str
) -> None:
    with pytest.raises(TypeError, match=problem):
        a_machine(**parts)
    assert "test_bad" not in DurableMachine.registry
