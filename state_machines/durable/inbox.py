"""The inbox: events of providers, stored once by the sender's id and applied once.

An event is applied and inserted in one transaction. The insert of a repeated event fails, which
undoes its application. If applying fails, the event alone is stored and the sweep applies it later:
an acknowledged event is never lost.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError

from models import tracing
from models.base import db, table_of, transaction
from models.clock import now, tick
from models.durable.signal import SignalRow, SignalState
from models.ids import uuid7
from models.logs import logger
from models.text import storable, storable_json, storable_key
from state_machines.durable.base import handling
from state_machines.durable.base.failure import RetryPolicy, error_text
from state_machines.durable.base.handling import Outcome, ProviderEvent
from state_machines.durable.moves import traces
from state_machines.durable.telemetry import counts

log = logger(__name__)

RETRY = RetryPolicy(initial=1, backoff=2, maximum=300, attempts=12)
# The time for which the sweep leaves stored events that no handler here reads to a newer release.
UNKNOWN_KIND_DELAY = timedelta(hours=1)
STORED = Outcome(SignalState.STORED)


class RepeatedError(Exception):
    """The event came before. Its second application is undone."""


def receive(
    source: str, external_id: str, kind: str, payload: dict[str, Any]
) -> SignalState | None:
    """Store and apply an event. Return its state, or None (nothing changes) when it came before."""
    event, began = _storable((external_id, kind, payload)), tick()
    try:
        with transaction():
            outcome = handling.apply(source, event)
            _insert_new(source, [event], [outcome])
    except RepeatedError:
        counts.count_signal(source, kind, counts.REPEATED)
        return None
    except Exception:
        log.exception("event %s %r is stored, to be applied later", source, external_id)
        with transaction():
            is_new = _insert(source, [event], [STORED])
        outcome = STORED
        if not is_new:
            counts.count_signal(source, kind, counts.REPEATED)
            return None
    counts.count_signals(source, [event], [outcome], began)
    return outcome.state


def receive_all(
    source: str, events: Sequence[ProviderEvent], *, lock: Callable[[], object] | None = None
) -> None:
    """Store and apply events that came together, in one transaction or else one by one.

    `lock` runs first in the common transaction, to lock the rows of all events at once.
    """
    events, began = [_storable(event) for event in events], tick()
    try:
        with transaction():
            if lock is not None:
                lock()
            outcomes = [handling.apply(source, event) for event in events]
            _insert_new(source, events, outcomes)
    except RepeatedError:
        log.info("some of %d events of %s came before: one by one", len(events), source)
    except Exception:
        log.exception("applying %d events of %s at once failed: one by one", len(events), source)
    else:
        counts.count_signals(source, events, outcomes, began)
        return
    for event in events:
        try:
            receive(source, *event)
        except DataError:
            # It could never be stored, however often it is repeated, and must not stop the others.
            log.exception("event %s %r is skipped: it cannot be stored", source, event[0])


def store(source: str, events: Sequence[ProviderEvent]) -> int:
    """Store events in the current transaction for the sweep, and return how many are new."""
    return _insert(source, [_storable(event) for event in events], [STORED] * len(events))


def replay_all(*conditions: ColumnElement[bool], attempts: int = RETRY.attempts) -> int:
    """Make the sweep apply the signals under `conditions` again, by up to `attempts` attempts each.

    Returns how many there are. They do not wait for a newer release. Those that another transaction
    holds stay as they are.
    """
    # In the order of ids, so that two replays at once do not deadlock.
    query = select(SignalRow.id).where(*conditions).order_by(SignalRow.id)
    ids = db.session.scalars(query.with_for_update(skip_locked=True)).all()
    due_at = now() - UNKNOWN_KIND_DELAY
    values = {"attempts": RETRY.attempts - attempts, "due_at": due_at, "last_error": None}
    _update(SignalRow.id.in_(ids), state=SignalState.STORED, **values)
    return len(ids)


def apply_stored(limit: int) -> int:
    """Apply up to `limit` due events, each in its own transaction, and return how many."""
    with transaction():
        due = db.session.scalars(
            select(SignalRow.id)
            .where(SignalRow.state == SignalState.STORED, _is_due())
            .order_by(SignalRow.due_at, SignalRow.id)
            .limit(limit)
        ).all()
    for signal_id in due:
        try:
            _apply_one(signal_id)
        except Exception as error:
            log.exception("signal %s could not be applied", signal_id)
            try:
                _put_off(signal_id, error)
            except Exception:
                log.exception("signal %s could not be put off", signal_id)
    return len(due)


def _is_due() -> ColumnElement[bool]:
    """Return the condition that an event is due here, and not left to a newer release."""
    known = [
        (SignalRow.source == source)
        & (SignalRow.kind.in_(handling.kinds[source]) if source in handling.kinds else true())
        for source in handling.handlers
    ]
    limit = SignalRow.due_at <= now() - UNKNOWN_KIND_DELAY
    return (SignalRow.due_at <= now()) & or_(limit, *known)


def _apply_one(signal_id: UUID) -> None:
    with transaction() as session:
        # A condition on the state would let PostgreSQL scan all stored signals to find this one.
        query = select(SignalRow).where(SignalRow.id == signal_id)
        query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        row = session.scalar(query)
        if row is None or row.state != SignalState.STORED:
            return
        with tracing.continued(row.traceparent):
            outcome = handling.apply(row.source, (row.external_id, row.kind, row.payload or {}))
            names = (row.source, row.external_id, row.kind)
            row.traceparent = traces.note_signal(*names, outcome.subject_id)
        row.state, row.subject_id, row.last_error = outcome
        row.payload = handling.storable_payload(row.payload, outcome)
        row.attempts += 1
        row.applied_at = now()
        handling.tell_watchers(row.source, row.external_id, row.kind, outcome)
    counts.count_signal(row.source, row.kind, outcome.state, row.received_at)


def _put_off(signal_id: UUID, error: Exception) -> None:
    """Put an event off; after its last attempt, mark it as failed and tell its watchers.

    That is a second transaction, so that a watcher that fails leaves the event stored.
    """
    # Only the columns that are needed: the row may be unreadable.
    columns = (SignalRow.state, SignalRow.attempts, SignalRow.subject_id)
    names = (SignalRow.source, SignalRow.external_id, SignalRow.kind)
    query = select(*columns, *names).where(SignalRow.id == signal_id)
    last_error = error_text(error)
    with transaction():
        row = db.session.execute(query.with_for_update(skip_locked=True)).one_or_none()
        if row is None or row.state != SignalState.STORED:
            return
        attempts = row.attempts + 1
        values = {"attempts": attempts, "due_at": now() + RETRY.delay(attempts)}
        _update(SignalRow.id == signal_id, last_error=last_error, **values)
    is_last = not RETRY.allows(error, attempts)
    counts.count_signal(row.source, row.kind, SignalState.FAILED if is_last else counts.PUT_OFF)
    if not is_last:
        return
    with transaction():
        _update(SignalRow.id == signal_id, state=SignalState.FAILED, due_at=now())
        outcome = Outcome(SignalState.FAILED, row.subject_id, last_error)
        handling.tell_watchers(row.source, row.external_id, row.kind, outcome)


def _storable(event: ProviderEvent) -> ProviderEvent:
    """Return the event as it is stored, so that a replay does the same."""
    external_id, kind, payload = event
    return storable_key(external_id), storable(kind), storable_json(payload)


def _insert_new(source: str, events: Sequence[ProviderEvent], outcomes: Sequence[Outcome]) -> None:
    """Insert applied events. Raises RepeatedError when one came before, or twice among them."""
    if _insert(source, events, outcomes) < len(events):
        raise RepeatedError
    for (external_id, kind, _), outcome in zip(events, outcomes, strict=True):
        if outcome.state == SignalState.FAILED:
            handling.tell_watchers(source, external_id, kind, outcome)


def _insert(source: str, events: Sequence[ProviderEvent], outcomes: Sequence[Outcome]) -> int:
    """Insert the events that are new, and return their number."""
    at = now()
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "source": source,
            "external_id": external_id,
            "kind": kind,
            "payload": handling.storable_payload(payload, outcome),
            "state": outcome.state,
            "subject_id": outcome.subject_id,
            "last_error": outcome.error,
            "attempts": int(outcome.state != SignalState.STORED),
            "due_at": at,
            "received_at": at,
            "applied_at": None if outcome.state == SignalState.STORED else at,
            "traceparent": traces.note_signal(source, external_id, kind, outcome.subject_id),
        }
        for (external_id, kind, payload), outcome in zip(events, outcomes, strict=True)
    ]
    if not rows:
        return 0
    table = table_of(SignalRow)
    new = insert(table).on_conflict_do_nothing(index_elements=["source", "external_id"])
    return len(db.session.execute(new.returning(table.c.id), rows).all())


def _update(condition: ColumnElement[bool], **values: Any) -> None:
    query = update(SignalRow).where(condition).values(**values)
    db.session.execute(query.execution_options(synchronize_session=False))
