"""The activity of bulk jobs: it changes one batch of a job's rows, and schedules the next."""

from uuid import UUID

from models.base import db
from models.bulk import Bulk, BulkState
from models.durable.activity import ActivityRow
from state_machines.actions import bulk_job
from state_machines.bulk import BulkMachine, BulkSignal
from state_machines.durable import Activity, Call
from state_machines.durable.unit_of_work import schedule, unit_of_work


class Work(Activity[Bulk, UUID, UUID]):
    """Changes a batch of rows. It calls no provider, and is an activity to survive its worker."""

    name = "bulk.work"
    machine = BulkMachine
    # Ticks of beat go first there, and no provider's calls wait behind it.
    queue = "maintenance"

    def prepare(self, job: Bulk, call: Call) -> UUID | None:
        return call.id if job.state == BulkState.RUNNING else None

    def perform(self, request: UUID, call: Call) -> UUID:  # noqa: ARG002
        return request

    def record(self, job: Bulk, response: UUID) -> None:  # noqa: ARG002
        if job.state != BulkState.RUNNING:
            return
        if bulk_job.work(job) and not _is_scheduled(job):
            schedule(self.name, self.machine.name, job.id)

    def give_up(self, job: Bulk, error: Exception) -> None:
        BulkMachine.observe(job, BulkSignal.GIVE_UP, reason=str(error))


def _is_scheduled(job: Bulk) -> bool:
    """Return whether the next batch is scheduled, as after a pause and a resumption."""
    if any(row["subject_id"] == job.id for row in unit_of_work().activities):
        return True
    is_open = ActivityRow.is_open(Work.name, [job.id])
    return db.session.scalar(db.select(ActivityRow.id).where(is_open).limit(1)) is not None
