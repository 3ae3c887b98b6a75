"""Tests of storable text: any characters of other systems can be stored in any column."""

from sqlalchemy import select, text, update

from models import ActivityState, AuditRow, transaction
from models.audit import audit
from models.durable.activity import ActivityRow
from models.text import REPLACEMENT
from state_machines.durable import RetryableError, note_request_id
from state_machines.durable.activity import Call
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, Parcel, ParcelMachine, ParcelSignal

ODD = "a\x00b\ud800"
STORED = f"a{REPLACEMENT}b{REPLACEMENT}"


class OddCourier(Courier):
    """Answers in characters that cannot be stored, and then hangs up."""

    def announce(self, label: str, call: Call) -> str:
        note_request_id(ODD)
        if call.attempt > 1:
            return super().announce(label, call)
        raise RetryableError(ODD)


def test_errors_and_request_ids_are_stored_in_storable_form(depot: Depot, courier: Courier) -> None:
    Announce.courier = OddCourier()
    (parcel_id,) = depot.pack("vase")
    depot.run(parcel_id)
    row = depot.activity(parcel_id)
    assert (row.state, row.last_error) == (ActivityState.WAITING, f"RetryableError: {STORED}")
    assert row.provider_request_id == STORED
    with transaction() as session:
        session.execute(update(ActivityRow).values(state=ActivityState.PENDING))
    depot.run(parcel_id)
    with transaction() as session:
        done = session.execute(select(ActivityRow.state, ActivityRow.provider_request_id)).one()
    assert done == (ActivityState.DONE, STORED)


def test_the_reason_of_a_transition_is_stored_in_storable_form(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    with transaction():
        parcel = ParcelMachine.lock([parcel_id])[parcel_id]
        ParcelMachine.send(parcel, ParcelSignal.LOSE, reason=ODD)
    assert depot.history(parcel_id)[-1].reason == STORED


def test_audit_details_and_text_columns_are_stored_in_storable_form(depot: Depot) -> None:
    with transaction() as session:
        audit(ODD, "test", details_of={ODD: [ODD, float("nan")]})
        ParcelMachine.begin(Parcel(label=ODD), ParcelSignal.PACK)
        result = session.execute(
            text("SELECT label FROM test_parcel WHERE label = :is"), {"is": ODD}
        )
        assert result.scalar_one() == STORED
    with transaction() as session:
        row = session.scalars(select(AuditRow).execution_options(populate_existing=True)).one()
    assert (row.actor, row.details) == (STORED, {"details_of": {STORED: [STORED, "nan"]}})
