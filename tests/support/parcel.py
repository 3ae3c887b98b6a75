"""A small machine of another trade, so that the engine is tested without any order."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, db, text_enum
from models.durable.execution import Execution, deadline_index
from state_machines.durable import (
    Activity,
    Arrow,
    Call,
    Deadline,
    DurableMachine,
    NonRetryableError,
    RetryPolicy,
    Snooze,
)


class ParcelState(StrEnum):
    PACKED = "Packed"
    ANNOUNCED = "Announced"
    COLLECTED = "Collected"
    LOST = "Lost"


class Parcel(Execution, Base):
    __tablename__ = "test_parcel"
    __table_args__ = (deadline_index("test_parcel"),)

    state: Mapped[ParcelState] = mapped_column(text_enum(ParcelState, "state"))
    label: Mapped[str]
    tracking: Mapped[str | None]


class ParcelSignal(StrEnum):
    PACK = auto()
    ANNOUNCED = auto()
    COLLECT = auto()
    LOSE = auto()


S, Sig = ParcelState, ParcelSignal


class ParcelMachine(DurableMachine[Parcel]):
    name = "test_parcel"
    model = Parcel
    states = ParcelState
    arrows = (
        Arrow(Sig.PACK, None, S.PACKED, do=("test.announce",)),
        Arrow(Sig.ANNOUNCED, S.PACKED, S.ANNOUNCED),
        Arrow(Sig.COLLECT, S.ANNOUNCED, S.COLLECTED),
        Arrow(Sig.LOSE, S.PACKED, S.LOST),
        Arrow(Sig.LOSE, S.ANNOUNCED, S.LOST),
    )
    deadlines = (Deadline((S.PACKED, S.ANNOUNCED), timedelta(hours=1), Sig.LOSE),)
    operator_signals: ClassVar = {Sig.COLLECT: None}


class UnknownStreetError(NonRetryableError):
    """The courier does not know the street that the error is about."""


class Courier:
    """The outside world of these tests: it notes each call, and answers as `trouble` says."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.trouble: dict[str, Exception] = {}
        self.busy: set[str] = set()
        self.unreadable: set[str] = set()
        self.unaskable: set[str] = set()
        self.untellable: set[str] = set()
        self.errors: list[Exception] = []
        self.to_disk: set[str] = set()

    def announce(self, label: str, call: Call) -> str:
        self.calls.append(call)
        if label in self.trouble:
            raise self.trouble[label]
        return f"track-{label}"


class Announce(Activity[Parcel, str, str]):
    name = "test.announce"
    machine = ParcelMachine
    queue = "depot"
    provider = "courier"
    retry = RetryPolicy(initial=2, backoff=1.5, maximum=10, attempts=3, jitter=0)
    courier: ClassVar[Courier] = Courier()

    def prepare(self, parcel: Parcel, call: Call) -> str | None:
        if parcel.label in self.courier.busy:
            raise Snooze("the courier is at lunch", after=timedelta(minutes=5))
        if parcel.label in self.courier.unaskable:
            db.session.execute(text("SELECT 1 / 0"))
        self.courier.to_disk.add(str(db.session.scalar(text("SHOW synchronous_commit"))))
        return parcel.label if parcel.state == S.PACKED else None

    def perform(self, label: str, call: Call) -> str:
        return self.courier.announce(label, call)

    def record(self, parcel: Parcel, tracking: str) -> None:
        if parcel.label in self.courier.unreadable:
            raise ValueError("no such label")
        parcel.tracking = tracking
        ParcelMachine.observe(parcel, Sig.ANNOUNCED)

    def give_up(self, parcel: Parcel, error: Exception) -> None:
        if parcel.label in self.courier.untellable:
            db.session.execute(text("SELECT 1 / 0"))
        self.courier.errors.append(error)
        ParcelMachine.observe(parcel, Sig.LOSE, reason=str(error))
