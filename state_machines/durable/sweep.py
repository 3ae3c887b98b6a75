"""Periodic recovery: publish overdue activities, fire deadlines, poll stale rows, retry signals.

Any number of processes may sweep at once: they take different rows. However much is due at once,
new work goes on: the sweep publishes a limited number of activities of each name, and of those that
deadlines and polls schedule a limited number a second. A row that cannot be moved stops no other:
it is put off. What only a newer release knows is left to it, silently: states, names, kinds.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, update

from models.base import transaction
from models.clock import now
from models.durable.sweep import Sweep
from models.logs import logger
from state_machines.durable import inbox
from state_machines.durable.activity import Activity
from state_machines.durable.base.cause import caused_by
from state_machines.durable.machine import DurableMachine
from state_machines.durable.operations import pauses, publishing
from state_machines.durable.statements import due, pages
from state_machines.durable.telemetry import counts
from state_machines.durable.unit_of_work import schedule, unit_of_work

log = logger(__name__)

# Maximum queued activities of one name that are published in a second, by all processes together.
# Each costs far more than its deadline did: calls, events, emails.
QUEUED_PER_SECOND = 10
DEADLINES_PER_PAGE = 500
POLLS_PER_SWEEP = 200
SIGNALS_PER_SWEEP = 100
# Maximum pages of deadlines of one machine in a sweep. The next sweep goes on. A sweep begins each
# second, however many workers there are: 2,500 deadlines cost less than a second of one core.
MAX_PAGES = 5
# The time until a row that could not be moved is tried again.
RETRY_DELAY = timedelta(minutes=1)

Machine = type[DurableMachine[Any]]
# Moves or polls locked rows, and returns their number.
Handler = Callable[[Machine, Sequence[Any]], int]


class Page(NamedTuple):
    """Numbers of rows: those that were due, and those that were handled."""

    due: int
    handled: int


def due_activities(*, deadlines_are_overdue: bool = False) -> list[tuple[str, UUID]]:
    """Take overdue and queued activities for publishing, and return their names and ids.

    For one lease no other process publishes them. While deadlines are overdue, only one queued
    activity of each name is taken.
    """
    has_due = due.has_due_activities()
    with transaction():
        allowance = Sweep.take_allowance(QUEUED_PER_SECOND)
        if not has_due:
            return []
        return publishing.take_due(min(allowance, 1) if deadlines_are_overdue else allowance)


def fire_deadlines() -> int:
    """Send the signals of deadlines that have passed, and return how many rows were handled."""
    return _sum(due.machines_with_due_deadlines, _fire)


def schedule_polls() -> int:
    """Schedule the polls that are due, and return their number."""
    return _sum(due.machines_with_due_polls, _poll)


def apply_signals() -> int:
    """Apply signals that were stored but not applied, and return how many were tried."""
    return inbox.apply_stored(SIGNALS_PER_SWEEP) if due.has_due_signals() else 0


def _sum(find: Callable[[], list[Machine]], handle: Callable[[Machine], int]) -> int:
    """Handle the rows of each machine that has due ones, and return their number.

    A failure is logged and stops no other machine: the next sweep tries again.
    """
    try:
        machines = find()
    except Exception:
        log.exception("finding what is due failed: all machines are asked")
        machines = list(DurableMachine.registry.values())
    total = 0
    for machine in machines:
        try:
            total += handle(machine)
        except Exception:
            log.exception("sweeping the rows of %s failed", machine.name)
    return total


def _fire(machine: Machine) -> int:
    fired = 0
    # A newer release may have given a deadline to a state that has none here.
    states = [state for deadline in machine.deadlines for state in deadline.states]
    in_states = machine.model.state.in_(states)
    for _ in range(MAX_PAGES if states else 0):
        page = _handle_page(
            machine, machine.model.deadline_at, in_states, DEADLINES_PER_PAGE, _fire_rows
        )
        fired += page.handled
        if page.due < DEADLINES_PER_PAGE:
            break
    return fired


def _poll(machine: Machine) -> int:
    if machine.poll is None:
        return 0
    condition = machine.model.state.in_(machine.poll.states)
    activity = Activity.registry.get(machine.poll.do)
    if activity is not None:
        # The polls of a paused activity stay due.
        condition &= ~pauses.is_paused(activity)
    return _handle_page(
        machine, machine.model.poll_at, condition, POLLS_PER_SWEEP, _poll_rows
    ).handled


def _handle_page(
    machine: Machine, when: Any, condition: ColumnElement[bool], limit: int, handle: Handler
) -> Page:
    """Handle a page of the rows due at `when`, in one transaction or else one by one."""
    ids: list[UUID] = []
    is_due = condition & (when <= now())
    try:
        with transaction(), pages.locked_page(machine, is_due, when, limit) as rows:
            ids += [row.id for row in rows]
            return Page(len(ids), _handle_rows(machine, rows, handle))
    except Exception:
        if not ids:
            raise
        log.exception("handling %d rows of %s at once failed: one by one", len(ids), machine.name)
    return Page(len(ids), sum(_handle_alone(machine, when, is_due, key, handle) for key in ids))


def _handle_rows(machine: Machine, rows: Sequence[Any], handle: Handler) -> int:
    unit_of_work().queues_activities = True
    return handle(machine, rows) if rows else 0


def _handle_alone(
    machine: Machine, when: Any, is_due: ColumnElement[bool], row_id: UUID, handle: Handler
) -> int:
    condition = is_due & (machine.model.id == row_id)
    try:
        with transaction(), pages.locked_page(machine, condition, when, 1) as rows:
            return _handle_rows(machine, rows, handle)
    except Exception:
        log.exception("%s %s is put off", machine.name, row_id)
    # Plain SQL, since the row may be unreadable.
    with transaction() as session:
        session.execute(
            update(machine.model)
            .where(machine.model.id == row_id, when <= now())
            .values({when: now() + RETRY_DELAY})
            .execution_options(synchronize_session=False)
        )
    return 0


def _fire_rows(machine: Machine, rows: Sequence[Any]) -> int:
    paused = pauses.paused_activities()
    waiting = pauses.waiting_ids(machine, [row.id for row in rows], paused) if paused else set()
    for row in rows:
        if row.id in waiting:
            pauses.extend_deadline(machine, row)
    fired = [row for row in rows if row.id not in waiting]
    for row in fired:
        counts.count_deadline(machine.name, row.deadline_at)
        deadline = machine.deadline_of(row.state)
        with caused_by("deadline", row.deadline_at.isoformat()):
            if deadline is None or not machine.observe(row, deadline.send):
                row.deadline_at = None
    return len(fired)


def _poll_rows(machine: Machine, rows: Sequence[Any]) -> int:
    poll = machine.poll
    if poll is None:
        return 0
    for row in rows:
        schedule(poll.do, machine.name, row.id)
        row.poll_at = poll.after(row.created_at, now())
    return len(rows)
