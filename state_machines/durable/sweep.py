"""What time brings back: activities past their lease, deadlines, polls, stored signals.

Any number of processes may sweep at once; they take different rows. However much is due at once,
what is new goes on: of what deadlines and polls ask for, so many of a name are handed out each
second, the newest first, and of no name more than workers take. One row that cannot be moved stops
no other: it is put off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, extract, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db, transaction
from models.clock import now
from models.durable.sweep import ONLY, Sweep
from state_machines.durable import claim, inbox
from state_machines.durable.activity import Activity
from state_machines.durable.complaint import complaints
from state_machines.durable.machine import DurableMachine
from state_machines.durable.unit_of_work import caused_by, schedule, unit_of_work

log = complaints(__name__)

# Of one name, that wait for a worker at once: what is new waits behind them.
ACTIVITIES = 500
# Of one name, that time asked for and that are handed out in a second, by all processes together.
# They cost a shop more than their deadlines do: calls, events, letters.
PER_SECOND = 10
DEADLINES = 500
# Of deadlines, before the rest of a sweep has its turn: the next sweep goes on.
PAGES = 4
POLLS = 200
SIGNALS = 100
# Until a row that could not be moved is looked at again.
LATER = timedelta(minutes=1)

Machine = type[DurableMachine[Any]]
# Does to one locked row what is due; whether it still was.
Deed = Callable[[Machine, Any], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """How many rows were due; how many of them are off the list now; and how many were served."""

    due: int
    over: int
    served: int


def due_activities(*, rush: bool = False) -> list[tuple[str, UUID]]:
    """Activities to publish again; they are ours to publish for one lease. In a `rush` of deadlines
    the queue goes on with one of a name.
    """
    with transaction():
        allowance = _take_allowance()
        queued = min(allowance, 1) if rush else allowance
        return claim.rescue_overdue(ACTIVITIES, Activity.registry, queued)


def _take_allowance() -> int:
    """Note this sweep, and return how many queued activities of each name it may hand out: all
    sweeps together have PER_SECOND.
    """
    new = insert(Sweep).values(id=ONLY, at=now(), allowance=PER_SECOND)
    at, last = new.excluded.at, Sweep.at
    # A clock that was set back must not keep the queue shut until it has caught up.
    passed = func.greatest(extract("epoch", at - last), 0)
    earned = case((at < last, 1.0), else_=passed) * PER_SECOND
    with_it = new.on_conflict_do_update(
        index_elements=["id"],
        set_={"at": at, "allowance": func.least(earned, PER_SECOND)},
        where=or_(at < last, passed >= 1 / PER_SECOND),
    )
    # Losing this commit in a crash loses nothing: what was handed out is due again.
    relaxed = func.set_config("synchronous_commit", "off", True)
    row = db.session.execute(with_it.returning(Sweep.allowance, relaxed)).one_or_none()
    return int(row.allowance) if row else 0


def fire_deadlines() -> int:
    """Send the signals of deadlines that have passed, some pages of them; how many fired. The next
    sweep goes on.
    """
    return sum(_apart(_fire, machine) for machine in _machines() if machine.deadlines)


def schedule_polls() -> int:
    """Ask about rows of which nothing was heard for too long; how many."""
    return sum(_apart(_ask, machine) for machine in _machines() if machine.poll)


def apply_signals() -> int:
    """Apply signals that were stored but not applied; how many were tried."""
    return inbox.apply_stored(SIGNALS)


def _machines() -> list[Machine]:
    return list(DurableMachine.registry.values())


def _apart(serve: Callable[[Machine], int], machine: Machine) -> int:
    """What goes wrong with one machine stops no other; the next tick tries again."""
    try:
        return serve(machine)
    except Exception:
        log.exception("sweeping the rows of %s failed", machine.name)
        return 0


def _fire(machine: Machine) -> int:
    fired = 0
    for _ in range(PAGES):
        page = _serve(machine, machine.model.deadline_at, DEADLINES, _ring)
        fired += page.served
        if page.due < DEADLINES or not page.over:
            break
    return fired


def _ask(machine: Machine) -> int:
    return _serve(machine, machine.model.poll_at, POLLS, _poll_row).served


def _serve(machine: Machine, when: Any, limit: int, do: Deed) -> Page:
    """Do what is due at `when` to a page of rows: all in one transaction, or else one by one."""
    due: list[UUID] = []
    try:
        with transaction() as session:
            unit_of_work().by_time = True
            look = select(machine.model.id).where(when <= now()).order_by(when).limit(limit)
            due += session.scalars(look.with_for_update(key_share=True, skip_locked=True))
            rows = machine.lock(due, skip_locked=True) if due else {}
            served = [row for row in rows.values() if do(machine, row)]
        return Page(len(due), len(rows), len(served))
    except Exception:
        if not due:
            raise
        log.exception("serving %d rows of %s at once failed: one by one", len(due), machine.name)
    alone = [_serve_alone(machine, when, row_id, do) for row_id in due]
    return Page(len(due), sum(one.over for one in alone), sum(one.served for one in alone))


def _serve_alone(machine: Machine, when: Any, row_id: UUID, do: Deed) -> Page:
    try:
        with transaction():
            unit_of_work().by_time = True
            rows = machine.lock([row_id], skip_locked=True)
            served = [row for row in rows.values() if do(machine, row)]
        return Page(1, len(rows), len(served))
    except Exception:
        log.exception("%s %s is put off", machine.name, row_id)
    # In plain SQL, since the row may be one that cannot even be read.
    with transaction() as session:
        session.execute(
            update(machine.model)
            .where(machine.model.id == row_id, when <= now())
            .values({when: now() + LATER})
            .execution_options(synchronize_session=False)
        )
    return Page(1, 1, 0)


def _ring(machine: Machine, row: Any) -> bool:
    # Between the look and the lock the row may have moved on.
    if row.deadline_at is None or row.deadline_at > now():
        return False
    deadline = machine.deadline_of(row.state)
    with caused_by("deadline", row.deadline_at.isoformat()):
        if deadline is None or not machine.observe(row, deadline.send):
            row.deadline_at = None
    return True


def _poll_row(machine: Machine, row: Any) -> bool:
    poll = machine.poll
    # Between the look and the lock the row may have moved on.
    if poll is None or row.poll_at is None or row.poll_at > now():
        return False
    schedule(poll.do, machine.name, row.id)
    row.poll_at = poll.after(row.created_at, now())
    return True
