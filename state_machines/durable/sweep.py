"""What time brings back: activities past their lease, deadlines, enquiries, stored signals.

Any number of processes may sweep at once; they take different rows. However much is due at once,
what is new goes on: what deadlines and enquiries ask for is not announced, but handed out as
workers take it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models.activity import ActivityRow, ActivityState
from models.base import transaction
from models.clock import now
from state_machines.durable import claim, inbox
from state_machines.durable.cause import caused_by
from state_machines.durable.journal import journal, schedule
from state_machines.durable.machine import DurableMachine

# That wait for a worker at once: what is new waits behind them.
ACTIVITIES = 500
DEADLINES = 200
ENQUIRIES = 200
SIGNALS = 100


def due_activities() -> list[tuple[str, UUID]]:
    """Activities to publish again; they are ours to publish for one lease."""
    with transaction() as session:
        published = select(func.count(ActivityRow.id)).where(
            ActivityRow.state == ActivityState.PENDING, ActivityRow.due_at > now()
        )
        room = ACTIVITIES - (session.scalar(published) or 0)
        return claim.hand_out(room) if room > 0 else []


def fire_deadlines() -> int:
    """Send the signals of deadlines that have passed, in batches; how many fired."""
    return sum(_fire(machine) for machine in DurableMachine.registry.values() if machine.deadlines)


def make_enquiries() -> int:
    """Ask about rows of which nothing was heard for too long; how many."""
    return sum(_ask(machine) for machine in DurableMachine.registry.values() if machine.enquiry)


def apply_signals() -> int:
    """Apply signals that were stored but not applied; how many were tried."""
    return inbox.apply_stored(SIGNALS)


def _fire(machine: type[DurableMachine[Any]]) -> int:
    fired = 0
    while True:
        with transaction() as session:
            journal().announced = False
            due = session.scalars(
                select(machine.row.id)
                .where(machine.row.deadline_at <= now())
                .order_by(machine.row.deadline_at)
                .limit(DEADLINES)
                .with_for_update(key_share=True, skip_locked=True)
            ).all()
            rows = machine.lock(due, skip_locked=True) if due else {}
            for row in rows.values():
                fired += _ring(machine, row)
        if len(due) < DEADLINES or not rows:
            return fired


def _ring(machine: type[DurableMachine[Any]], row: Any) -> bool:
    # Between the look and the lock the row may have moved on.
    if row.deadline_at is None or row.deadline_at > now():
        return False
    deadline = machine.deadline_of(row.state)
    with caused_by("deadline", row.deadline_at.isoformat()):
        if deadline is None or not machine.report(row, deadline.send):
            row.deadline_at = None
    return True


def _ask(machine: type[DurableMachine[Any]]) -> int:
    with transaction() as session:
        journal().announced = False
        due = session.scalars(
            select(machine.row.id)
            .where(machine.row.ask_at <= now())
            .order_by(machine.row.ask_at)
            .limit(ENQUIRIES)
        ).all()
        rows = machine.lock(due, skip_locked=True) if due else {}
        asked = [row for row in rows.values() if _enquire(machine, row)]
    return len(asked)


def _enquire(machine: type[DurableMachine[Any]], row: Any) -> bool:
    enquiry = machine.enquiry
    # Between the look and the lock the row may have moved on.
    if enquiry is None or row.ask_at is None or row.ask_at > now():
        return False
    schedule(enquiry.do, machine.name, row.id)
    row.ask_at = enquiry.after(row.created_at, now())
    return True
