"""The life of a refund.

Its row, whose id is the idempotency key at Stripe, is committed before the first call. The outcome
comes from the call, from Stripe's events, or from a poll.
"""

from datetime import timedelta
from enum import StrEnum, auto

from config import settings
from models.refund import Refund
from models.refund import RefundState as S
from state_machines.durable import Arrow, Display, DurableMachine, Poll, StateKind
from state_machines.order import OrderMachine


class RefundSignal(StrEnum):
    REQUEST = auto()  # the operator, or an order that ended paid
    FIND = auto()  # somebody made it in Stripe's own dashboard
    SUBMITTED = auto()  # Stripe: pending, requires_action
    SUCCEEDED = auto()  # Stripe: succeeded
    FAILED = auto()  # Stripe: failed, canceled
    REJECTED = auto()  # Stripe refused to make it


Sig = RefundSignal
SUBMIT = ("refunds.submit",)
EMAIL = ("emails.order_refunded",)
NOTICE = ("notice.refund_failed",)
SETTLE = ("notice.settle_refund_failed",)


class RefundMachine(DurableMachine[Refund]):
    name = "refund"
    model = Refund
    states = S
    parent = OrderMachine
    parent_key = "order_id"
    # Banks may return the money long after they accepted it.
    externally_driven = (S.SUCCEEDED, S.FAILED)
    # fmt: off
    arrows = (
        Arrow(Sig.REQUEST,   None,        S.REQUESTED, SUBMIT),
        Arrow(Sig.FIND,      None,        S.SUBMITTED),
        # Stripe has a refund whose call was given up.
        Arrow(Sig.FIND,      S.FAILED,    S.SUBMITTED),

        Arrow(Sig.SUBMITTED, S.REQUESTED, S.SUBMITTED),
        Arrow(Sig.SUCCEEDED, S.REQUESTED, S.SUCCEEDED, EMAIL, writes=SETTLE),
        Arrow(Sig.SUCCEEDED, S.SUBMITTED, S.SUCCEEDED, EMAIL, writes=SETTLE),
        Arrow(Sig.REJECTED,  S.REQUESTED, S.FAILED,    writes=NOTICE),
        Arrow(Sig.FAILED,    S.REQUESTED, S.FAILED,    writes=NOTICE),
        Arrow(Sig.FAILED,    S.SUBMITTED, S.FAILED,    writes=NOTICE),
        Arrow(Sig.FAILED,    S.SUCCEEDED, S.FAILED,    writes=NOTICE),
    )
    # fmt: on
    display = Display(
        key="stripe_id",
        kinds={
            S.REQUESTED: StateKind.WAITING,
            S.SUCCEEDED: StateKind.GOOD,
            S.FAILED: StateKind.WRONG,
        },
    )
    poll = Poll(
        (S.REQUESTED, S.SUBMITTED),
        tuple(timedelta(seconds=age) for age in settings.poll_ages),
        "refunds.submit",
    )
