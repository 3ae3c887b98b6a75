"""The life of an activity row, in plain statements: claimed, finished, tried again, handed out.

A claim is a lease with a token. Whoever finishes must still hold the token: a worker that was
thought dead and comes back finds zero rows, and stops.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CTE,
    LargeBinary,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    text,
    true,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from models.base import db
from models.clock import now
from models.durable.activity import DUE, OVER, ActivityRow, ActivityState
from models.secret import decrypt
from models.text import parse
from state_machines.durable.activity import Activity, Call, GivingUp
from state_machines.durable.unit_of_work import LEASE

# Giving up is no try: it makes no call.
_CALLS = ActivityRow.giving_up.is_(None)
_ATTEMPTS = ActivityRow.attempts + case((_CALLS, 1), else_=0)
# Of a row that is taken from a worker which died with it: it may have made the call.
_UNKNOWN_OUTCOMES = ActivityRow.unknown_outcomes + case(
    ((ActivityRow.state == ActivityState.RUNNING) & _CALLS, 1), else_=0
)


@dataclass(slots=True)
class Claim:
    """What one worker took in one statement, under one token, `until` its lease runs out. `sealed`
    are the payloads and secrets as the database keeps them; `lost` is what somebody else holds now.
    """

    token: UUID
    until: datetime
    calls: tuple[Call, ...]
    sealed: Mapping[UUID, tuple[str, bytes | None]]
    lost: set[UUID] = field(default_factory=set)

    def open(self, call: Call) -> Call:
        """Return `call` with its payload and secret. Raises ValueError when one is unreadable."""
        payload, secret = self.sealed[call.id]
        return replace(call, payload=parse(payload), secret=decrypt(secret))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed, what the provider called it, and whether it may have been carried out."""

    error: str
    request_id: str | None = None
    unknown_outcomes: bool = False


def claim(name: str, ids: Iterable[UUID], *, to_disk: bool = True) -> Claim:
    """Take those of `ids` that are free: pending, or running with a lease that ran out. A claim
    that need not go `to_disk` may be forgotten in a crash of PostgreSQL, as if never made.
    """
    at, token, lease = now(), uuid4(), Activity.registry[name].lease
    if not to_disk:
        db.session.execute(text("SET LOCAL synchronous_commit = off"))
    found = db.session.execute(
        update(ActivityRow)
        .where(
            ActivityRow.id.in_(list(ids)),
            ActivityRow.name == name,
            ActivityRow.state.not_in((*OVER, ActivityState.WAITING, ActivityState.QUEUED)),
            or_(ActivityRow.state != ActivityState.RUNNING, ActivityRow.due_at <= at),
        )
        .values(
            state=ActivityState.RUNNING,
            token=token,
            attempts=_ATTEMPTS,
            unknown_outcomes=_UNKNOWN_OUTCOMES,
            due_at=at + lease,
        )
        .returning(
            ActivityRow.id,
            ActivityRow.subject_id,
            ActivityRow.attempts,
            ActivityRow.giving_up,
            # Opened one by one: a single unreadable one must not fail the statement for all.
            cast(ActivityRow.payload, Text),
            type_coerce(ActivityRow.secret, LargeBinary),
        )
        .execution_options(synchronize_session=False)
    )
    calls, sealed = [], {}
    for key, subject_id, attempt, giving_up, payload, secret in found:
        told = GivingUp(**giving_up) if giving_up else None
        calls.append(Call(key, subject_id, attempt, giving_up=told))
        sealed[key] = payload, secret
    return Claim(token, at + lease, tuple(sorted(calls, key=attrgetter("id"))), sealed)


