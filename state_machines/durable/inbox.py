"""Signals from outside, kept once by their sender's id.

A signal is inserted and applied in one transaction. If applying fails, the row alone is stored and
the sweep applies it later: what was acknowledged is never dropped.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models.base import db, transaction
from models.clock import now
from models.ids import uuid7
from models.signal import SignalRow, SignalState
from state_machines.durable.activity import RetryPolicy
from state_machines.durable.cause import caused_by
from state_machines.durable.machine import DurableMachine

log = logging.getLogger(__name__)

RETRY = RetryPolicy(initial=1, backoff=2, maximum=300, attempts=12)


class NoSubjectError(Exception):
    """The signal is about something that is not here. It is kept."""


class NotOursError(Exception):
    """The signal is of a kind that means nothing here. It is kept."""


class MalformedError(Exception):
    """The signal is not what its kind says. It is kept, and put before the operator."""


# The sender's id, the kind, and the payload.
Told = tuple[str, str, dict[str, Any]]
# Takes the kind and the payload, moves machines, and answers the id of what it was about.
Handler = Callable[[str, dict[str, Any]], UUID]
# Takes the kind and the payload; the machine and the id of the execution that it will move, where
# the signal alone says so.
Subject = Callable[[str, dict[str, Any]], tuple[type[DurableMachine[Any]], UUID] | None]
# What became of a signal: its state, whom it was about, and why not.
Outcome = tuple[SignalState, UUID | None, str | None]
_handlers: dict[str, Handler] = {}
_subjects: dict[str, Subject] = {}


def handles(source: str, subject: Subject | None = None) -> Callable[[Handler], Handler]:
    """Register the function that applies the signals of `source`. By `subject`, those that come
    together are locked together.
    """

    def register(handler: Handler) -> Handler:
        _handlers[source] = handler
        if subject is not None:
            _subjects[source] = subject
        return handler

    return register


def receive(
    source: str, external_id: str, kind: str, payload: dict[str, Any]
) -> SignalState | None:
    """Keep a signal and apply it. None when it was here before (nothing happens then)."""
    try:
        with transaction():
            rows = _insert(source, [(external_id, kind, payload)], SignalState.APPLIED)
            for row in rows:
                _apply(row)
    except Exception:
        log.exception("signal %s %s is stored, to be applied later", source, external_id)
        with transaction():
            rows = _insert(source, [(external_id, kind, payload)], SignalState.STORED)
    return rows[0].state if rows else None


def receive_all(source: str, signals: Sequence[Told]) -> None:
    """Keep signals that came together, and apply them, in one transaction where that goes well."""
    if len(signals) > 1:
        try:
            with transaction():
                rows = _insert(source, signals, SignalState.APPLIED)
                _lock_together(source, rows)
                # Noted at the end: a changed row would be written before the next one's first look.
                for row, outcome in [(row, _outcome(row)) for row in rows]:
                    _note(row, outcome)
        except Exception:
            log.exception("signals of %s that came together: one by one", source)
        else:
            return
    for signal in signals:
        receive(source, *signal)


def store(source: str, signals: Iterable[Told]) -> int:
    """Keep signals in the current transaction: the sweep
    will apply them. How many were not here before.
    """
    return len(_insert(source, signals, SignalState.STORED))


def replay(row: SignalRow) -> None:
    """Have a locked signal applied again by the sweep."""
    row.state, row.attempts, row.due_at, row.last_error = SignalState.STORED, 0, now(), None


def apply_stored(limit: int) -> int:
    """Apply signals whose time has come, each in its own transaction; how many were tried."""
    with transaction():
        due = db.session.scalars(
            select(SignalRow.id)
            .where(SignalRow.state == SignalState.STORED, SignalRow.due_at <= now())
            .order_by(SignalRow.due_at)
            .limit(limit)
        ).all()
    for signal_id in due:
        try:
            with transaction():
                row = _claim(signal_id)
                if row is not None:
                    row.attempts += 1
                    row.applied_at = now()
                    _apply(row)
        except Exception as error:
            log.exception("signal %s could not be applied", signal_id)
            _postpone(signal_id, error)
    return len(due)


def _insert(source: str, signals: Iterable[Told], state: SignalState) -> Sequence[SignalRow]:
    """Those that were not here before, in the order in which they came."""
    at = now()
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "source": source,
            "external_id": external_id,
            "kind": kind,
            "payload": payload,
            "state": state,
            "attempts": int(state == SignalState.APPLIED),
            "due_at": at,
            "received_at": at,
            "applied_at": at if state == SignalState.APPLIED else None,
        }
        for external_id, kind, payload in signals
    ]
    if not rows:
        return []
    new = insert(SignalRow).on_conflict_do_nothing(index_elements=["source", "external_id"])
    found = {row.external_id: row for row in db.session.scalars(new.returning(SignalRow), rows)}
    return [found.pop(row["external_id"]) for row in rows if row["external_id"] in found]


def _lock_together(source: str, rows: Iterable[SignalRow]) -> None:
    """Lock what the signals say they are about, a machine at a time."""
    wanted: defaultdict[type[DurableMachine[Any]], list[UUID]] = defaultdict(list)
    for row in rows if source in _subjects else ():
        if found := _subjects[source](row.kind, row.payload):
            machine, subject_id = found
            wanted[machine].append(subject_id)
    for machine in sorted(wanted, key=lambda machine: machine.name):
        machine.lock(wanted[machine])


def _claim(signal_id: UUID) -> SignalRow | None:
    return db.session.scalar(
        select(SignalRow)
        .where(SignalRow.id == signal_id, SignalRow.state == SignalState.STORED)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _apply(row: SignalRow) -> None:
    _note(row, _outcome(row))


def _outcome(row: SignalRow) -> Outcome:
    with caused_by(f"signal:{row.source}", row.external_id):
        try:
            return SignalState.APPLIED, _handlers[row.source](row.kind, row.payload), None
        except NoSubjectError as unknown:
            return SignalState.UNMATCHED, None, str(unknown)
        except NotOursError as other:
            return SignalState.IGNORED, None, str(other)
        except MalformedError as wrong:
            return SignalState.FAILED, None, str(wrong)


def _note(row: SignalRow, outcome: Outcome) -> None:
    row.state, row.subject_id, row.last_error = outcome


def _postpone(signal_id: UUID, error: Exception) -> None:
    with transaction():
        row = _claim(signal_id)
        if row is None:
            return
        row.attempts += 1
        row.last_error = f"{type(error).__name__}: {error}"[:2000]
        row.due_at = now() + RETRY.delay(row.attempts)
        if not RETRY.allows(error, row.attempts):
            row.state = SignalState.FAILED
            row.due_at = now() + timedelta(0)
