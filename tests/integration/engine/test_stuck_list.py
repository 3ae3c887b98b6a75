"""The list of stuck executions finds what the whole check finds, as far as it looks."""

from sqlalchemy import delete, update

from models import ActivityRow, reading, transaction
from models.clock import MovableClock
from state_machines.durable import sweep
from state_machines.durable.inspection import stuck
from state_machines.durable.statements.stuck import find_stuck
from tests.support.depot import Depot
from tests.support.parcel import Courier, Parcel, ParcelMachine


def test_the_oldest_stuck_executions_are_found(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    lost = sorted(depot.pack("vase", "lamp"))
    with transaction() as session:
        session.execute(delete(ActivityRow).where(ActivityRow.subject_id.in_(lost)))
        session.execute(update(Parcel).values(deadline_at=None))
    time.advance(seconds=1)
    untold, unclaimed = depot.pack("bowl", "tray")
    depot.fail_to_give_up(untold, courier)
    with reading():
        assert find_stuck([ParcelMachine]) == ({*lost, untold}, True)
        assert find_stuck([ParcelMachine], limit=1) == ({lost[0], untold}, False)
    time.advance(hours=2)
    with reading():
        everything, is_complete = find_stuck([ParcelMachine])
    assert everything == {*lost, untold, unclaimed}
    assert is_complete
    assert everything == {difference.id for difference in stuck(ParcelMachine)}


def test_what_no_worker_takes_is_stuck_although_the_sweep_publishes_it(
    depot: Depot, time: MovableClock
) -> None:
    (vase,) = depot.pack("vase")
    for _ in range(7):
        time.advance(minutes=10)
        assert len(sweep.due_activities()) == 1
    (difference,) = stuck(ParcelMachine)
    assert difference.what == "nobody has taken test.announce for an hour"
    with reading():
        assert find_stuck([ParcelMachine]) == ({vase}, True)
