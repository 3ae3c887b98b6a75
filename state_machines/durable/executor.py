"""Executes activities: claims a batch, makes its calls side by side, and records each result once.

No transaction is open during a call. A batch that cannot be prepared or recorded at once is
prepared or recorded one by one, so that one bad row hurts no other.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from time import sleep
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from models.base import is_unknown_state, transaction
from models.clock import now, tick
from models.logs import logger
from state_machines.durable import leases
from state_machines.durable.activity import (
    Activity,
    Attempt,
    Call,
    NonRetryableError,
    RetryableError,
    Snooze,
    UnknownOutcomeError,
    note_request_id,
    request_id,
    time_limit,
)
from state_machines.durable.leases import Claim
from state_machines.durable.operations import limits
from state_machines.durable.unit_of_work import caused_by

log = logger(__name__)

# Calls under way at once in one process, over all its batches.
CONCURRENT_CALLS = 64
# The worker of a newer release takes the call of an execution in a state that is unknown here.
NEWER = Snooze("its execution is in a state of a newer release", after=timedelta(seconds=10))
_free_calls = BoundedSemaphore(CONCURRENT_CALLS)
# Seconds for which a message waits for a provider's limit, and between two tries: not longer, since
# its thread is to take the next message, for which a person may wait.
MAX_LIMIT_WAIT, LIMIT_RETRY_INTERVAL = 1.0, 0.2


@dataclass(frozen=True, slots=True)
class Batch:
    """The activities that one worker holds between its two transactions."""

    claimed: Claim
    attempts: list[Attempt]

    @property
    def activity(self) -> Activity[Any, Any, Any]:
        return self.claimed.activity


def run(name: str, ids: Iterable[UUID]) -> int:
    """Run the activities of `ids` that no other worker holds, and return how many were claimed.

    Those beyond the limit of their provider are tried again for a while, and then put off.
    """
    waiting, claimed, ends_at = list(ids), 0, tick() + MAX_LIMIT_WAIT
    while waiting:
        with _take_calls(len(waiting)) as number:
            claims = _run(name, waiting[:number])
        calls = sum(len(claim.calls) for claim in claims)
        refused = [key for claim in claims for key in claim.refused]
        claimed, waiting = claimed + calls, refused + waiting[number:]
        if refused and tick() >= ends_at:
            with transaction():
                limits.put_off(*leases.is_free(Activity.registry[name], waiting))
            break
        if refused and not calls:
            sleep(LIMIT_RETRY_INTERVAL)
    return claimed


@contextmanager
def _take_calls(limit: int) -> Iterator[int]:
    """Wait for a free call, take up to `limit` of those that are free, and yield their number.

    More must not be claimed: an activity that waits for a call uses up its lease.
    """
    _free_calls.acquire()
    number = 1
    while number < limit and _free_calls.acquire(blocking=False):
        number += 1
    try:
        yield number
    finally:
        _free_calls.release(number)


def _run(name: str, ids: list[UUID]) -> list[Claim]:
    try:
        batch = prepare(name, ids)
    except Exception as error:
        failure = NEWER if is_unknown_state(error) else error
        if failure is error:
            log.exception("preparing %d of %s failed: %s", len(ids), name, ids[0])
        if len(ids) > 1:
            return [claim for activity_id in ids for claim in _run(name, [activity_id])]
        batch = _claim_unprepared(name, ids, failure)
    perform(batch)
    finish(batch)
    return [batch.claimed]


def prepare(name: str, ids: Iterable[UUID]) -> Batch:
    """Claim the free activities of `ids` and prepare their calls, in the first transaction."""
    activity = Activity.registry[name]
    attempts: list[Attempt] = []
    with transaction():
        claimed = leases.claim(activity.name, ids, to_disk=not activity.keyed)
        rows = activity.load(call.subject_id for call in claimed.calls)
        unneeded: dict[UUID, str | None] = {}
        for call in claimed.calls:
            if call.giving_up is not None or call.attempt > activity.retry.attempts:
                # No worker lived to record the last attempt: the call may be what kills them.
                attempts.append(_failed_attempt(call, RetryableError("its workers died")))
                continue
            try:
                opened = claimed.open(call)
                request = activity.prepare(_row_of(call, rows), opened)
            except Snooze as snooze:
                leases.snooze(claimed, call.id, snooze)
            except DBAPIError:
                # The transaction is broken, and the claim with it.
                raise
            except Exception as error:
                log.exception("preparing %s %s failed", activity.name, call.id)
                attempts.append(Attempt(call, error=error))
            else:
                if request is None:
                    unneeded[call.id] = None
                else:
                    attempts.append(Attempt(opened, request))
        if unneeded:
            leases.finish(claimed, unneeded)
        leases.give_back(claimed, sum(attempt.error is None for attempt in attempts))
    return Batch(claimed, attempts)


def _row_of(call: Call, rows: dict[UUID, Any]) -> Any:
    if call.subject_id not in rows:
        raise NonRetryableError("its execution is gone")
    return rows[call.subject_id]


def _claim_unprepared(name: str, ids: Iterable[UUID], error: Exception) -> Batch:
    """Claim activities whose preparation broke its transaction, as failed attempts."""
    with transaction():
        claimed = leases.claim(name, ids)
        leases.give_back(claimed, 0)
    return Batch(claimed, [_failed_attempt(call, error) for call in claimed.calls])


def _failed_attempt(call: Call, error: Exception) -> Attempt:
    """Return an attempt that failed with `error`, or with the error that is to be given up for."""
    return Attempt(call, error=call.giving_up.as_exception() if call.giving_up else error)


def perform(batch: Batch) -> None:
    """Make the calls, outside of any transaction."""
    ready = [attempt for attempt in batch.attempts if attempt.error is None]
    if len(ready) == 1:
        _call(batch, ready[0])
    else:
        calls = [_pool().submit(_call, batch, attempt) for attempt in ready]
        while wait(calls, batch.activity.lease.total_seconds() / 2).not_done:
            _renew(batch)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CONCURRENT_CALLS, thread_name_prefix="activity")


def _renew(batch: Batch) -> None:
    """Keep the batch while some of its calls are slow."""
    try:
        with transaction():
            leases.renew(batch.claimed)
    except Exception:
        # No call begins that could outlive the lease.
        log.exception("a lease of %s is not renewed", batch.activity.name)


def _call(batch: Batch, attempt: Attempt) -> None:
    activity, claimed = batch.activity, batch.claimed
    ends_at = now() + timedelta(seconds=activity.timeout)
    if ends_at > claimed.until or attempt.call.id in claimed.lost:
        # The next worker that claims it would call as well.
        attempt.error = Snooze("its batch was slow", after=timedelta(0))
        return
    note_request_id(None)
    try:
        with time_limit(activity.timeout):
            attempt.response = activity.perform(attempt.request, attempt.call)
        attempt.maybe_sent = True
    except Exception as error:  # noqa: BLE001  whatever a provider's library raises ends in the row
        attempt.error, attempt.maybe_sent = error, isinstance(error, UnknownOutcomeError)
    attempt.request_id = request_id()


def finish(batch: Batch) -> None:
    """Record the results as far as the claim is still valid: all at once, or else one by one."""
    if not batch.attempts:
        return
    try:
        _record(batch, batch.attempts)
    except Exception:
        name = batch.activity.name
        log.exception("recording %d of %s at once failed: one by one", len(batch.attempts), name)
    else:
        return
    for attempt in batch.attempts:
        try:
            _record_alone(batch, attempt)
        except Exception:
            log.exception("%s %s waits for the end of its lease", name, attempt.call.id)


def _record(batch: Batch, attempts: list[Attempt]) -> None:
    activity, claimed = batch.activity, batch.claimed
    with transaction():
        succeeded = {a.call.id: a.request_id for a in attempts if a.error is None}
        ended = leases.finish(claimed, succeeded) if succeeded else set()
        failed = [attempt for attempt in attempts if attempt.error is not None]
        ended |= {a.call.id for a in failed if leases.fail(claimed, a)}
        over = [attempt for attempt in attempts if attempt.call.id in ended]
        rows = activity.machine.lock({attempt.call.subject_id for attempt in over}) if over else {}
        for attempt in over:
            with caused_by(activity.name, attempt.call.id):
                _tell(activity, rows.get(attempt.call.subject_id), attempt)


def _tell(activity: Activity[Any, Any, Any], row: Any, attempt: Attempt) -> None:
    if row is None:
        log.warning("%s %s: its execution is gone", activity.name, attempt.call.id)
    elif attempt.error is None:
        activity.record(row, attempt.response)
    else:
        activity.give_up(row, attempt.error)


def _record_alone(batch: Batch, attempt: Attempt) -> None:
    """Record one result. A response that cannot be recorded becomes a failed attempt."""
    problem: Exception | None = None
    while problem is None:
        try:
            _record(batch, [attempt])
        except Exception as error:
            log.exception("recording %s %s failed", batch.activity.name, attempt.call.id)
            if attempt.error is not None:
                problem = error
            attempt.error = attempt.error or error
        else:
            return
    with transaction():
        if attempt.is_last(batch.activity.retry):
            leases.give_up_later(batch.claimed, attempt, problem)
        else:
            leases.fail(batch.claimed, attempt)
