"""The start of a reconciliation, on request or when the last one is too old."""

from datetime import datetime, timedelta
from uuid import UUID

from config import settings
from models.base import db
from models.clock import now
from models.ids import uuid7
from models.reconciliation import Reconciliation, ReconciliationState
from state_machines.durable import DurableMachine
from state_machines.reconciliation import ReconciliationMachine, ReconciliationSignal

# Stripe lists events of the last 30 days. Source: https://docs.stripe.com/api/events
EVENT_AGE = timedelta(days=30)
# Events that arrived during the last reconciliation are compared again.
OVERLAP = timedelta(hours=1)
START_LOCK = 0x7265636F  # an advisory lock: any number that nothing else locks


def start(key: UUID) -> Reconciliation:
    """Begin a reconciliation under the id `key`, and poll every row that has a poll now."""
    for row in (machine.model for machine in DurableMachine.registry.values() if machine.poll):
        # A locked row is moving anyway. Waiting for it with other rows locked could deadlock.
        polled = db.select(row.id).where(row.poll_at.is_not(None)).order_by(row.id)
        free = polled.with_for_update(key_share=True, skip_locked=True).cte("free")
        db.session.execute(
            db.update(row).where(row.id.in_(db.select(free.c.id))).values(poll_at=now())
        )
    reconciliation = Reconciliation(id=key, since=_since())
    ReconciliationMachine.begin(reconciliation, ReconciliationSignal.BEGIN)
    return reconciliation


def start_or_join() -> tuple[UUID, bool]:
    """Return the id of the reconciliation that runs, or begin one. Return also whether it is new.

    Any number of requests may call it at once.
    """
    db.session.execute(db.select(db.func.pg_advisory_xact_lock(START_LOCK)))
    running = Reconciliation.state == ReconciliationState.RUNNING
    query = db.select(Reconciliation.id).where(running).order_by(Reconciliation.id.desc()).limit(1)
    current: UUID | None = db.session.scalar(query)
    return (current, False) if current else (start(uuid7()).id, True)


def start_when_due() -> bool:
    """Begin a reconciliation unless the last one is younger than RECONCILE_EVERY.

    Returns whether it did. Any number of processes may call it at once.
    """
    if not db.session.scalar(db.select(db.func.pg_try_advisory_xact_lock(START_LOCK))):
        return False
    last = db.session.scalar(db.select(db.func.max(Reconciliation.created_at)))
    if last is not None and last > now() - timedelta(seconds=settings.reconcile_every):
        return False
    ReconciliationMachine.begin(Reconciliation(since=_since()), ReconciliationSignal.BEGIN)
    return True


def ensure_reconciliation() -> UUID:
    """Return the id of the newest reconciliation; begin one if there is none."""
    query = db.select(Reconciliation.id).order_by(Reconciliation.id.desc()).limit(1)
    newest: UUID | None = db.session.scalar(query)
    return newest or start(uuid7()).id


def _since() -> datetime:
    done = db.select(db.func.max(Reconciliation.created_at)).where(
        Reconciliation.state == ReconciliationState.DONE
    )
    last = db.session.scalar(done)
    return last - OVERLAP if last is not None else now() - EVENT_AGE
