"""Runs activities: claims a batch, makes its calls side by side, finishes it in one transaction.

If recording one of the batch fails, each is recorded in a transaction of its own, so that a poison
row hurts no other; that one counts as a failed try.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
    NoAnswerError,
    NotYet,
    TransientError,
    note_request_id,
    request_id,
)
from state_machines.durable.cause import caused_by
from state_machines.durable.claim import Claim, Failure

log = logging.getLogger(__name__)

# Calls under way at once in one process, over all its batches.
CONCURRENT_CALLS = 64


@dataclass(slots=True)
class Try:
    """One prepared call, and after it the answer or the error. One that was `answered` may still
    end in an error, where the answer could not be recorded.
    """

    call: Call
    request: Any
    response: Any = None
    answered: bool = False
    error: Exception | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one worker holds between its two transactions."""

    activity: Activity[Any, Any, Any]
    claimed: Claim
    tries: list[Try]


def run(name: str, ids: Iterable[UUID]) -> int:
    """Run those of `ids` that nobody else holds; how many were claimed."""
    batch = prepare(name, ids)
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
            if call.attempt > activity.retry.attempts:
                # Nobody lived to record the last try: the call may be what kills its workers.
                tries.append(Try(call, None, error=TransientError("its workers died")))
                continue
            try:
                request = activity.prepare(rows[call.subject_id], call)
            except NotYet as later:
                claims.wait(claimed, call.id, now() + later.after, str(later))
            except DBAPIError:
                # The transaction is broken, and the claim with it.
                raise
            except Exception as error:
                log.exception("preparing %s %s failed", activity.name, call.id)
                tries.append(Try(call, None, error=error))
            else:
                if request is None:
                    nothing_left[call.id] = None
                else:
                    tries.append(Try(call, request))
        if nothing_left:
            claims.finish(claimed, nothing_left)
    return Batch(activity, claimed, tries)


def _load(activity: Activity[Any, Any, Any], claimed: Claim) -> dict[UUID, Any]:
    subjects = {call.subject_id for call in claimed.calls}
    if not subjects:
        return {}
    row = activity.machine.row
    query = select(row).where(row.id.in_(subjects)).options(*activity.loads)
    fresh = query.execution_options(populate_existing=True)
    return {found.id: found for found in db.session.scalars(fresh)}


def perform(batch: Batch) -> None:
    """Make the calls, outside of any transaction."""
    ready = [one for one in batch.tries if one.error is None]
    if len(ready) == 1:
        _call(batch, ready[0])
    elif ready:
        list(_pool().map(lambda one: _call(batch, one), ready))


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
            _finish_alone(activity, claimed, one)


def _call(batch: Batch, one: Try) -> None:
    activity = batch.activity
    if now() + timedelta(seconds=activity.timeout) > batch.claimed.until:
        # Others of the batch have used up the lease: whoever takes it next would call as well.
        one.error = NotYet("its batch was slow", after=timedelta(0))
        return
    note_request_id(None)
    try:
        one.response, one.answered = activity.perform(one.request, one.call), True
    except Exception as error:  # noqa: BLE001  whatever a provider's library throws ends in the row
        one.error = error
    one.request_id = request_id()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CONCURRENT_CALLS, thread_name_prefix="activity")


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
    doubtful = one.answered or isinstance(error, NoAnswerError)
    failure = Failure(said(error), one.request_id, unanswered=doubtful)
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
