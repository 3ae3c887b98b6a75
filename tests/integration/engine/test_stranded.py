"""A new version of the code may no longer know a state in which rows still are."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from models import transaction
from state_machines.durable.replay import stranded
from tests.integration.engine.conftest import Depot
from tests.integration.engine.parcel import ParcelMachine

CHECK = "ck_test_parcel_state"


@pytest.fixture
def unchecked(depot: Depot) -> Iterator[None]:
    """The table takes any state, as that of an older version took its own."""
    with transaction() as session:
        known = session.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": CHECK},
        )
        session.execute(text(f"ALTER TABLE test_parcel DROP CONSTRAINT {CHECK}"))
    yield
    with transaction() as session:
        session.execute(text("TRUNCATE test_parcel"))
        session.execute(text(f"ALTER TABLE test_parcel ADD CONSTRAINT {CHECK} {known}"))


@pytest.mark.usefixtures("unchecked")
def test_rows_in_states_that_are_no_more_are_listed(depot: Depot) -> None:
    left, _ = depot.pack("vase", "lamp")
    assert stranded(ParcelMachine) == []
    with transaction() as session:
        session.execute(
            text("UPDATE test_parcel SET state = 'Weighed' WHERE id = :id"), {"id": left}
        )
    (found,) = stranded(ParcelMachine)
    assert (found.id, found.what) == (left, "Weighed is no state any more")
