"""The life of a dispute, which Stripe reports. Evidence is given in Stripe's dashboard.

Source of the statuses: https://docs.stripe.com/disputes/how-disputes-work
"""

from enum import StrEnum, auto

from models.dispute import OPEN, Dispute
from models.dispute import DisputeState as S
from models.notice import NoticeKind, has_notice
from state_machines.durable import Arrow, Display, DurableMachine, StateKind
from state_machines.order import OrderMachine


class DisputeSignal(StrEnum):
    WARN = auto()  # Stripe: warning_needs_response, warning_under_review
    OPEN = auto()  # Stripe: needs_response
    REVIEW = auto()  # Stripe: under_review
    WIN = auto()  # Stripe: won
    LOSE = auto()  # Stripe: lost
    CLOSE = auto()  # Stripe: warning_closed, prevented


Sig = DisputeSignal
NOTICE = ("notice.dispute",)
FREED = ("notice.dispute", "refund.freed")


class DisputeMachine(DurableMachine[Dispute]):
    name = "dispute"
    model = Dispute
    states = S
    parent = OrderMachine
    parent_key = "order_id"
    # The bank decides, or a person gives evidence.
    externally_driven = (*OPEN, S.WON, S.LOST)
    # Without a notice nobody knows that evidence is needed.
    awaited = {state: has_notice(Dispute.order_id, NoticeKind.DISPUTE) for state in OPEN}
    display = Display(
        key="stripe_id",
        kinds={
            S.UNDER_REVIEW: StateKind.UNDER_WAY,
            S.WON: StateKind.GOOD,
            S.LOST: StateKind.WRONG,
            S.CLOSED: StateKind.ENDED,
        },
    )
    # fmt: off
    arrows = (
        Arrow(Sig.WARN,   None,             S.WARNING,        writes=NOTICE),
        Arrow(Sig.OPEN,   None,             S.NEEDS_RESPONSE, writes=NOTICE),
        Arrow(Sig.OPEN,   S.WARNING,        S.NEEDS_RESPONSE, writes=NOTICE),
        Arrow(Sig.REVIEW, S.WARNING,        S.UNDER_REVIEW),
        Arrow(Sig.REVIEW, S.NEEDS_RESPONSE, S.UNDER_REVIEW),

        # From any open state, since the events between may have been lost.
        Arrow(Sig.CLOSE,  S.WARNING,        S.CLOSED,         writes=NOTICE),
        Arrow(Sig.CLOSE,  S.NEEDS_RESPONSE, S.CLOSED,         writes=FREED),
        Arrow(Sig.CLOSE,  S.UNDER_REVIEW,   S.CLOSED,         writes=FREED),
        Arrow(Sig.WIN,    S.WARNING,        S.WON,            writes=FREED),
        Arrow(Sig.WIN,    S.NEEDS_RESPONSE, S.WON,            writes=FREED),
        Arrow(Sig.WIN,    S.UNDER_REVIEW,   S.WON,            writes=FREED),
        Arrow(Sig.LOSE,   S.WARNING,        S.LOST,           writes=NOTICE),
        Arrow(Sig.LOSE,   S.NEEDS_RESPONSE, S.LOST,           writes=NOTICE),
        Arrow(Sig.LOSE,   S.UNDER_REVIEW,   S.LOST,           writes=NOTICE),
        # Banks do revise their decisions.
        Arrow(Sig.WIN,    S.LOST,           S.WON,            writes=FREED),
        Arrow(Sig.LOSE,   S.WON,            S.LOST,           writes=NOTICE),
    )
    # fmt: on
