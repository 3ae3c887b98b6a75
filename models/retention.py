"""Forgetting what nobody needs any more, by age: in batches, each its own short transaction.

Orders, payments, refunds, disputes and their histories are kept: they are the books. What is still
under way, or waits for a person, is never old enough; but what was said about somebody who is not
here, or could not be read, is erased first, and its row goes as the others do.

Ids sort by time, so that the oldest rows are found at the beginning of each table's primary key,
without an index of their own.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, null, or_, select, text, update

from config import settings
from models.base import db, transaction
from models.clock import now
from models.durable.activity import ActivityRow, ActivityState
from models.durable.signal import SignalRow, SignalState, unapplied_payload
from models.idempotency import IdempotencyKey
from models.ids import first_of
from models.login import LIVE, Login, LoginFailure
from models.passkey import PasskeyChallenge
from models.reconciliation import Reconciliation, ReconciliationState
from models.user import UserSession

BATCH = 1000
# Of each kind in one go: the next tick goes on.
BATCHES = 20


def forget() -> dict[str, int]:
    """Delete what is older than RETENTION_DAYS, and erase the payloads of signals that found nobody
    for SIGNAL_PAYLOAD_DAYS; how many rows of each kind.
    """
    limit = now() - timedelta(days=settings.retention_days)
    ended = (ActivityState.DONE, ActivityState.ABANDONED)
    found: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (ActivityRow, ActivityRow.state.in_(ended) & (ActivityRow.finished_at < limit)),
        (SignalRow, SignalRow.state != SignalState.STORED),
        (Login, Login.state.not_in(LIVE)),
        (LoginFailure, LoginFailure.failed_at < limit),
        (IdempotencyKey, IdempotencyKey.created_at < limit),
        (PasskeyChallenge, PasskeyChallenge.expires_at < limit),
        (Reconciliation, Reconciliation.state != ReconciliationState.RUNNING),
        (UserSession, or_(UserSession.expires_at < limit, UserSession.revoked_at < limit)),
    )
    first = first_of(limit)
    deleted = {row.__tablename__: _all(row, row.id < first, condition) for row, condition in found}
    return deleted | {"payloads": _erase_payloads()}


def _erase_payloads() -> int:
    """On an account that several shops share, they may be another shop's."""
    first = first_of(now() - timedelta(days=settings.signal_payload_days))
    erased = 0
    for _ in range(BATCHES):
        with transaction() as session:
            kept = select(SignalRow.id).where(unapplied_payload(), SignalRow.id < first)
            oldest = kept.order_by(SignalRow.id).limit(BATCH).with_for_update(skip_locked=True)
            ids = session.scalars(oldest).all()
            session.execute(
                update(SignalRow)
                .where(SignalRow.id.in_(ids))
                .values(payload=null())
                .execution_options(synchronize_session=False)
            )
        erased += len(ids)
        if len(ids) < BATCH:
            break
    return erased


def _all(row: type[Any], *conditions: ColumnElement[bool]) -> int:
    deleted = 0
    for _ in range(BATCHES):
        with transaction() as session:
            oldest = select(row.id).where(*conditions).order_by(row.id).limit(BATCH)
            ids = session.scalars(oldest.with_for_update(skip_locked=True)).all()
            _delete(row, ids)
        deleted += len(ids)
        if len(ids) < BATCH:
            break
    return deleted


def _delete(row: type[Any], ids: Any) -> None:
    """These rows, and what belongs to them alone."""
    if row in (Login, Reconciliation):
        db.session.execute(delete(ActivityRow).where(ActivityRow.subject_id.in_(ids)))
        # A role that owns no table may not do so itself.
        db.session.execute(text("SELECT forget_history(:ids)"), {"ids": list(ids)})
    db.session.execute(delete(row).where(row.id.in_(ids)))
