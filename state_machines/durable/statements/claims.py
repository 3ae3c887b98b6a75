"""The statements that claim and finish activities.

They are made once, and of the columns of the table: one that is made for each call, and of the
attributes of the class, takes several times as much processor time.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    LargeBinary,
    Text,
    Update,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    or_,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from models.base import table_of
from models.durable.activity import (
    COUNTED_ATTEMPTS,
    IS_GIVING_UP,
    OVER,
    UNKNOWN_OUTCOMES,
    ActivityRow,
    ActivityState,
)
from state_machines.durable.activity import Activity
from state_machines.durable.operations import limits, pauses

AnyActivity = Activity[Any, Any, Any]
ROWS = table_of(ActivityRow)
ROW = ROWS.c
_FINISHED = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid)), bindparam("requests", type_=ARRAY(Text)))
    .table_valued(column("id", Uuid), column("request", Text))
    .render_derived("done")
)
FINISHING = (
    update(ROWS)
    .where(ROW.id == _FINISHED.c.id, ROW.token == bindparam("lease"))
    .values(
        state=ActivityState.DONE,
        token=None,
        finished_at=bindparam("at"),
        secret=None,
        last_error=None,
        provider_request_id=_FINISHED.c.request,
    )
    .returning(ROW.id)
)


@cache
def claiming(activity: AnyActivity, *, to_disk: bool) -> tuple[Update, Update]:
    """Return the statements that claim the free activities, and those that a limit allows."""
    not_to_disk = [] if to_disk else [func.set_config("synchronous_commit", "off", True)]
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    claim = (
        update(ROWS)
        .values(
            state=ActivityState.RUNNING,
            token=bindparam("lease"),
            attempts=COUNTED_ATTEMPTS,
            unknown_outcomes=UNKNOWN_OUTCOMES,
            due_at=bindparam("until"),
        )
        .returning(
            *(ROW.id, ROW.subject_id, ROW.attempts, ROW.giving_up, ROW.traceparent),
            # Decoded one by one: one unreadable value must not fail the statement for all.
            cast(ROW.payload, Text),
            type_coerce(ROW.secret, LargeBinary),
            *not_to_disk,
        )
    )
    needs_no_limit = or_(IS_GIVING_UP, ~limits.is_limited(activity))
    free = is_free(activity, ids, bindparam("at"))
    return claim.where(*free, needs_no_limit), claim.where(ROW.id.in_(ids))


def is_free(activity: AnyActivity, ids: Any, at: Any) -> list[ColumnElement[bool]]:
    """Return the conditions of a claim: pending or past its lease, and not paused.

    `ids` and the time `at` are values, or the parameters of a statement. An activity that is giving
    up makes no call, so that no pause stops it.
    """
    return [
        ROW.id.in_(ids),
        ROW.name == activity.name,
        ROW.state.not_in((*OVER, ActivityState.WAITING, ActivityState.QUEUED)),
        or_(ROW.state != ActivityState.RUNNING, ROW.due_at <= at),
        or_(IS_GIVING_UP, ~pauses.is_paused(activity)),
    ]
