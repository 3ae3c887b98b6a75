"""The life of a comparison with Stripe: it finds lost events and orphaned intents.

Each activity reads one page of a list at Stripe, so that a long comparison survives crashes.
"""

from enum import StrEnum, auto

from models.reconciliation import Reconciliation
from models.reconciliation import ReconciliationState as S
from state_machines.durable import Arrow, Display, DurableMachine, StateKind


class ReconciliationSignal(StrEnum):
    BEGIN = auto()
    FINISH = auto()
    GIVE_UP = auto()


Sig = ReconciliationSignal


class ReconciliationMachine(DurableMachine[Reconciliation]):
    name = "reconciliation"
    model = Reconciliation
    states = S
    display = Display(kinds={S.FAILED: StateKind.WRONG})
    # fmt: off
    arrows = (
        Arrow(Sig.BEGIN,   None,      S.RUNNING, do=("reconciliation.events",)),
        Arrow(Sig.FINISH,  S.RUNNING, S.DONE),
        Arrow(Sig.GIVE_UP, S.RUNNING, S.FAILED),
    )
    # fmt: on
