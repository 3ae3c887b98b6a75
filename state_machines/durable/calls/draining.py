"""Draining: a process that stops begins no more calls, and gives back what it has not ended."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import TypeVar
from uuid import UUID

from sqlalchemy import update

from models.base import db, transaction
from models.clock import now
from models.durable.activity import ActivityRow, ActivityState
from models.logs import logger
from state_machines.durable.activity import Activity
from state_machines.durable.leases import Claim
from state_machines.durable.operations import limits
from state_machines.durable.statements.claims import is_free

log = logger(__name__)
T = TypeVar("T")

_begun = Event()
_lock = Lock()
# The messages and the claims under way in this process.
_messages: list[tuple[str, list[UUID]]] = []
_claims: list[Claim] = []


def is_on() -> bool:
    return _begun.is_set()


def start() -> None:
    """Claim and call nothing from now on, for the rest of the process."""
    _begun.set()


def give_back_unclaimed() -> None:
    """Let the sweep publish what this process has received and not claimed."""
    for name, ids in _list(_messages):
        leave_to_sweep(name, ids)


def give_back_claimed() -> int:
    """End the leases of the calls under way and return their number, before the process exits.

    The next claim counts each as an attempt whose outcome is unknown, as after a worker's death.
    """
    return sum(_end(claim, call.id) for claim in _list(_claims) for call in claim.calls)


def leave_to_sweep(name: str, ids: Iterable[UUID]) -> None:
    """Let the sweep publish those of the activities that nobody has claimed."""
    with transaction():
        limits.leave_to_sweep(*is_free(Activity.registry[name], list(ids), now()))


@contextmanager
def received(name: str, ids: list[UUID]) -> Iterator[None]:
    """Note the ids of a message while it is worked on."""
    with _noted(_messages, (name, ids)):
        yield


@contextmanager
def claimed(claim: Claim) -> Iterator[None]:
    """Note a claim while its calls are made and recorded."""
    with _noted(_claims, claim):
        yield


@contextmanager
def _noted(items: list[T], item: T) -> Iterator[None]:
    with _lock:
        items.append(item)
    try:
        yield
    finally:
        with _lock:
            items[:] = [other for other in items if other is not item]


def _list(items: list[T]) -> list[T]:
    with _lock:
        return list(items)


def _end(claim: Claim, activity_id: UUID) -> bool:
    """End the lease of one call. Return whether it was under way."""
    ending = (
        update(ActivityRow)
        .where(ActivityRow.id == activity_id, ActivityRow.token == claim.token)
        .where(ActivityRow.state == ActivityState.RUNNING)
        .values(due_at=now())
        .returning(ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    # One at a time: the thread of the batch may be recording it, with its rows in another order.
    try:
        with transaction():
            return db.session.scalar(ending) is not None
    except Exception:
        log.exception("%s %s waits for the end of its lease", claim.activity.name, activity_id)
        return False
