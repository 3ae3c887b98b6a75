"""Retention: deletes old rows in batches, each in a short transaction.

Orders, payments, refunds, disputes and their histories are financial records, and are kept. Rows
that are in progress or wait for an operator are never deleted. Payloads of signals that were never
applied are erased earlier than their rows.

Ids sort by time, so the oldest rows are found by primary key, without another index.
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

BATCH_SIZE = 1000
# Batches of each table in one run; the next run continues.
MAX_BATCHES = 20


def forget() -> dict[str, int]:
    """Delete rows older than RETENTION_DAYS, and erase old payloads of unapplied signals.

    Payloads are erased after SIGNAL_PAYLOAD_DAYS. Returns the number of rows by table, and the
    number of "payloads".
    """
    limit = now() - timedelta(days=settings.retention_days)
    ended = (ActivityState.DONE, ActivityState.ABANDONED)
    expired: tuple[tuple[Any, ColumnElement[bool]], ...] = (
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
    deleted = {
        row.__tablename__: _delete_all(row, row.id < first, condition) for row, condition in expired
    }
    return deleted | {"payloads": _erase_payloads()}


def _erase_payloads() -> int:
    """Erase unapplied payloads: in a shared Stripe account they may be another shop's."""
    first = first_of(now() - timedelta(days=settings.signal_payload_days))
    erased = 0
    for _ in range(MAX_BATCHES):
        with transaction() as session:
            unapplied = select(SignalRow.id).where(unapplied_payload(), SignalRow.id < first)
            oldest = (
                unapplied.order_by(SignalRow.id).limit(BATCH_SIZE).with_for_update(skip_locked=True)
            )
            ids = session.scalars(oldest).all()
            session.execute(
                update(SignalRow)
                .where(SignalRow.id.in_(ids))
                .values(payload=null())
                .execution_options(synchronize_session=False)
            )
        erased += len(ids)
        if len(ids) < BATCH_SIZE:
            break
    return erased


def _delete_all(row: type[Any], *conditions: ColumnElement[bool]) -> int:
    deleted = 0
    for _ in range(MAX_BATCHES):
        with transaction() as session:
            oldest = select(row.id).where(*conditions).order_by(row.id).limit(BATCH_SIZE)
            ids = session.scalars(oldest.with_for_update(skip_locked=True)).all()
            _delete(row, ids)
        deleted += len(ids)
        if len(ids) < BATCH_SIZE:
            break
    return deleted


def _delete(row: type[Any], ids: Any) -> None:
    """Delete these rows with their activities and histories."""
    if row in (Login, Reconciliation):
        db.session.execute(delete(ActivityRow).where(ActivityRow.subject_id.in_(ids)))
        # Only a function of the tables' owner may delete history.
        db.session.execute(text("SELECT forget_history(:ids)"), {"ids": list(ids)})
    db.session.execute(delete(row).where(row.id.in_(ids)))
