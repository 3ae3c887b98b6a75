"""Activities of parcels that have failed, for operators who retry and cancel them."""

from uuid import UUID

from sqlalchemy import select, update

from models import ActivityRow, ActivityState, AuditRow, transaction
from tests.support.depot import Depot

NAME = "test.announce"
FAILED, PENDING = ActivityState.FAILED, ActivityState.PENDING


def fail(depot: Depot, *labels: str, error: str = "busy") -> list[UUID]:
    """Pack parcels whose activities have failed."""
    parcels = depot.pack(*labels)
    with transaction() as session:
        session.execute(
            update(ActivityRow)
            .where(ActivityRow.subject_id.in_(parcels))
            .values(
                state=ActivityState.FAILED, last_error=error, finished_at=ActivityRow.created_at
            )
        )
    return parcels


def audit() -> list[AuditRow]:
    with transaction() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def states(depot: Depot, parcels: list[UUID]) -> list[ActivityState]:
    return [depot.activity(parcel).state for parcel in parcels]
