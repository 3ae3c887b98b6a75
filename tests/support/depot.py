"""A depot of parcels, the engine tests' own machine."""

from uuid import UUID

from sqlalchemy import select

from models import ActivityRow, SignalRow, Transition, transaction
from state_machines.durable import NonRetryableError, executor, leases
from state_machines.durable.leases import Claim
from tests.support.parcel import (
    Announce,
    Courier,
    Parcel,
    ParcelMachine,
    ParcelSignal,
    ParcelState,
)


class Depot:
    """A depot where tests pack and inspect parcels."""

    def pack(self, *labels: str) -> list[UUID]:
        with transaction():
            parcels = [Parcel(label=label) for label in labels]
            for parcel in parcels:
                ParcelMachine.begin(parcel, ParcelSignal.PACK)
        return [parcel.id for parcel in parcels]

    def send(self, parcel_id: UUID, load_signal: ParcelSignal) -> None:
        with transaction():
            ParcelMachine.send(ParcelMachine.lock([parcel_id])[parcel_id], load_signal)

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
        """Claim activities as a worker does before it dies."""
        key = self.key(parcel_id)
        with transaction():
            return leases.claim(Announce.name, [key])

    def fail_to_give_up(self, parcel_id: UUID, courier: Courier) -> None:
        """Let the courier refuse a parcel while its machine cannot record that."""
        label = self.parcel(parcel_id).label
        courier.trouble[label] = NonRetryableError("no such street")
        courier.untellable.add(label)
        self.run(parcel_id)
        courier.untellable.remove(label)
        assert self.activity(parcel_id).giving_up is not None

    def run(self, *parcel_ids: UUID) -> int:
        return executor.run(Announce.name, [self.key(p) for p in parcel_ids])


def load_signal(external_id: str) -> SignalRow:
    with transaction() as session:
        row = select(SignalRow).where(SignalRow.external_id == external_id)
        return session.scalars(row.execution_options(populate_existing=True)).one()
