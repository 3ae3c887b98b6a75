"""The second transaction of some activities: what was answered is recorded, what failed is tried
again or given up, as far as the claim is still ours.

If recording one of a batch fails, each is recorded in a transaction of its own, so that a poison
row hurts no other; that one counts as a failed try.
"""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from models.base import transaction
from models.clock import now
from state_machines.durable import claim as claims
from state_machines.durable.activity import Activity, NotYet
from state_machines.durable.batch import Batch, Try
from state_machines.durable.cause import caused_by
from state_machines.durable.claim import Claim, Failure

log = logging.getLogger(__name__)


def finish(batch: Batch) -> None:
    """The second transaction: record what was answered, as far as the claim is still ours."""
    activity, claimed, tries = batch.activity, batch.claimed, batch.tries
    if not tries:
        return
    try:
        _finish(activity, claimed, tries)
    except Exception:
        if len(tries) > 1:
            log.exception("recording a batch of %s failed: one by one", activity.name)
        for one in tries:
            try:
                _finish_alone(activity, claimed, one)
            except Exception:
                log.exception("%s %s waits for the end of its lease", activity.name, one.call.id)


def spend(name: str, ids: Iterable[UUID], error: Exception) -> int:
    """What broke the transaction that prepared it has had a try all the same."""
    activity = Activity.registry[name]
    with transaction():
        claimed = claims.claim(name, ids)
        for call in claimed.calls:
            _gave_up(activity, claimed, Try(call, None, error=error))
    return len(claimed.calls)


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
                if one.error is None:
                    activity.record(rows[one.call.subject_id], one.response)
                else:
                    activity.give_up(rows[one.call.subject_id], one.error)


def _gave_up(activity: Activity[Any, Any, Any], claimed: Claim, one: Try) -> bool:
    """Note the failure on the row; whether that was the last try (and the row still ours)."""
    error, attempt = one.error or RuntimeError("no answer"), one.call.attempt
    if isinstance(error, NotYet):
        claims.wait(claimed, one.call.id, now() + error.after, str(error))
        return False
    failure = Failure(said(error), one.request_id, unanswered=one.doubtful)
    if activity.retry.allows(error, attempt):
        claims.retry(claimed, one.call.id, now() + activity.retry.delay(attempt), failure)
        return False
    log.warning("%s %s gave up after %d tries: %s", activity.name, one.call.id, attempt, error)
    return claims.fail(claimed, one.call.id, failure)


def _finish_alone(activity: Activity[Any, Any, Any], claimed: Claim, one: Try) -> None:
    try:
        _finish(activity, claimed, [one])
    except Exception as error:
        log.exception("recording %s %s failed", activity.name, one.call.id)
        one.error = error
        with transaction():
            _gave_up(activity, claimed, one)


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
