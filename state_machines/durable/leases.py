"""The life of an activity row, in plain statements: claimed, finished, retried, given up.

A claim is a lease with a token. A worker can change a row only while it holds the token: one that
was believed dead and comes back changes zero rows, and stops.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, update

from models.base import db
from models.clock import now
from models.durable.activity import ActivityState
from models.logs import logger
from models.secret import decrypt
from models.text import parse
from state_machines.durable.activity import Activity, Attempt, Call
from state_machines.durable.base.failure import GivingUp, RetryPolicy, Snooze, error_text
from state_machines.durable.operations import limits
from state_machines.durable.statements import claims as statements
from state_machines.durable.statements.claims import ROW, ROWS, AnyActivity

log = logger(__name__)

# The delays between calls of `give_up` that fail. Their number has no limit.
GIVE_UP_RETRY = RetryPolicy(initial=5, backoff=2, maximum=600)


@dataclass(slots=True)
class Claim:
    """The activities of one name that a worker holds under one token, `until` its lease ends.

    `sealed` has their payloads and secrets as the database keeps them. `lost` has the ids of the
    activities that another worker holds by now, `refused` of those beyond the provider's limit.
    `limited` is the number of those that count in the limit.
    """

    activity: AnyActivity
    token: UUID
    until: datetime
    calls: tuple[Call, ...]
    sealed: Mapping[UUID, tuple[str, bytes | None]]
    refused: Sequence[UUID]
    limited: int = 0
    lost: set[UUID] = field(default_factory=set)

    def open(self, call: Call) -> Call:
        """Return `call` with its payload and secret. Raises ValueError when one is unreadable."""
        payload, secret = self.sealed[call.id]
        return replace(call, payload=parse(payload), secret=decrypt(secret))


def claim(name: str, ids: Iterable[UUID], *, to_disk: bool = True) -> Claim:
    """Claim the activities of `ids` that are free, as many as the limit of their provider allows.

    A crash of PostgreSQL may lose a claim that is not written `to_disk`, as if it was never made.
    """
    activity, at, token = Activity.registry[name], now(), uuid4()
    until, ids = at + activity.lease, list(ids)
    claiming, claiming_allowed = statements.claiming(activity, to_disk=to_disk)
    values = {"lease": token, "until": until, "ids": ids, "at": at}
    rows = list(db.session.execute(claiming, values))
    allowed, refused = list[UUID](), list[UUID]()
    if all(row.giving_up for row in rows):
        allowed, refused = limits.choose(activity, *statements.is_free(activity, ids, at))
    if allowed:
        rows += db.session.execute(claiming_allowed, values | {"ids": allowed})
    calls, sealed = [], {}
    for key, subject_id, attempt, giving_up, context, payload, secret, *_ in rows:
        pending = GivingUp.from_row(giving_up) if giving_up else None
        calls.append(Call(key, subject_id, attempt, giving_up=pending, traceparent=context))
        sealed[key] = payload, secret
    ordered = tuple(sorted(calls, key=attrgetter("id")))
    return Claim(activity, token, until, ordered, sealed, refused, len(allowed))


def give_back(claimed: Claim, made: int) -> None:
    """Give back to the limit what it allowed beyond `made` calls, in the claim's transaction."""
    if claimed.limited > made:
        limits.give_back(claimed.activity, claimed.limited - made)


def renew(claimed: Claim) -> None:
    """Extend the claim by another lease, as far as its token is still valid."""
    until = now() + claimed.activity.lease
    ids = [call.id for call in claimed.calls]
    is_running = ROW.id.in_(ids) & (ROW.state == ActivityState.RUNNING)
    held = _update_held(claimed, is_running, due_at=until)
    claimed.lost = {*ids} - held
    claimed.until = until


def finish(claimed: Claim, request_ids: Mapping[UUID, str | None]) -> set[UUID]:
    """End activities that succeeded, erase their secrets, and return the ids of those still held.

    `request_ids` maps each activity to the provider's id of its request.
    """
    values = {"ids": list(request_ids), "requests": list(request_ids.values())}
    values |= {"lease": claimed.token, "at": now()}
    held = set(db.session.scalars(statements.FINISHING, values))
    claimed.lost |= request_ids.keys() - held
    return held


def snooze(claimed: Claim, activity_id: UUID, error: Snooze) -> None:
    """Return an activity that cannot run yet. The attempt does not count."""
    _release(
        claimed,
        activity_id,
        state=ActivityState.WAITING,
        due_at=now() + error.after,
        attempts=ROW.attempts - 1,
        last_error=str(error),
    )


def fail(claimed: Claim, attempt: Attempt) -> bool:
    """Write a failed attempt to its row, and return whether its machine must give up now.

    The activity waits for its next attempt. After the last one it is `failed`, and the caller tells
    its machine in the same transaction. Its secret stays, so that an operator can retry it.
    """
    call, error = attempt.call, attempt.error or RuntimeError("no response")
    if isinstance(error, Snooze):
        snooze(claimed, call.id, error)
        return False
    retry, values = claimed.activity.retry, _failure(attempt, error_text(error))
    if attempt.is_last(retry):
        values |= {"state": ActivityState.FAILED, "finished_at": now(), "giving_up": None}
        if is_held := _release(claimed, call.id, **values):
            name = claimed.activity.name
            log.warning("%s %s gave up after %d attempts: %s", name, call.id, call.attempt, error)
        return is_held
    values |= {"state": ActivityState.WAITING, "due_at": now() + retry.delay(call.attempt)}
    _release(claimed, call.id, **values | {"provider_request_id": attempt.request_id})
    return False


def give_up_later(claimed: Claim, attempt: Attempt, problem: Exception) -> None:
    """Return an activity without further attempts, because its `give_up` raised `problem`."""
    giving_up = GivingUp.after(attempt.error, attempt.call.giving_up)
    _release(
        claimed,
        attempt.call.id,
        state=ActivityState.WAITING,
        due_at=now() + GIVE_UP_RETRY.delay(giving_up.failures),
        giving_up=asdict(giving_up),
        **_failure(attempt, f"give_up: {error_text(problem)}"),
    )


def _failure(attempt: Attempt, last_error: str) -> dict[str, Any]:
    # Giving up makes no request: the id of the last one stays.
    request_id = func.coalesce(attempt.request_id, ROW.provider_request_id)
    return {
        "last_error": last_error,
        "provider_request_id": request_id,
        "unknown_outcomes": ROW.unknown_outcomes + int(attempt.maybe_sent),
    }


def _release(claimed: Claim, activity_id: UUID, **values: Any) -> bool:
    """Change one row and clear its token. Return whether the token was still valid."""
    is_held = bool(_update_held(claimed, ROW.id == activity_id, token=None, **values))
    if not is_held:
        claimed.lost.add(activity_id)
    return is_held


def _update_held(claimed: Claim, condition: ColumnElement[bool], **values: Any) -> set[UUID]:
    """Change the rows under a condition whose token is still valid, and return their ids."""
    changing = update(ROWS).where(condition, ROW.token == claimed.token).values(**values)
    return set(db.session.scalars(changing.returning(ROW.id)))
