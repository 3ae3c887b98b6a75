"""The sentence that says why nothing is happening to an execution right now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy import select

from models.base import db
from models.clock import now
from models.durable.activity import OVER, ActivityRow, ActivityState
from state_machines.durable.activity import Activity
from state_machines.durable.base.states import moved_by_system
from state_machines.durable.definition import StateKind
from state_machines.durable.operations import executions, limits, pauses
from state_machines.durable.operations.actions import actions_of
from state_machines.durable.operations.executions import Summary

MAX_ERROR_LENGTH = 200  # characters
# The order in which activities explain an execution.
URGENCY = (
    ActivityState.RUNNING,
    ActivityState.WAITING,
    ActivityState.PENDING,
    ActivityState.QUEUED,
)

# Only news from outside can still move such an execution, as a late payment does.
SETTLED = (StateKind.GOOD, StateKind.DONE, StateKind.ENDED, StateKind.WRONG)


class WhyKind(StrEnum):
    NOTHING = auto()  # the execution has ended
    ACTIVITY = auto()
    DEADLINE = auto()
    POLL = auto()
    PAUSED = auto()
    LIMITED = auto()
    PERSON = auto()
    CHILD = auto()
    STUCK = auto()


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for which nothing happens; `at` is the time at which something will."""

    sentence: str
    kind: WhyKind
    activity_id: UUID | None = None
    at: datetime | None = None


def explain(summary: Summary, children: Sequence[Summary] = (), stuck: Iterable[str] = ()) -> Why:
    """Return why nothing happens to an execution, of which a child may be the reason.

    `stuck` has the reasons of `inspection.stuck`, which has its own transactions.
    """
    for reason in stuck:
        return Why(f"Stuck: {reason}.", WhyKind.STUCK, at=summary.updated_at)
    own = _explain_alone(summary)
    if own is not None:
        return own
    # What ended may have left work behind: a cancelled order, its refund.
    has_ended = executions.is_final(summary.machine, summary.state)
    lead = f"It is {summary.state}, and waits for" if has_ended else "Waits for"
    for child in children:
        below = None if executions.is_final(child.machine, child.state) else _busy(child)
        if below is not None:
            sentence = f"{lead} its {child.machine.name}, which is {child.state}: "
            sentence += below.sentence[0].lower() + below.sentence[1:]
            return Why(sentence, WhyKind.CHILD, below.activity_id, below.at)
    return _explain_rest(summary)


def _busy(child: Summary) -> Why | None:
    """Return the reason of a child, unless it waits for a person or has settled."""
    if (own := _explain_alone(child)) is not None:
        return own
    rest = _explain_rest(child)
    return None if rest.kind in (WhyKind.PERSON, WhyKind.NOTHING) else rest


def _explain_alone(summary: Summary) -> Why | None:
    """Return the reason that an activity of the execution is, if any."""
    query = select(ActivityRow).where(
        ActivityRow.subject_id == summary.id, ActivityRow.state.not_in(OVER)
    )
    rows = sorted(
        db.session.scalars(query), key=lambda row: (URGENCY.index(row.state), row.due_at, row.id)
    )
    for row in rows:
        return _explain_activity(row)
    return None


def _explain_activity(row: ActivityRow) -> Why:
    if (pause := pauses.load_pauses().get(row.name)) is not None:
        reason, since = pause
        sentence = f"{row.name} is paused since {_at(since)}: {reason}."
        return Why(sentence, WhyKind.PAUSED, row.id)
    activity = Activity.registry.get(row.name)
    limit = activity.retry.attempts if activity else None
    attempt = f"attempt {row.attempts + 1}{f' of {limit}' if limit else ''} of {row.name}"
    error = f": {row.last_error[:MAX_ERROR_LENGTH].rstrip('.')}" if row.last_error else ""
    if row.giving_up is not None:
        sentence = (
            f"{row.name} gave up, and its machine is told so again at {_at(row.due_at)}{error}."
        )
        return Why(sentence, WhyKind.ACTIVITY, row.id, row.due_at)
    if row.state == ActivityState.RUNNING and row.due_at > now():
        sentence = f"A worker runs attempt {row.attempts} of {row.name}, until {_at(row.due_at)}."
        return Why(sentence, WhyKind.ACTIVITY, row.id, row.due_at)
    if activity and activity.provider in limits.limited_providers():
        sentence = f"The limit of {activity.provider} holds back {attempt}{error}."
        return Why(sentence, WhyKind.LIMITED, row.id, row.due_at)
    return Why(_capital(f"{attempt} {_when(row)}{error}."), WhyKind.ACTIVITY, row.id, row.due_at)


def _when(row: ActivityRow) -> str:
    if row.state == ActivityState.QUEUED:
        return "waits for its turn among those that deadlines and polls have scheduled"
    seconds = (row.due_at - now()).total_seconds()
    if row.state == ActivityState.WAITING and seconds > 0:
        return f"in {round(seconds)} s"
    return "waits for a worker"


def _explain_rest(summary: Summary) -> Why:
    """Return the reason of an execution without an activity: a timer, a person, or its end."""
    machine = summary.machine
    if executions.is_final(machine, summary.state):
        return Why(f"It has ended: {summary.state} is final.", WhyKind.NOTHING)
    deadline = machine.deadline_of(summary.state)
    if deadline is not None and summary.deadline_at is not None:
        sentence = f"Waits until {_at(summary.deadline_at)}; then {deadline.send} is sent."
        return Why(sentence, WhyKind.DEADLINE, at=summary.deadline_at)
    if machine.poll and summary.state in machine.poll.states and summary.poll_at is not None:
        sentence = (
            f"Waits for the provider, which {machine.poll.do} asks at {_at(summary.poll_at)}."
        )
        return Why(sentence, WhyKind.POLL, at=summary.poll_at)
    return _explain_person(summary)


def _explain_person(summary: Summary) -> Why:
    signals = [*_operator_signals(summary)]
    if signals:
        sentence = f"Nothing is scheduled: an operator may send {' or '.join(signals)}."
        return Why(sentence, WhyKind.PERSON)
    if summary.state in moved_by_system(summary.machine):
        return Why(f"It is {summary.state}, and nothing is scheduled.", WhyKind.STUCK)
    if summary.kind in SETTLED:
        return Why(f"Nothing is left to do: it is {summary.state}.", WhyKind.NOTHING)
    return Why("Waits for news from outside: nothing is scheduled here.", WhyKind.PERSON)


def _operator_signals(summary: Summary) -> Iterator[str]:
    """Yield the signals that operators may send now."""
    allowed = [signal.value for signal in summary.machine.allowed(summary.state)]
    for name in actions_of(summary.machine):
        if name in allowed:
            yield name
    for signal, action in summary.machine.operator_signals.items():
        if action is None and signal.value in allowed:
            yield signal.value


def _at(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
