"""Runs activities: claims a batch, makes its calls side by side, and has it recorded.

A batch that cannot be prepared is prepared one by one.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models.base import db, transaction
from models.clock import now
from state_machines.durable import claim as claims
from state_machines.durable.activity import (
    Activity,
    Call,
    NonRetryableError,
    RetryableError,
    Snooze,
    UnknownOutcomeError,
    note_request_id,
    request_id,
    time_limit,
)
from state_machines.durable.batch import Batch, Try
from state_machines.durable.callers import Callers
from state_machines.durable.claim import Claim
from state_machines.durable.complaint import complaints
from state_machines.durable.recorder import fail_unprepared, failed_try, finish

log = complaints(__name__)

# Calls under way at once in one process, over all its batches.
CONCURRENT_CALLS = 64
_callers = Callers(CONCURRENT_CALLS)


def run(name: str, ids: Iterable[UUID]) -> int:
    """Run those of `ids` that nobody else holds, as many at a time as there are callers; how many
    were claimed.
    """
    waiting, claimed = list(ids), 0
    while waiting:
        with _callers.take(len(waiting)) as number:
            claimed += _run(name, waiting[:number])
        waiting = waiting[number:]
    return claimed


def _run(name: str, ids: list[UUID]) -> int:
    try:
        batch = prepare(name, ids)
    except Exception as error:
        if len(ids) > 1:
            log.exception("preparing %d of %s at once: one by one", len(ids), name)
            return sum(_run(name, [activity_id]) for activity_id in ids)
        log.exception("preparing %s %s", name, *ids)
        return fail_unprepared(name, ids, error)
    perform(batch)
    finish(batch)
    return len(batch.claimed.calls)


def prepare(name: str, ids: Iterable[UUID]) -> Batch:
    """The first transaction: claim those of `ids` that are free, and ask what to call."""
    activity = Activity.registry[name]
    tries: list[Try] = []
    with transaction():
        claimed = claims.claim(activity.name, ids, to_disk=not activity.keyed)
        rows = _load(activity, claimed)
        nothing_left: dict[UUID, str | None] = {}
        for call in claimed.calls:
            if call.giving_up is not None or call.attempt > activity.retry.attempts:
                # Nobody lived to record the last try: the call may be what kills its workers.
                tries.append(failed_try(call, RetryableError("its workers died")))
                continue
            try:
                opened = claimed.open(call)
                request = activity.prepare(_row_of(call, rows), opened)
            except Snooze as later:
                claims.snooze(claimed, call.id, now() + later.after, str(later))
            except DBAPIError:
                # The transaction is broken, and the claim with it.
                raise
            except Exception as error:
                log.exception("preparing %s %s", activity.name, call.id)
                tries.append(Try(call, None, error=error))
            else:
                if request is None:
                    nothing_left[call.id] = None
                else:
                    tries.append(Try(opened, request))
        if nothing_left:
            claims.finish(claimed, nothing_left)
    return Batch(activity, claimed, tries)


def _row_of(call: Call, rows: dict[UUID, Any]) -> Any:
    if call.subject_id not in rows:
        raise NonRetryableError("its execution is gone")
    return rows[call.subject_id]


def _load(activity: Activity[Any, Any, Any], claimed: Claim) -> dict[UUID, Any]:
    subjects = {call.subject_id for call in claimed.calls}
    if not subjects:
        return {}
    row = activity.machine.model
    query = select(row).where(row.id.in_(subjects)).options(*activity.loads)
    fresh = query.execution_options(populate_existing=True)
    return {found.id: found for found in db.session.scalars(fresh)}


def perform(batch: Batch) -> None:
    """Make the calls, outside of any transaction."""
    ready = [one for one in batch.tries if one.error is None]
    if len(ready) == 1:
        _call(batch, ready[0])
    elif ready:
        calls = [_pool().submit(_call, batch, one) for one in ready]
        while wait(calls, batch.activity.lease.total_seconds() / 2).not_done:
            _renew(batch)


def _renew(batch: Batch) -> None:
    """Hold the batch while some of its calls wait for a thread, or are slow."""
    try:
        with transaction():
            claims.renew(batch.claimed, batch.activity.lease)
    except Exception:
        # Nothing is begun that could outlive the lease.
        log.exception("the lease of %d %s is not renewed", len(batch.tries), batch.activity.name)


def _call(batch: Batch, one: Try) -> None:
    activity, claimed = batch.activity, batch.claimed
    ends_at = now() + timedelta(seconds=activity.timeout)
    if ends_at > claimed.until or one.call.id in claimed.lost:
        # Whoever takes it next would call as well.
        one.error = Snooze("its batch was slow", after=timedelta(0))
        return
    note_request_id(None)
    try:
        with time_limit(activity.timeout):
            one.response, one.maybe_sent = activity.perform(one.request, one.call), True
    except Exception as error:  # noqa: BLE001  whatever a provider's library throws ends in the row
        one.error, one.maybe_sent = error, isinstance(error, UnknownOutcomeError)
    one.request_id = request_id()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CONCURRENT_CALLS, thread_name_prefix="activity")
