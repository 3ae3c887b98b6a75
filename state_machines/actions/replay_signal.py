"""The replay of one signal that was not applied."""

from uuid import UUID

from models.base import db
from models.durable.signal import SignalRow, SignalState
from models.errors import ConflictError, NotFoundError
from state_machines.durable import inbox


def replay(signal_id: UUID) -> SignalRow:
    """Have the sweep apply a signal again, and return its row as it was.

    Raises NotFoundError, or ConflictError when there is nothing to replay.
    """
    row = db.session.get(SignalRow, signal_id, with_for_update=True)
    if row is None:
        raise NotFoundError(f"There is no signal {signal_id}")
    if row.state in (SignalState.APPLIED, SignalState.STORED):
        raise ConflictError(f"Signal {signal_id} is {row.state}: there is nothing to replay")
    if row.payload is None:
        raise ConflictError(f"Signal {signal_id} is too old: its payload has been erased")
    inbox.replay_all(SignalRow.id == signal_id)
    return row
