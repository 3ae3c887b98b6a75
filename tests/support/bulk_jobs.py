"""Bulk jobs as tests start them, work them off and read them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import ActivityRow, Bulk, BulkAction, BulkResult, transaction
from state_machines.actions import bulk_job
from state_machines.actions.selection import Filters
from state_machines.durable import executor
from tasks.bulk import Work
from tests.support.parcel import Announce

BATCH = bulk_job.BATCH_SIZE


def start(action: BulkAction, limit: int = 1000, **fields: Any) -> Bulk:
    filters = fields.pop("filters", Filters(name=Announce.name)).as_json()
    plain = {"filters": filters, "options": {}, "reason": "strike is over", "actor": "ann"}
    job = Bulk(action=action, **plain | fields)
    with transaction():
        bulk_job.start(job, limit)
    return job


def work(job: Bulk, batches: int = 100) -> int:
    """Do up to `batches` batches, as a worker does; return how many there were."""
    for number in range(batches):
        with transaction() as session:
            is_open = ActivityRow.is_open(Work.name, [job.id])
            keys = session.scalars(select(ActivityRow.id).where(is_open)).all()
        if not keys:
            return number
        executor.run(Work.name, keys)
    return batches


def load(job: Bulk) -> Bulk:
    with transaction() as session:
        return session.get_one(Bulk, job.id, populate_existing=True)


def numbers(job: Bulk) -> tuple[int, int, int, int]:
    row = load(job)
    return row.waiting, row.changed, row.unchanged, row.refused


def refusals(job: Bulk) -> dict[UUID, str | None]:
    with transaction() as session:
        rows = select(BulkResult.subject_id, BulkResult.error).where(
            BulkResult.bulk_id == job.id, BulkResult.state == "refused"
        )
        return {row.subject_id: row.error for row in session.execute(rows)}


def boxes(number: int) -> list[str]:
    return [f"box-{n}" for n in range(number)]
