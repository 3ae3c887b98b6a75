"""The operator after all faults: retries the activities that gave up."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import update

from models import SignalRow, SignalState, transaction
from models.clock import now
from models.durable.activity import ActivityRow, ActivityState
from state_machines.durable import inbox
from tests.proof.simulation.step import Step
from tests.support import invariants

# Failed signals that nobody was told of.
UNTOLD = """
    SELECT external_id FROM signal WHERE state = 'failed' AND NOT EXISTS (
        SELECT FROM notice WHERE kind = 'failed_signal' AND settled_at IS NULL
            AND subject = signal.source || ' ' || signal.external_id)
"""
# People whose data is still here.
NOT_ERASED = """
    SELECT erasure.id::text FROM erasure JOIN users ON users.id = user_id
    WHERE erasure.state <> 'Erased' OR email LIKE '%%@example.com'
"""


class Operator:
    """`db` is a connection of its own."""

    def __init__(self, db: Any) -> None:
        self._db = db

    def steps(self) -> Iterator[Step]:
        yield Step(0.05, "send emails again", lambda: self._send_again("emails."))

    def tidies_up(self) -> None:
        """Apply failed events again, send letters about orders again that gave up."""
        with transaction():
            inbox.replay_all(SignalRow.state == SignalState.FAILED)
        self._send_again("emails.order_")

    def _send_again(self, names: str) -> None:
        gave_up = (ActivityRow.state == ActivityState.FAILED, ActivityRow.name.startswith(names))
        with transaction() as session:
            session.execute(
                update(ActivityRow)
                .where(*gave_up)
                .values(state=ActivityState.PENDING, attempts=0, due_at=now(), finished_at=None)
            )

    def has_been_told(self) -> None:
        """Check that every failure was reported, and that no erasure was left undone."""
        untold = invariants.read(self._db, UNTOLD)
        assert not untold, f"failed, and nobody was told: {untold}"
        remaining = invariants.read(self._db, NOT_ERASED)
        assert not remaining, f"not erased: {remaining}"
