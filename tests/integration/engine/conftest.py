"""What the engine's stories share."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from models import ActivityRow, Transition, clock, transaction
from models.clock import MovableClock
from state_machines.durable import claim, runner, unit_of_work
from state_machines.durable.claim import Claim
from state_machines.durable.unit_of_work import Committed
from tests.support.parcel import (
    Announce,
    Courier,
    Parcel,
    ParcelMachine,
    ParcelSignal,
    ParcelState,
)


class Depot:
    """Where parcels are packed and looked at."""

    def pack(self, *labels: str) -> list[UUID]:
        with transaction():
            parcels = [Parcel(label=label) for label in labels]
            for parcel in parcels:
                ParcelMachine.begin(parcel, ParcelSignal.PACK)
        return [parcel.id for parcel in parcels]

    def send(self, parcel_id: UUID, signal: ParcelSignal) -> None:
        with transaction():
            ParcelMachine.send(ParcelMachine.lock([parcel_id])[parcel_id], signal)

    def parcel(self, parcel_id: UUID) -> Parcel:
        with transaction() as session:
            return session.get_one(Parcel, parcel_id, populate_existing=True)

    def state(self, parcel_id: UUID) -> ParcelState:
        return self.parcel(parcel_id).state

    def history(self, parcel_id: UUID) -> list[Transition]:
        with transaction() as session:
            rows = select(Transition).where(Transition.subject_id == parcel_id)
            return list(session.scalars(rows.order_by(Transition.version)))

    def activity(self, parcel_id: UUID) -> ActivityRow:
        with transaction() as session:
            row = select(ActivityRow).where(ActivityRow.subject_id == parcel_id)
            return session.scalars(row.execution_options(populate_existing=True)).one()

    def key(self, parcel_id: UUID) -> UUID:
        return self.activity(parcel_id).id

    def claim(self, parcel_id: UUID) -> Claim:
        """What a worker does before it dies."""
        key = self.key(parcel_id)
        with transaction():
            return claim.claim(Announce.name, [key])

    def run(self, *parcel_ids: UUID) -> int:
        return runner.run(Announce.name, [self.key(p) for p in parcel_ids])


@pytest.fixture
def depot(database: object) -> Iterator[Depot]:
    """With somebody who dispatches, as every process that commits has."""
    nobody: list[Committed] = []
    unit_of_work.after_commit(nobody.append)
    yield Depot()
    unit_of_work.remove_listener(nobody.append)


@pytest.fixture
def courier() -> Courier:
    Announce.courier = Courier()
    return Announce.courier


@pytest.fixture
def time() -> Iterator[MovableClock]:
    with clock.stopped() as moved:
        yield moved


@pytest.fixture
def committed() -> Iterator[list[Committed]]:
    heard: list[Committed] = []
    unit_of_work.after_commit(heard.append)
    yield heard
    unit_of_work.remove_listener(heard.append)
