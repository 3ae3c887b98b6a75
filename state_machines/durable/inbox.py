"""Signals from outside, kept once by their sender's id.

A signal is applied and inserted in one transaction. One that was here before is found out by its
row, which undoes its application. If applying fails, the row alone is stored and the sweep applies
it later: what was acknowledged is never dropped.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError

from models.base import db, transaction
from models.clock import now
from models.durable.signal import SignalRow, SignalState
from models.ids import uuid7
from models.text import storable, storable_json, storable_key
from state_machines.durable.activity import RetryPolicy
from state_machines.durable.complaint import complaints
from state_machines.durable.handler import (
    Outcome,
    Told,
    apply,
    lock_together,
    payload_to_keep,
    tell_watchers,
)

log = complaints(__name__)

RETRY = RetryPolicy(initial=1, backoff=2, maximum=300, attempts=12)
LATER: Outcome = (SignalState.STORED, None, None)


class KnownError(Exception):
    """A signal was here before: what it did this time is undone."""


def receive(
    source: str, external_id: str, kind: str, payload: dict[str, Any]
) -> SignalState | None:
    """Keep a signal and apply it. None when it was here before (nothing happens then)."""
    signal = _storable((external_id, kind, payload))
    try:
        with transaction():
            outcome = apply(source, signal)
            _keep(source, [signal], [outcome])
    except KnownError:
        return None
    except Exception:
        log.exception("signal %s %r is stored, to be applied later", source, external_id)
        with transaction():
            return SignalState.STORED if _insert(source, [signal], [LATER]) else None
    return outcome[0]


def receive_all(source: str, signals: Sequence[Told]) -> None:
    """Keep signals that came together, and apply them, in one transaction where that goes well."""
    signals = [_storable(signal) for signal in signals]
    try:
        with transaction():
            lock_together(source, signals)
            _keep(source, signals, [apply(source, signal) for signal in signals])
    except KnownError:
        log.info("of the signals of %s some were here before: one by one", source)
    except Exception:
        log.exception("signals of %s that came together: one by one", source)
    else:
        return
    for signal in signals:
        try:
            receive(source, *signal)
        except DataError:
            # It can be repeated for ever, and will never be stored: that must not stop the others.
            log.exception("signal %s %r is skipped: it cannot be stored", source, signal[0])


def store(source: str, signals: Sequence[Told]) -> int:
    """Keep signals in the current transaction: the sweep
    will apply them. How many were not here before.
    """
    return _insert(source, [_storable(signal) for signal in signals], [LATER] * len(signals))


def replay(row: SignalRow) -> None:
    """Have a locked signal applied again by the sweep."""
    row.state, row.attempts, row.due_at, row.last_error = SignalState.STORED, 0, now(), None


def replay_all(*conditions: ColumnElement[bool], tries: int = RETRY.attempts) -> int:
    """Have all signals under these conditions applied again by the sweep, with so many tries; how
    many there are.
    """
    # Two who do so at once take them in the same order.
    taken = select(SignalRow.id).where(*conditions).order_by(SignalRow.id).with_for_update()
    ids = db.session.scalars(taken).all()
    db.session.execute(
        update(SignalRow)
        .where(SignalRow.id.in_(ids))
        .values(state=SignalState.STORED, attempts=RETRY.attempts - tries, due_at=now())
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def apply_stored(limit: int) -> int:
    """Apply signals whose time has come, each in its own transaction; how many were tried."""
    with transaction():
        due = db.session.scalars(
            select(SignalRow.id)
            .where(SignalRow.state == SignalState.STORED, SignalRow.due_at <= now())
            .order_by(SignalRow.due_at, SignalRow.id)
            .limit(limit)
        ).all()
    for signal_id in due:
        try:
            with transaction():
                row = _claim(signal_id)
                if row is not None:
                    outcome = apply(row.source, (row.external_id, row.kind, row.payload or {}))
                    row.state, row.subject_id, row.last_error = outcome
                    row.payload = payload_to_keep(row.payload, outcome)
                    row.attempts += 1
                    row.applied_at = now()
                    tell_watchers(row.source, row.external_id, row.kind, outcome)
        except Exception as error:
            log.exception("signal %s could not be applied", signal_id)
            try:
                _postpone(signal_id, error)
            except Exception:
                log.exception("signal %s could not be put off", signal_id)
    return len(due)


def _storable(signal: Told) -> Told:
    """What is applied is what is kept, so that a replay does the same."""
    external_id, kind, payload = signal
    return storable_key(external_id), storable(kind), storable_json(payload)


def _keep(source: str, signals: Sequence[Told], outcomes: Sequence[Outcome]) -> None:
    """Raises KnownError when one of them was here before, or twice among them."""
    if _insert(source, signals, outcomes) < len(signals):
        raise KnownError
    for (external_id, kind, _), outcome in zip(signals, outcomes, strict=True):
        if outcome[0] == SignalState.FAILED:
            tell_watchers(source, external_id, kind, outcome)


def _insert(source: str, signals: Iterable[Told], outcomes: Iterable[Outcome]) -> int:
    """How many were not here before."""
    at = now()
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "source": source,
            "external_id": external_id,
            "kind": kind,
            "payload": payload_to_keep(payload, (state, subject_id, last_error)),
            "state": state,
            "subject_id": subject_id,
            "last_error": last_error,
            "attempts": int(state != SignalState.STORED),
            "due_at": at,
            "received_at": at,
            "applied_at": None if state == SignalState.STORED else at,
        }
        for (external_id, kind, payload), (state, subject_id, last_error) in zip(
            signals, outcomes, strict=True
        )
    ]
    if not rows:
        return 0
    table = cast("Table", SignalRow.__table__)
    new = insert(table).on_conflict_do_nothing(index_elements=["source", "external_id"])
    return len(db.session.execute(new.returning(table.c.id), rows).all())


def _claim(signal_id: UUID) -> SignalRow | None:
    # Asked for its state, too, PostgreSQL may go through all that is stored to find this one.
    row = db.session.scalar(
        select(SignalRow)
        .where(SignalRow.id == signal_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return row if row is not None and row.state == SignalState.STORED else None


def _postpone(signal_id: UUID, error: Exception) -> None:
    """Have a signal applied later. After its last try it is failed, in a transaction of its own in
    which its watchers are told; where that fails, the signal is tried on.
    """
    # Only the columns that this needs: the row may be one that cannot even be read.
    columns = (SignalRow.state, SignalRow.attempts, SignalRow.subject_id)
    names = (SignalRow.source, SignalRow.external_id, SignalRow.kind)
    query = select(*columns, *names).where(SignalRow.id == signal_id)
    last_error = f"{type(error).__name__}: {error}"[:2000]
    with transaction():
        row = db.session.execute(query.with_for_update(skip_locked=True)).one_or_none()
        if row is None or row.state != SignalState.STORED:
            return
        attempts = row.attempts + 1
        due_at = now() + RETRY.delay(attempts)
        _change(signal_id, attempts=attempts, last_error=last_error, due_at=due_at)
    if RETRY.allows(error, attempts):
        return
    with transaction():
        _change(signal_id, state=SignalState.FAILED, due_at=now())
        outcome = (SignalState.FAILED, row.subject_id, last_error)
        tell_watchers(row.source, row.external_id, row.kind, outcome)


def _change(signal_id: UUID, **values: Any) -> None:
    db.session.execute(
        update(SignalRow)
        .where(SignalRow.id == signal_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
