"""Retention: deletes old rows in batches, each in a short transaction.

A model whose rows may go says so as `expired`. Orders, payments, refunds, disputes and their
histories are financial records, and are kept. Rows that are in progress or wait for an operator are
never deleted. Payloads of signals that were never applied are erased earlier than their rows.

Ids sort by time, so the oldest rows are found by primary key, without another index.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, null, select, update

from config import settings
from models.base import db, mapped_tables, transaction
from models.bulk import Bulk, BulkResult
from models.clock import now
from models.durable.activity import ActivityRow
from models.durable.execution import Execution
from models.durable.signal import SignalRow, unapplied_payload
from models.ids import first_of

BATCH_SIZE = 1000
# Batches of each table in one run; the next run continues.
MAX_BATCHES = 100


def forget() -> dict[str, int]:
    """Delete rows older than RETENTION_DAYS, and erase old payloads of unapplied signals.

    Payloads are erased after SIGNAL_PAYLOAD_DAYS. Returns the number of rows by table, and the
    number of "payloads".
    """
    limit = now() - timedelta(days=settings.retention_days)
    first = first_of(limit)
    results = _delete_results(first)
    deleted = {
        table.__tablename__: _delete_all(table, table.id < first, condition)
        for table, condition in _expiring(limit)
    }
    return deleted | {BulkResult.__tablename__: results, "payloads": _erase_payloads()}


def _expiring(limit: datetime) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    """Yield the tables whose rows may be deleted, with the condition of those rows."""
    for table in mapped_tables():
        condition = table.expired(limit)
        if condition is not None:
            yield table, condition


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


def _delete_results(first: UUID) -> int:
    """Delete the results of old bulk jobs: one job may have very many."""
    old = select(Bulk.id).where(Bulk.id < first, Bulk.has_ended()).order_by(Bulk.id).limit(1)
    next_job = old.where(exists().where(BulkResult.bulk_id == Bulk.id))
    deleted = 0
    for _ in range(MAX_BATCHES):
        with transaction() as session:
            job_id = session.scalar(next_job)
            of_job = BulkResult.bulk_id == job_id
            some = select(BulkResult.subject_id).where(of_job).limit(BATCH_SIZE)
            ids = session.scalars(some.with_for_update(skip_locked=True)).all()
            session.execute(delete(BulkResult).where(of_job, BulkResult.subject_id.in_(ids)))
        deleted += len(ids)
        if not ids:
            break
    return deleted


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
    """Delete these rows with their activities. A trigger of the table deletes their histories."""
    if issubclass(row, Execution):
        db.session.execute(delete(ActivityRow).where(ActivityRow.subject_id.in_(ids)))
    db.session.execute(delete(row).where(row.id.in_(ids)))
