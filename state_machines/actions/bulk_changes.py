"""The changes that operators make to many rows, in the current transaction.

The commands and the bulk jobs call the same functions.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from models.audit import audit
from models.base import db
from models.durable.activity import ActivityRow
from models.durable.signal import SignalRow
from models.errors import ProjectXError
from models.failures import ends_all, is_locked
from models.logs import logger, one_line
from state_machines.actions.selection import LOCKED, NO_MATCH, Selection
from state_machines.durable import DurableMachine, SignalRefusedError, inbox
from state_machines.durable.moves.savepoints import savepoint, write_as_commit
from state_machines.durable.operations import commands
from state_machines.durable.operations.commands import OperationRefusedError

log = logger(__name__)

# The longest wait for a lock. A row that somebody holds for longer is refused.
MAX_LOCK_WAIT = text("SET LOCAL lock_timeout = '100ms'")
DEFAULT_LOCK_WAIT = text("SET LOCAL lock_timeout TO DEFAULT")
REFUSALS = (ProjectXError, SignalRefusedError, OperationRefusedError)


@dataclass(slots=True)
class Changes:
    """The results of a change, by the ids of its rows; each refusal has its reason."""

    changed: set[UUID] = field(default_factory=set)
    unchanged: set[UUID] = field(default_factory=set)
    refused: dict[UUID, str] = field(default_factory=dict)

    def add(self, other: "Changes") -> None:
        """Add the results of other rows."""
        self.changed |= other.changed
        self.unchanged |= other.unchanged
        self.refused |= other.refused


def limit_lock_wait() -> None:
    """Have the current transaction fail soon, and not after seconds, when a row is locked."""
    db.session.execute(MAX_LOCK_WAIT)


def retry(selection: Selection, ids: Collection[UUID]) -> tuple[Changes, Counter[str]]:
    """Give failed activities a full set of attempts; return the results and counts by name.

    Ids that no longer match have no result.
    """
    free = selection.lock_free(ids)
    counts, unneeded = commands.retry_all(ActivityRow.id.in_(free), *selection.conditions)
    locked = selection.find_locked(set(ids) - free)
    return Changes(free - unneeded.keys(), refused={**unneeded, **locked}), counts


def replay(selection: Selection, ids: Collection[UUID]) -> Changes:
    """Have the sweep apply signals again. Ids that no longer match have no result."""
    free = selection.lock_free(ids)
    inbox.replay_all(SignalRow.id.in_(free), *selection.conditions)
    return Changes(free, refused=selection.find_locked(set(ids) - free))


def cancel(
    activity_id: UUID,
    *,
    operator: str,
    reason: str | None,
    maybe_sent: bool,
    selection: Selection | None = None,
) -> None:
    """Cancel an activity, which still has to match `selection`, with its audit row."""
    if selection is not None:
        selection.lock(activity_id)
    commands.cancel(activity_id, operator=operator, reason=reason, maybe_sent=maybe_sent)
    audit(operator, "activities cancel", activity_id, reason=reason, maybe_sent=maybe_sent)


@dataclass(frozen=True, slots=True)
class SignalRequest:
    """A signal for executions in `state` that have not changed since `before`."""

    machine: type[DurableMachine[Any]]
    signal: StrEnum
    state: str
    before: datetime | None
    reason: str | None

    def send(self, execution_id: UUID, operator: str) -> bool:
        """Send it to an execution, with its audit row; return whether it did anything.

        Raises OperationRefusedError when the execution has changed, and as `commands.send` does.
        """
        row = self.machine.lock([execution_id]).get(execution_id)
        if row is not None and self.before is not None and row.updated_at >= self.before:
            changed_at = f"{row.updated_at:%Y-%m-%d %H:%M:%S} UTC"
            raise OperationRefusedError(f"It changed at {changed_at}")
        state, reason = self.state, self.reason
        if not commands.send(self.machine, execution_id, self.signal, state=state, reason=reason):
            return False
        details = {"machine": self.machine.name, "signal": self.signal, "state": state}
        audit(operator, "machines signal", execution_id, **details, reason=reason)
        return True


def change_batch(ids: Collection[UUID], change: Callable[[Collection[UUID]], Changes]) -> Changes:
    """Change rows together with all that their commit would write. Each of them has a result.

    If that fails, each row is changed alone, so that a bad one refuses only itself. Raises the
    errors of a lost connection.
    """
    try:
        changes = _write_changes(ids, change, DEFAULT_LOCK_WAIT)
    except Exception as error:
        if ends_all(error):
            raise
        log.warning("%d rows are changed one by one: %s", len(ids), one_line(error))
        changes = Changes()
        for row_id in ids:
            # These lock what rows share in any order: they give up before they could deadlock.
            try:
                changes.add(_write_changes([row_id], change, MAX_LOCK_WAIT))
            except Exception as refusal:
                if ends_all(refusal):
                    raise
                changes.refused[row_id] = _explain(row_id, refusal)
    db.session.execute(DEFAULT_LOCK_WAIT)
    return changes


def _write_changes(
    ids: Collection[UUID], change: Callable[[Collection[UUID]], Changes], lock_wait: TextClause
) -> Changes:
    with savepoint():
        limit_lock_wait()
        changes = change(ids)
        db.session.execute(lock_wait)
        write_as_commit()
    for row_id in set(ids) - changes.changed - changes.unchanged - changes.refused.keys():
        changes.refused[row_id] = NO_MATCH
    return changes


def change_each(ids: Collection[UUID], change: Callable[[UUID], bool]) -> Changes:
    """Change the rows, so that a refused one stops no other.

    All share a savepoint. If one of them is refused, it is undone, and each gets its own. `change`
    returns whether it changed anything. Raises the errors of a lost connection.
    """
    try:
        with savepoint():
            results = {row_id: change(row_id) for row_id in ids}
    except Exception as error:
        if ends_all(error):
            raise
        log.debug("%d rows are changed one by one: %s", len(ids), one_line(error))
        return _change_one_by_one(ids, change)
    changed = {row_id for row_id, is_changed in results.items() if is_changed}
    return Changes(changed, set(ids) - changed)


def _change_one_by_one(ids: Iterable[UUID], change: Callable[[UUID], bool]) -> Changes:
    changes = Changes()
    for row_id in ids:
        try:
            with savepoint():
                is_changed = change(row_id)
        except Exception as error:
            if ends_all(error):
                raise
            changes.refused[row_id] = _explain(row_id, error)
        else:
            (changes.changed if is_changed else changes.unchanged).add(row_id)
    return changes


def _explain(row_id: UUID, error: Exception) -> str:
    if isinstance(error, REFUSALS):
        return str(error)
    if is_locked(error):
        return LOCKED
    log.error("%s is not changed", row_id, exc_info=error)
    return one_line(error)