def renew(claimed: Claim, lease: timedelta) -> None:
    """Hold what is still ours of a claim for another lease."""
    until = now() + lease
    found = db.session.scalars(
        update(ActivityRow)
        .where(
            ActivityRow.id.in_([call.id for call in claimed.calls]),
            ActivityRow.state == ActivityState.RUNNING,
            ActivityRow.token == claimed.token,
        )
        .values(due_at=until)
        .returning(ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    claimed.lost = {call.id for call in claimed.calls} - set(found)
    claimed.until = until


def snooze(claimed: Claim, activity_id: UUID, until: datetime, why: str) -> None:
    """Give back an activity that cannot run yet; the try does not count."""
    _change(
        claimed,
        activity_id,
        state=ActivityState.WAITING,
        due_at=until,
        attempts=ActivityRow.attempts - 1,
        last_error=why,
    )


def retry(claimed: Claim, activity_id: UUID, until: datetime, failure: Failure) -> bool:
    """Give back an activity whose call failed, to be tried again at `until`."""
    return _change(
        claimed,
        activity_id,
        state=ActivityState.WAITING,
        due_at=until,
        **_told(failure),
    )


def fail(claimed: Claim, activity_id: UUID, failure: Failure) -> bool:
    """End an activity that gave up, in the transaction in which its machine is told. Its secret
    stays, so that an operator can retry it.
    """
    return _change(
        claimed,
        activity_id,
        state=ActivityState.FAILED,
        finished_at=now(),
        giving_up=None,
        **_told_at_last(failure),
    )


def give_up_later(
    claimed: Claim, activity_id: UUID, until: datetime, failure: Failure, giving_up: GivingUp
) -> bool:
    """Give back an activity that has no try left and whose machine could not be told so."""
    return _change(
        claimed,
        activity_id,
        state=ActivityState.WAITING,
        due_at=until,
        giving_up=asdict(giving_up),
        **_told_at_last(failure),
    )


def finish(claimed: Claim, done: Mapping[UUID, str | None]) -> set[UUID]:
    """End activities that succeeded, given with the provider's request ids; the ids of those that
    are still ours. Their secrets are erased.
    """
    answers = (
        func.unnest(literal(list(done), ARRAY(Uuid)), literal(list(done.values()), ARRAY(Text)))
        .table_valued(column("id", Uuid), column("request", Text))
        .render_derived("done")
    )
    found = db.session.scalars(
        update(ActivityRow)
        .where(ActivityRow.id == answers.c.id, ActivityRow.token == claimed.token)
        .values(
            state=ActivityState.DONE,
            token=None,
            finished_at=now(),
            secret=None,
            last_error=None,
            provider_request_id=answers.c.request,
        )
        .returning(ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    return set(found)


def rescue_overdue(limit: int, names: Collection[str], allowance: int) -> list[tuple[str, UUID]]:
    """Take for publishing what is past its `due_at` (lost message, dead worker, time to retry), the
    oldest first, and of each name up to `allowance` that time asked for, the newest first. Other
    names than `names`, and those of which `limit` wait for a worker already, are left out.
    """
    at = now()
    crowded = (
        select(ActivityRow.name)
        .where(ActivityRow.state == ActivityState.PENDING)
        # What is pending is ours for a lease; behind it may lie very much that waits.
        .where(ActivityRow.due_at > at, ActivityRow.due_at <= at + LEASE)
        .group_by(ActivityRow.name)
        .having(func.count() >= limit)
    )
    due = (
        select(ActivityRow.id)
        .where(ActivityRow.state.in_(DUE), ActivityRow.due_at <= at)
        .where(ActivityRow.name.in_(list(names)), ActivityRow.name.not_in(crowded))
        .order_by(ActivityRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # A CTE, since a plain subquery may be run again for each row and so take more than `limit`.
        .cte("due")
    )
    queued = _queued(names, allowance, crowded)
    taken = union_all(select(due.c.id), select(queued.c.id))
    found = db.session.execute(
        update(ActivityRow)
        .where(ActivityRow.id.in_(taken))
        .values(
            state=ActivityState.PENDING,
            token=None,
            unknown_outcomes=_UNKNOWN_OUTCOMES,
            due_at=at + LEASE,
        )
        .returning(ActivityRow.name, ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    return [(name, activity_id) for name, activity_id in found]


def _queued(names: Collection[str], allowance: int, crowded: Any) -> CTE:
    name = (
        func.unnest(literal(list(names), ARRAY(Text)))
        .table_valued(column("name", Text))
        .render_derived("names")
    )
    newest = (
        select(ActivityRow.id)
        .where(ActivityRow.state == ActivityState.QUEUED, ActivityRow.name == name.c.name)
        .order_by(ActivityRow.due_at.desc())
        .limit(allowance)
        .with_for_update(skip_locked=True)
        .lateral("newest")
    )
    each = select(newest.c.id).select_from(name.join(newest, true()))
    return each.where(name.c.name.not_in(crowded)).cte("queued")


def _told(failure: Failure) -> dict[str, Any]:
    return {
        "last_error": failure.error,
        "provider_request_id": failure.request_id,
        "unknown_outcomes": ActivityRow.unknown_outcomes + int(failure.unknown_outcomes),
    }


def _told_at_last(failure: Failure) -> dict[str, Any]:
    # Giving up again makes no request: the name of the last one stays.
    last_request = func.coalesce(failure.request_id, ActivityRow.provider_request_id)
    return _told(failure) | {"provider_request_id": last_request}


def _change(claimed: Claim, activity_id: UUID, **values: Any) -> bool:
    """Change one row that is still ours, and let go of it; whether it was."""
    found = db.session.scalar(
        update(ActivityRow)
        .where(ActivityRow.id == activity_id, ActivityRow.token == claimed.token)
        .values(token=None, **values)
        .returning(ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None
