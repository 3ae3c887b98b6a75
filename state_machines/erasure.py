"""The erasure of a user's personal data: the user or an operator requests it, a worker does it.

The account ends with the request. Orders, amounts, payments and their histories stay for the
accounts, without personal data.
"""

from enum import StrEnum, auto

from models.erasure import Erasure
from models.erasure import ErasureState as S
from state_machines.durable import Arrow, Display, DurableMachine, StateKind


class ErasureSignal(StrEnum):
    REQUEST = auto()  # the user, or an operator
    ERASE = auto()  # the worker has erased the data
    GIVE_UP = auto()  # no attempt to erase it is left
    RETRY = auto()  # an operator
    FORGOTTEN = auto()  # SendGrid erases its data about the address
    REMEMBERED = auto()  # SendGrid refused to


Sig = ErasureSignal
DO = ("privacy.erase", "privacy.erase_recipient")


class ErasureMachine(DurableMachine[Erasure]):
    name = "erasure"
    model = Erasure
    states = S
    # An operator finds out why it failed.
    externally_driven = (S.FAILED,)
    display = Display(kinds={S.FAILED: StateKind.WRONG})
    # fmt: off
    arrows = (
        Arrow(Sig.REQUEST,    None,        S.REQUESTED, do=DO),
        Arrow(Sig.ERASE,      S.REQUESTED, S.ERASED),
        Arrow(Sig.GIVE_UP,    S.REQUESTED, S.FAILED),
        Arrow(Sig.RETRY,      S.FAILED,    S.REQUESTED, do=DO),

        Arrow(Sig.FORGOTTEN,  S.REQUESTED, S.REQUESTED),
        Arrow(Sig.FORGOTTEN,  S.ERASED,    S.ERASED),
        Arrow(Sig.FORGOTTEN,  S.FAILED,    S.FAILED),
        Arrow(Sig.REMEMBERED, S.REQUESTED, S.REQUESTED),
        Arrow(Sig.REMEMBERED, S.ERASED,    S.ERASED),
        Arrow(Sig.REMEMBERED, S.FAILED,    S.FAILED),
    )
    # fmt: on
    # Sent alone it would lose the address that its calls need.
    operator_signals = {Sig.RETRY: "erasure.retry"}
