"""Periodic recovery: publish overdue activities, fire deadlines, poll stale rows, retry signals.

Any number of processes may sweep at once: they take different rows. However much is due at once,
new work goes on: the sweep publishes a limited number of activities of each name, and of those that
deadlines and polls schedule a limited number a second. A row that cannot be moved stops no other:
it is put off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Text,
    case,
    column,
    extract,
    func,
    literal,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from models.base import db, transaction
from models.clock import now
from models.durable.activity import DUE, ActivityRow, ActivityState
from models.durable.sweep import ONLY, Sweep
from models.logs import logger
from state_machines.durable import inbox
from state_machines.durable.activity import Activity
from state_machines.durable.leases import UNKNOWN_OUTCOMES
from state_machines.durable.machine import DurableMachine
from state_machines.durable.unit_of_work import LEASE, caused_by, schedule, unit_of_work

log = logger(__name__)

# Maximum pending activities of one name: new ones wait behind them.
ACTIVITIES = 500
# Maximum queued activities of one name that are published in a second, by all processes together.
# Each costs far more than its deadline did: calls, events, emails.
PER_SECOND = 10
# Rows of a page.
DEADLINES = 500
POLLS = 200
SIGNALS = 100
# Maximum pages of deadlines of one machine in a sweep. The next sweep goes on.
PAGES = 4
# The time until a row that could not be moved is tried again.
LATER = timedelta(minutes=1)

Machine = type[DurableMachine[Any]]
# Serves one locked row, and returns whether it was still due.
Serve = Callable[[Machine, Any], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """Numbers of rows: those that were due, those no longer due, and those that were served."""

    due: int
    over: int
    served: int


def due_activities(*, rush: bool = False) -> list[tuple[str, UUID]]:
    """Take overdue and queued activities for publishing, and return their names and ids.

    They stay with this process for one lease. In a `rush` of deadlines only one queued activity of
    each name is taken.
    """
    with transaction():
        allowance = _take_allowance()
        return _take(min(allowance, 1) if rush else allowance)


def _take_allowance() -> int:
    """Note this sweep, and return how many queued activities of each name it may publish.

    All sweeps together have PER_SECOND.
    """
    new = insert(Sweep).values(id=ONLY, at=now(), allowance=PER_SECOND)
    at, last = new.excluded.at, Sweep.at
    # A clock that was set back must not keep the queue shut until it has caught up.
    passed = func.greatest(extract("epoch", at - last), 0)
    earned = case((at < last, 1.0), else_=passed) * PER_SECOND
    upsert = new.on_conflict_do_update(
        index_elements=["id"],
        set_={"at": at, "allowance": func.least(earned, PER_SECOND)},
        where=(at < last) | (passed >= 1 / PER_SECOND),
    )
    # A crash that loses this commit loses nothing: its activities are due again.
    relaxed = func.set_config("synchronous_commit", "off", True)
    row = db.session.execute(upsert.returning(Sweep.allowance, relaxed)).one_or_none()
    return int(row.allowance) if row else 0


def _take(allowance: int) -> list[tuple[str, UUID]]:
    """Make activities pending: the oldest overdue ones, and `allowance` queued ones of each name.

    Overdue means a lost message, a dead worker, or a retry. Names without an activity in this
    process are left out, and so are those with ACTIVITIES pending.
    """
    at, names = now(), list(Activity.registry)
    crowded = (
        select(ActivityRow.name)
        .where(ActivityRow.state == ActivityState.PENDING)
        # Pending rows are held for a lease; any number of waiting rows may lie beyond it.
        .where(ActivityRow.due_at > at, ActivityRow.due_at <= at + LEASE)
        .group_by(ActivityRow.name)
        .having(func.count() >= ACTIVITIES)
    )
    overdue = (
        select(ActivityRow.id)
        .where(ActivityRow.state.in_(DUE), ActivityRow.due_at <= at)
        .where(ActivityRow.name.in_(names), ActivityRow.name.not_in(crowded))
        .order_by(ActivityRow.due_at)
        .limit(ACTIVITIES)
        .with_for_update(skip_locked=True)
        # PostgreSQL may run a plain subquery again for each row, and so take more than the limit.
        .cte("due")
    )
    queued = _queued(names, allowance, crowded)
    rows = db.session.execute(
        update(ActivityRow)
        .where(ActivityRow.id.in_(union_all(select(overdue.c.id), select(queued.c.id))))
        .values(
            state=ActivityState.PENDING,
            token=None,
            unknown_outcomes=UNKNOWN_OUTCOMES,
            due_at=at + LEASE,
        )
        .returning(ActivityRow.name, ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    return [(name, activity_id) for name, activity_id in rows]


def _queued(names: list[str], allowance: int, crowded: Any) -> CTE:
    """Return the query for the newest queued activities of each name."""
    name = (
        func.unnest(literal(names, ARRAY(Text)))
        .table_valued(column("name", Text))
        .render_derived("names")
    )
    newest = (
        select(ActivityRow.id)
        .where(ActivityRow.state == ActivityState.QUEUED, ActivityRow.name == name.c.name)
        .order_by(ActivityRow.due_at.desc())
        .limit(allowance)
        .with_for_update(skip_locked=True)
        .lateral("newest")
    )
    each = select(newest.c.id).select_from(name.join(newest, true()))
    return each.where(name.c.name.not_in(crowded)).cte("queued")


def fire_deadlines() -> int:
    """Send the signals of deadlines that have passed, and return how many rows were served."""
    return _sum(_fire)


def schedule_polls() -> int:
    """Schedule the polls that are due, and return their number."""
    return _sum(_poll)


def apply_signals() -> int:
    """Apply signals that were stored but not applied, and return how many were tried."""
    return inbox.apply_stored(SIGNALS)


def _sum(serve: Callable[[Machine], int]) -> int:
    """Serve each machine. A failure is logged and stops no other: the next sweep retries it."""
    total = 0
    for machine in list(DurableMachine.registry.values()):
        try:
            total += serve(machine)
        except Exception:
            log.exception("sweeping the rows of %s failed", machine.name)
    return total


def _fire(machine: Machine) -> int:
    fired = 0
    for _ in range(PAGES if machine.deadlines else 0):
        page = _serve(machine, machine.model.deadline_at, DEADLINES, _fire_row)
        fired += page.served
        if page.due < DEADLINES or not page.over:
            break
    return fired


def _poll(machine: Machine) -> int:
    if machine.poll is None:
        return 0
    return _serve(machine, machine.model.poll_at, POLLS, _poll_row).served


def _serve(machine: Machine, when: Any, limit: int, serve: Serve) -> Page:
    """Serve a page of the rows due at `when`, in one transaction or else one by one."""
    due: list[UUID] = []
    try:
        with transaction() as session:
            query = select(machine.model.id).where(when <= now()).order_by(when).limit(limit)
            due += session.scalars(query.with_for_update(key_share=True, skip_locked=True))
            return _serve_rows(machine, due, serve)
    except Exception:
        if not due:
            raise
        log.exception("serving %d rows of %s at once failed: one by one", len(due), machine.name)
    pages = [_serve_alone(machine, when, row_id, serve) for row_id in due]
    return Page(len(due), sum(page.over for page in pages), sum(page.served for page in pages))


def _serve_rows(machine: Machine, ids: list[UUID], serve: Serve) -> Page:
    """Lock the rows and serve them, in the current transaction."""
    unit_of_work().by_time = True
    rows = machine.lock(ids, skip_locked=True) if ids else {}
    served = [row for row in rows.values() if serve(machine, row)]
    return Page(len(ids), len(rows), len(served))


def _serve_alone(machine: Machine, when: Any, row_id: UUID, serve: Serve) -> Page:
    try:
        with transaction():
            return _serve_rows(machine, [row_id], serve)
    except Exception:
        log.exception("%s %s is put off", machine.name, row_id)
    # Plain SQL, since the row may be unreadable.
    with transaction() as session:
        session.execute(
            update(machine.model)
            .where(machine.model.id == row_id, when <= now())
            .values({when: now() + LATER})
            .execution_options(synchronize_session=False)
        )
    return Page(1, 1, 0)


def _fire_row(machine: Machine, row: Any) -> bool:
    # The row may have moved between the query and the lock.
    if row.deadline_at is None or row.deadline_at > now():
        return False
    deadline = machine.deadline_of(row.state)
    with caused_by("deadline", row.deadline_at.isoformat()):
        if deadline is None or not machine.observe(row, deadline.send):
            row.deadline_at = None
    return True


def _poll_row(machine: Machine, row: Any) -> bool:
    poll = machine.poll
    # The row may have moved between the query and the lock.
    if poll is None or row.poll_at is None or row.poll_at > now():
        return False
    schedule(poll.do, machine.name, row.id)
    row.poll_at = poll.after(row.created_at, now())
    return True
