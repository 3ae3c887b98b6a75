"""Comparing our rows with Stripe's: events that never reached us, and intents that nobody knows of.

Its two looks are activities, a page each, so that a long one survives whatever a short one does.
"""

from enum import StrEnum, auto

from models.reconciliation import Reconciliation
from models.reconciliation import ReconciliationState as S
from state_machines.durable import Arrow, DurableMachine


class ReconciliationSignal(StrEnum):
    BEGIN = auto()
    FINISH = auto()
    GIVE_UP = auto()


Sig = ReconciliationSignal


class ReconciliationMachine(DurableMachine[Reconciliation]):
    name = "reconciliation"
    model = Reconciliation
    states = S
    # fmt: off
    arrows = (
        Arrow(Sig.BEGIN,   None,      S.RUNNING, do=("reconciliation.events",)),
        Arrow(Sig.FINISH,  S.RUNNING, S.DONE),
        Arrow(Sig.GIVE_UP, S.RUNNING, S.FAILED),
    )
    # fmt: on
