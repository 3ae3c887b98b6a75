"""Starting a reconciliation: on request, or when the last one is too old."""

from datetime import datetime, timedelta
from uuid import UUID

from config import settings
from models.base import db
from models.clock import now
from models.ids import uuid7
from models.payment import Payment
from models.reconciliation import Reconciliation, ReconciliationState
from models.refund import Refund
from state_machines.reconciliation import ReconciliationMachine, ReconciliationSignal

# Stripe lists events of the last 30 days. Source: https://docs.stripe.com/api/events
EVENT_AGE = timedelta(days=30)
# Events that arrived during the last reconciliation are compared again.
OVERLAP = timedelta(hours=1)
START_LOCK = 0x7265636F  # an advisory lock: any number that nothing else locks


def start(key: UUID) -> Reconciliation:
    """Begin one now under the id `key`, and ask about every payment and refund that is open."""
    for row in (Payment, Refund):
        # Whoever holds one is moving it. Waiting for them, with others in hand, could be a circle.
        free = db.select(row.id).where(row.poll_at.is_not(None)).order_by(row.id)
        taken = free.with_for_update(key_share=True, skip_locked=True).cte("taken")
        db.session.execute(
            db.update(row).where(row.id.in_(db.select(taken.c.id))).values(poll_at=now())
        )
    found = Reconciliation(id=key, since=_since())
    ReconciliationMachine.begin(found, ReconciliationSignal.BEGIN)
    return found


def start_when_due() -> bool:
    """Begin one unless the last is younger than RECONCILE_EVERY; whether it did. Any number of
    processes may try at once.
    """
    if not db.session.scalar(db.select(db.func.pg_try_advisory_xact_lock(START_LOCK))):
        return False
    last = db.session.scalar(db.select(db.func.max(Reconciliation.created_at)))
    if last is not None and last > now() - timedelta(seconds=settings.reconcile_every):
        return False
    ReconciliationMachine.begin(Reconciliation(since=_since()), ReconciliationSignal.BEGIN)
    return True


def ensure_reconciliation() -> UUID:
    """The newest reconciliation; a new one when there has been none."""
    newest = db.select(Reconciliation.id).order_by(Reconciliation.id.desc()).limit(1)
    found: UUID | None = db.session.scalar(newest)
    return found or start(uuid7()).id


def _since() -> datetime:
    done = db.select(db.func.max(Reconciliation.created_at)).where(
        Reconciliation.state == ReconciliationState.DONE
    )
    last = db.session.scalar(done)
    return last - OVERLAP if last is not None else now() - EVENT_AGE
