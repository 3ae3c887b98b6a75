"""Executes activities: claims a batch, makes its calls side by side, and records each result once.

No transaction is open during a call. A batch that cannot be prepared or recorded at once is
prepared or recorded one by one, so that one bad row hurts no other.
"""

from collections.abc import Iterable
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from models import tracing
from models.base import is_unknown_state, transaction
from models.clock import tick
from models.logs import bound, logger
from state_machines.durable import leases
from state_machines.durable.activity import Activity, Attempt, Call
from state_machines.durable.base.cause import caused_by
from state_machines.durable.base.failure import NonRetryableError, RetryableError, Snooze
from state_machines.durable.calls import draining
from state_machines.durable.calls.batches import Batch, perform, take_calls
from state_machines.durable.leases import Claim
from state_machines.durable.telemetry import counts
from state_machines.durable.telemetry.attempts import batch_span, note_traces

log = logger(__name__)

# The worker of a newer release takes the call of an execution in a state that is unknown here.
NEWER = Snooze("its execution is in a state of a newer release", after=timedelta(seconds=10))
# Seconds for which a message waits for a provider's limit, and between two attempts. Not longer: a
# person may wait for the next message, which needs the thread.
MAX_LIMIT_WAIT, LIMIT_RETRY_INTERVAL = 1.0, 0.2


def run(name: str, ids: Iterable[UUID]) -> int:
    """Run the activities of `ids` that no other worker holds, and return how many were claimed.

    Those beyond the limit of their provider are tried again for a while, then left to the sweep. So
    are all that are not claimed when the process stops.
    """
    waiting = list(ids)
    with draining.received(name, waiting):
        return _run_all(name, waiting)


def _run_all(name: str, waiting: list[UUID]) -> int:
    claimed, ends_at = 0, tick() + MAX_LIMIT_WAIT
    while waiting:
        with take_calls(len(waiting)) as number, bound(activity=name):
            claims = _run(name, waiting[:number]) if number else []
        calls = sum(len(claim.calls) for claim in claims)
        refused = [key for claim in claims for key in claim.refused]
        claimed, waiting = claimed + calls, refused + waiting[number:]
        if not number or (refused and tick() >= ends_at):
            draining.leave_to_sweep(name, waiting)
            break
        if refused and not calls:
            sleep(LIMIT_RETRY_INTERVAL)
    return claimed


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
    with draining.claimed(batch.claimed), batch_span(batch.claimed, batch.began):
        perform(batch)
        finish(batch)
    return [batch.claimed]


def prepare(name: str, ids: Iterable[UUID]) -> Batch:
    """Claim the free activities of `ids` and prepare their calls, in the first transaction."""
    activity, began = Activity.registry[name], tracing.started_at()
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
    counts.count_claim(claimed, unneeded)
    return Batch(claimed, attempts, began)


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
        note_traces(activity.machine, rows, (attempt.call for attempt in over))
        for attempt in over:
            context = attempt.traceparent or attempt.call.traceparent
            with (
                caused_by(activity.name, attempt.call.id),
                tracing.continued(context),
                bound(**attempt.names(activity)),
            ):
                _tell(activity, rows.get(attempt.call.subject_id), attempt)
    counts.count_results(claimed, attempts, ended)


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
