"""Calls: those of a batch, made side by side in threads while no transaction is open."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import Any

from models import tracing
from models.base import transaction
from models.clock import now, tick
from models.logs import bound, logger
from state_machines.durable import leases
from state_machines.durable.activity import (
    Activity,
    Attempt,
    note_request_id,
    request_id,
    time_limit,
)
from state_machines.durable.base.failure import Snooze, UnknownOutcomeError
from state_machines.durable.calls import draining
from state_machines.durable.leases import Claim
from state_machines.durable.telemetry import counts
from state_machines.durable.telemetry.attempts import attempt_span

log = logger(__name__)

# Calls under way at once in one process, over all its batches.
CONCURRENT_CALLS = 64
# Seconds between two looks whether the process stops, while all calls are taken.
STOP_CHECK_INTERVAL = 0.1
_free_calls = BoundedSemaphore(CONCURRENT_CALLS)


@dataclass(frozen=True, slots=True)
class Batch:
    """The activities that one worker holds between its two transactions.

    With traces, `began` is the time at which it claimed them, in nanoseconds.
    """

    claimed: Claim
    attempts: list[Attempt]
    began: int | None = None

    @property
    def activity(self) -> Activity[Any, Any, Any]:
        return self.claimed.activity


@contextmanager
def take_calls(limit: int) -> Iterator[int]:
    """Wait for a free call, take up to `limit` of those that are free, and yield their number.

    More must not be claimed: an activity that waits for a call uses up its lease. Yields 0 when the
    process stops.
    """
    number = 0
    while not draining.is_on() and not number:
        number = int(_free_calls.acquire(timeout=STOP_CHECK_INTERVAL))
    while 0 < number < limit and _free_calls.acquire(blocking=False):
        number += 1
    try:
        yield number
    finally:
        if number:
            _free_calls.release(number)


def perform(batch: Batch) -> None:
    """Make the calls, outside of any transaction."""
    ready = [attempt for attempt in batch.attempts if attempt.error is None]
    context = tracing.current()
    if len(ready) == 1:
        _call(batch, ready[0], context)
    else:
        calls = [_pool().submit(_call, batch, attempt, context) for attempt in ready]
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


def _call(batch: Batch, attempt: Attempt, context: str | None) -> None:
    """Make one call. `context` is that of the batch's span, if it has one."""
    activity, claimed = batch.activity, batch.claimed
    ends_at = now() + timedelta(seconds=activity.timeout)
    if ends_at > claimed.until or attempt.call.id in claimed.lost:
        # The next worker that claims it would call as well.
        attempt.error = Snooze("its batch was slow", after=timedelta(0))
        return
    if draining.is_on():
        attempt.error = Snooze("its worker stops", after=timedelta(0))
        return
    note_request_id(None)
    began = tick()
    try:
        with (
            bound(**attempt.names(activity)),
            attempt_span(activity, attempt, context, batch.began),
            time_limit(activity.timeout),
        ):
            attempt.response = activity.perform(attempt.request, attempt.call)
        attempt.maybe_sent = True
    except Exception as error:  # noqa: BLE001  any error is recorded in the row
        attempt.error, attempt.maybe_sent = error, isinstance(error, UnknownOutcomeError)
    attempt.request_id = request_id()
    counts.count_call(activity, attempt, began)
