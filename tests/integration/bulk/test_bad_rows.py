"""A row of a bulk job that only the commit refuses: it has its reason, and all others are done."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from models import AuditRow, BulkAction, BulkState, transaction
from models.base import db
from state_machines.actions.selection import Filters
from tests.support.bulk_jobs import BATCH, boxes, load, numbers, refusals, start, work
from tests.support.depot import Depot

REFUSE = """
CREATE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION 'the shelf is full' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
{trigger} FOR EACH ROW EXECUTE FUNCTION refuse_row();
"""
DEFERRED = (
    "CREATE CONSTRAINT TRIGGER refuse_row AFTER UPDATE ON test_parcel DEFERRABLE INITIALLY DEFERRED"
)
# Each is written or checked by the commit alone.
FAULTS = {
    "a deferred constraint": ("test_parcel", "NEW.label = 'box-7'", DEFERRED),
    "a row of the history": (
        "transition",
        "NEW.subject_id = (SELECT id FROM test_parcel WHERE label = 'box-7')",
        "CREATE TRIGGER refuse_row BEFORE INSERT ON transition",
    ),
}


@contextmanager
def refusing(table: str, condition: str, trigger: str) -> Iterator[None]:
    """Let PostgreSQL refuse rows of a table."""
    with db.engine.begin() as connection:
        connection.execute(text(REFUSE.format(condition=condition, trigger=trigger)))
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            connection.execute(text(f"DROP TRIGGER refuse_row ON {table}"))
            connection.execute(text("DROP FUNCTION refuse_row"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_that_the_commit_refuses_stops_no_other(app: Flask, depot: Depot, fault: str) -> None:
    parcels = depot.pack(*boxes(2 * BATCH))
    depot.run(*parcels)
    filters = Filters(machine="test_parcel", state="Announced")
    job = start(BulkAction.SIGNAL, filters=filters, options={"signal": "collect"})
    with refusing(*FAULTS[fault]):
        work(job)
    assert (load(job).state, numbers(job)) == (BulkState.DONE, (0, 2 * BATCH - 1, 0, 1))
    bad = parcels[7]
    assert list(refusals(job)) == [bad]
    assert "the shelf is full" in str(refusals(job)[bad])
    states = [depot.state(parcel) for parcel in parcels]
    assert states == ["Announced" if parcel == bad else "Collected" for parcel in parcels]
    assert {len(depot.history(parcel)) for parcel in parcels if parcel != bad} == {3}
    assert len(depot.history(bad)) == 2
    with transaction() as session:
        audits = session.scalars(db.select(AuditRow).where(AuditRow.action == "machines signal"))
        assert len(audits.all()) == 2 * BATCH - 1
