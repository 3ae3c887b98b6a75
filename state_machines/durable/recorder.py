"""The second transaction of some activities: what was answered is recorded, what failed is tried
again or given up, as far as the claim is still ours.

If recording one of a batch fails, each is recorded in a transaction of its own, so that a poison
row hurts no other; that one counts as a failed try. An activity is `failed` only in the transaction
that tells its machine so. If telling fails, it waits and is tried again, for as long as it takes.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from models.base import transaction
from models.clock import now
from state_machines.durable import claim as claims
from state_machines.durable.activity import (
    Activity,
    Call,
    GivingUp,
    NonRetryableError,
    RetryPolicy,
    Snooze,
)
from state_machines.durable.batch import Batch, Try
from state_machines.durable.claim import Claim, Failure
from state_machines.durable.complaint import complaints
from state_machines.durable.unit_of_work import caused_by

log = complaints(__name__)

# Between two tries to tell a machine that an activity gave up. Their number has no limit.
TELLING = RetryPolicy(initial=5, backoff=2, maximum=600)


def finish(batch: Batch) -> None:
    """The second transaction: record what was answered, as far as the claim is still ours."""
    activity, claimed, tries = batch.activity, batch.claimed, batch.tries
    if not tries:
        return
    try:
        _finish(activity, claimed, tries)
    except Exception:
        if len(tries) > 1:
            log.exception("recording %d of %s at once: one by one", len(tries), activity.name)
        for one in tries:
            try:
                _finish_alone(activity, claimed, one)
            except Exception:
                log.exception("%s %s waits for the end of its lease", activity.name, one.call.id)


def fail_unprepared(name: str, ids: Iterable[UUID], error: Exception) -> int:
    """Count a try of what broke the transaction that prepared it, and give up after the last."""
    activity = Activity.registry[name]
    with transaction():
        claimed = claims.claim(name, ids)
    for call in claimed.calls:
        _finish_alone(activity, claimed, failed_try(call, error))
    return len(claimed.calls)


def failed_try(call: Call, error: Exception) -> Try:
    """Return a try that ended in `error`; or, when giving up, in the error that ended the last."""
    return Try(call, None, error=call.giving_up.as_exception() if call.giving_up else error)


def _finish(activity: Activity[Any, Any, Any], claimed: Claim, tries: list[Try]) -> None:
    with transaction():
        succeeded = {one.call.id: one.request_id for one in tries if one.error is None}
        mine = claims.finish(claimed, succeeded) if succeeded else set()
        given_up = {
            one.call.id
            for one in tries
            if one.error is not None and _gave_up(activity, claimed, one)
        }
        concerned = [one for one in tries if one.call.id in mine or one.call.id in given_up]
        if not concerned:
            return
        rows = activity.machine.lock({one.call.subject_id for one in concerned})
        for one in concerned:
            with caused_by(activity.name, one.call.id):
                _tell(activity, rows.get(one.call.subject_id), one)


def _tell(activity: Activity[Any, Any, Any], row: Any, one: Try) -> None:
    if row is None:
        log.warning("%s %s: its execution is gone", activity.name, one.call.id)
    elif one.error is None:
        activity.record(row, one.response)
    else:
        activity.give_up(row, one.error)


def _gave_up(activity: Activity[Any, Any, Any], claimed: Claim, one: Try) -> bool:
    """Note the failure on the row; whether that was the last try (and the row still ours)."""
    error, attempt = one.error or RuntimeError("no answer"), one.call.attempt
    if isinstance(error, Snooze):
        claims.snooze(claimed, one.call.id, now() + error.after, str(error))
        return False
    failure = Failure(said(error), one.request_id, unknown_outcomes=one.maybe_sent)
    if not _spent(activity, one):
        claims.retry(claimed, one.call.id, now() + activity.retry.delay(attempt), failure)
        return False
    log.warning("%s %s gave up after %d tries: %s", activity.name, one.call.id, attempt, error)
    return claims.fail(claimed, one.call.id, failure)


def _spent(activity: Activity[Any, Any, Any], one: Try) -> bool:
    """Return whether no try is left after this one."""
    if one.error is None or isinstance(one.error, Snooze):
        return False
    return one.call.giving_up is not None or not activity.retry.allows(one.error, one.call.attempt)


def _finish_alone(activity: Activity[Any, Any, Any], claimed: Claim, one: Try) -> None:
    """Record one answer or failure; an answer that cannot be recorded is a failed try; a failure
    that cannot be recorded is put off.
    """
    for answered in (True, False) if one.error is None else (False,):
        try:
            return _finish(activity, claimed, [one])
        except Exception as error:
            log.exception("recording %s %s", activity.name, one.call.id)
            problem = error
            if answered:
                one.error = error
    with transaction():
        _put_off(activity, claimed, one, problem)
    return None


def _put_off(
    activity: Activity[Any, Any, Any], claimed: Claim, one: Try, problem: Exception
) -> None:
    if one.error is None or not _spent(activity, one):
        _gave_up(activity, claimed, one)
        return
    before = one.call.giving_up
    permanent = isinstance(one.error, NonRetryableError)
    giving_up = GivingUp(str(one.error)[:2000], permanent, before.failures + 1 if before else 1)
    until = now() + TELLING.delay(giving_up.failures)
    failure = Failure(f"give_up: {said(problem)}", one.request_id, unknown_outcomes=one.maybe_sent)
    claims.give_up_later(claimed, one.call.id, until, failure, giving_up)


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
