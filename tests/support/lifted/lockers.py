"""Reservations of parcel lockers: the person opens the locker within two days, or it expires."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.durable.execution import Execution, deadline_index
from state_machines.durable import Activity, Arrow, Call, Deadline, DurableMachine, writes


class State(StrEnum):
    RESERVED = "Reserved"
    OPENED = "Opened"
    EXPIRED = "Expired"


class Signal(StrEnum):
    RESERVE = auto()
    OPEN = auto()
    EXPIRE = auto()


class Reservation(Execution, Base):
    __tablename__ = "reservation"
    __table_args__ = (deadline_index("reservation"),)

    state: Mapped[State] = mapped_column(text_enum(State, "state"))
    code: Mapped[str | None]


class ReservationMachine(DurableMachine[Reservation]):
    name = "reservation"
    model = Reservation
    states = State
    arrows = (
        Arrow(Signal.RESERVE, None, State.RESERVED, do=("locker.set_code",)),
        Arrow(Signal.OPEN, State.RESERVED, State.OPENED),
        Arrow(Signal.EXPIRE, State.RESERVED, State.EXPIRED, writes=("locker.forget_code",)),
    )
    deadlines = (Deadline((State.RESERVED,), timedelta(days=2), Signal.EXPIRE),)


@writes("locker.forget_code")
def forget_code(row: Reservation, _reason: str | None) -> None:
    """Forget the code of a reservation: nobody may open the locker any more."""
    row.code = None


class SetCode(Activity[Reservation, UUID, str]):
    """The call that sets the code of a locker's keypad."""

    name = "locker.set_code"
    machine = ReservationMachine
    calls: ClassVar[list[str]] = []

    def prepare(self, row: Reservation, call: Call) -> UUID:
        return row.id

    def perform(self, request: UUID, call: Call) -> str:
        code = f"code {call.key}"
        self.calls.append(code)
        return code

    def record(self, row: Reservation, response: str) -> None:
        row.code = response


def apply_event(_kind: str, payload: dict[str, Any]) -> UUID:
    """Apply the keypad's message that a locker was opened."""
    reservation_id = UUID(payload["reservation"])
    reservation = ReservationMachine.lock([reservation_id])[reservation_id]
    ReservationMachine.observe(reservation, Signal.OPEN)
    return reservation_id
