"""The actions that operators may run on an execution, with the fields that each needs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from state_machines.durable.machine import DurableMachine

# Takes a locked row, a reason and the declared fields, checks what the arrows cannot, and acts.
Run = Callable[..., object]
A = TypeVar("A", bound=Run)


class FieldKind(StrEnum):
    TEXT = "text"
    AMOUNT = "amount"  # in major units, as text such as 12.50


@dataclass(frozen=True, slots=True)
class Field:
    """A field that an action needs beside the reason, under the name that clients use."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """A registered action. `role` is the least role of those who may run it."""

    name: str
    run: Run
    fields: tuple[Field, ...] = ()
    role: str = "staff"
    is_dangerous: bool = False

    @property
    def verb(self) -> str:
        """The name without its machine, such as "refund"."""
        return self.name.rpartition(".")[2]

    @property
    def required(self) -> list[str]:
        """The names of the fields without which it cannot run."""
        return [field.name for field in self.fields if field.is_required]


registered_actions: dict[str, OperatorAction] = {}


def operator_action(
    name: str, *fields: Field, role: str = "staff", is_dangerous: bool = False
) -> Callable[[A], A]:
    """Register a function under `name`, such as "order.cancel", for a machine's `operator_signals`.

    It runs in one transaction with the lock of the row, and raises what refuses the request. It
    receives the fields in a dict by their names if it declares any.
    """

    def register(run: A) -> A:
        registered_actions[name] = OperatorAction(name, run, fields, role, is_dangerous)
        return run

    return register


def actions_of(machine: type[DurableMachine[Any]]) -> dict[str, OperatorAction]:
    """Return the actions of a machine by the name that clients use: a signal, or the verb."""
    by_signal = {
        signal.value: registered_actions[name]
        for signal, name in machine.operator_signals.items()
        if name is not None
    }
    others = (registered_actions[name] for name in machine.display.actions)
    return by_signal | {action.verb: action for action in others}
