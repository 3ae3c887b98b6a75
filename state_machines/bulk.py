"""The life of a bulk job: batches of its rows are changed, one after the other, until none waits.

Each activity changes one batch in the transaction that ends it, and schedules the next one. So a
worker that dies loses at most a batch that was not committed, and no row is changed twice.
"""

from enum import StrEnum, auto

from models.bulk import Bulk
from models.bulk import BulkState as S
from state_machines.durable import Arrow, Display, DurableMachine, StateKind


class BulkSignal(StrEnum):
    BEGIN = auto()  # an operator has confirmed the number of rows
    PAUSE = auto()  # an operator
    RESUME = auto()  # an operator
    CANCEL = auto()  # an operator
    FINISH = auto()  # every row has a result
    GIVE_UP = auto()  # no attempt at the next batch is left


Sig = BulkSignal
DO = ("bulk.work",)


class BulkMachine(DurableMachine[Bulk]):
    name = "bulk"
    model = Bulk
    states = S
    externally_driven = (S.PAUSED, S.FAILED)
    display = Display(kinds={S.FAILED: StateKind.WRONG, S.CANCELLED: StateKind.ENDED})
    # fmt: off
    arrows = (
        Arrow(Sig.BEGIN,   None,      S.RUNNING, do=DO),
        Arrow(Sig.FINISH,  S.RUNNING, S.DONE),
        Arrow(Sig.GIVE_UP, S.RUNNING, S.FAILED),
        Arrow(Sig.PAUSE,   S.RUNNING, S.PAUSED),
        Arrow(Sig.RESUME,  S.PAUSED,  S.RUNNING, do=DO),
        Arrow(Sig.RESUME,  S.FAILED,  S.RUNNING, do=DO),
        Arrow(Sig.CANCEL,  S.RUNNING, S.CANCELLED),
        Arrow(Sig.CANCEL,  S.PAUSED,  S.CANCELLED),
        Arrow(Sig.CANCEL,  S.FAILED,  S.CANCELLED),
    )
    # fmt: on
