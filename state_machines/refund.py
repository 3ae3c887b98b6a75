"""The life of a refund. Its row, whose id is the key at Stripe, is committed before the first call;
what became of it is learned from the call, from Stripe's events, or by asking.
"""

from datetime import timedelta
from enum import StrEnum, auto

from config import settings
from models.base import db
from models.currency import CURRENCIES
from models.dispute import WITHDRAWN, Dispute, disputed
from models.errors import ConflictError, InvalidInputError
from models.money import display
from models.order import UNSHIPPED, Order, OrderState
from models.payment import Payment, PaymentState, payment_of
from models.refund import Refund, RefundOrigin, given_back, refundable
from models.refund import RefundState as S
from state_machines.durable import Arrow, DurableMachine, Poll, writes
from state_machines.order import OrderMachine, OrderSignal


class RefundSignal(StrEnum):
    REQUEST = auto()  # the operator, or an order that ended paid
    FIND = auto()  # it was made in Stripe's own dashboard
    SUBMITTED = auto()  # Stripe: pending, requires_action
    SUCCEEDED = auto()  # Stripe: succeeded
    FAILED = auto()  # Stripe: failed, canceled
    REJECTED = auto()  # Stripe refused to make it


Sig = RefundSignal
SUBMIT = ("refunds.submit",)
LETTER = ("emails.order_refunded",)
NOTICE = ("notice.refund_failed",)
SETTLE = ("notice.settle_refund_failed",)


class RefundMachine(DurableMachine[Refund]):
    name = "refund"
    model = Refund
    states = S
    parent = OrderMachine
    parent_key = "order_id"
    # Banks may send the money back long after they took it.
    externally_driven = (S.SUCCEEDED, S.FAILED)
    # fmt: off
    arrows = (
        Arrow(Sig.REQUEST,   None,        S.REQUESTED, SUBMIT),
        Arrow(Sig.FIND,      None,        S.SUBMITTED),
        # Stripe had it all the same.
        Arrow(Sig.FIND,      S.FAILED,    S.SUBMITTED),

        Arrow(Sig.SUBMITTED, S.REQUESTED, S.SUBMITTED),
        Arrow(Sig.SUCCEEDED, S.REQUESTED, S.SUCCEEDED, LETTER, writes=SETTLE),
        Arrow(Sig.SUCCEEDED, S.SUBMITTED, S.SUCCEEDED, LETTER, writes=SETTLE),
        Arrow(Sig.REJECTED,  S.REQUESTED, S.FAILED,    writes=NOTICE),
        Arrow(Sig.FAILED,    S.REQUESTED, S.FAILED,    writes=NOTICE),
        Arrow(Sig.FAILED,    S.SUBMITTED, S.FAILED,    writes=NOTICE),
        Arrow(Sig.FAILED,    S.SUCCEEDED, S.FAILED,    writes=NOTICE),
    )
    # fmt: on
    poll = Poll(
        (S.REQUESTED, S.SUBMITTED),
        tuple(timedelta(seconds=age) for age in settings.poll_ages),
        "refunds.submit",
    )


def refund(
    order: Order, amount: int | None = None, *, currency: str | None = None, reason: str | None
) -> None:
    """Give back `amount` minor units of a locked order; all that is left when None. All that is
    left of an order that has not left the house cancels it.

    Raises InvalidInputError for `amount` or `currency`, ConflictError when there is nothing to
    give back or the bank has taken it already.
    """
    payment = payment_of(order.id)
    left = refundable(payment)
    refuse_withdrawn(order)
    if left <= 0:
        raise ConflictError("Nothing is left to refund")
    taken = payment.captured_currency or payment.currency
    if currency is not None and currency.lower() != taken:
        raise InvalidInputError("currency", f"The order was paid in {taken}")
    if amount is not None and not 0 < amount <= left:
        raise InvalidInputError("amount", f"must be more than 0 and at most {display(left, taken)}")
    if amount is not None and amount % CURRENCIES[taken].step:
        raise InvalidInputError("amount", f"is no multiple of what Stripe takes in {taken}")
    if order.state in UNSHIPPED and amount in (None, left):
        OrderMachine.send(order, OrderSignal.CANCEL, reason=reason)
    else:
        _request(payment, amount or left, RefundOrigin.OPERATOR, reason)


def refuse_withdrawn(order: Order) -> None:
    """Raises ConflictError while the customer's bank has the money: Stripe refunds nothing then."""
    if disputed(order.id, *WITHDRAWN):
        raise ConflictError("A dispute is open: what was paid is with the customer's bank")


def cancel_what_went_back(payment: Payment) -> None:
    """An order that is still here, and whose money has all gone back without us, is cancelled. What
    a lost dispute alone has taken is a person's to decide.
    """
    order = payment.order
    if (
        payment.state == PaymentState.SUCCESS
        and order.state in UNSHIPPED
        and given_back(order.id) > 0
        and refundable(payment) <= 0
    ):
        OrderMachine.observe(order, OrderSignal.REFUNDED)


@writes("refund.rest")
def give_rest_back(order: Order, reason: str | None) -> None:
    """The order is cancelled: what was paid, and is still here, goes back."""
    _give_rest_back(order, RefundOrigin.CANCEL, reason)


@writes("refund.late")
def give_late_back(order: Order, reason: str | None) -> None:
    """The money came when the order had ended."""
    _give_rest_back(order, RefundOrigin.LATE, reason)


@writes("refund.freed")
def give_freed_back(dispute: Dispute, reason: str | None) -> None:
    """The bank has let go of the money, perhaps after the order had ended."""
    order = db.session.get_one(Order, dispute.order_id)
    if order.state == OrderState.CANCELLED:
        _give_rest_back(order, RefundOrigin.CANCEL, reason)
    elif order.state == OrderState.FAILED:
        _give_rest_back(order, RefundOrigin.LATE, reason)


def _give_rest_back(order: Order, origin: RefundOrigin, reason: str | None) -> None:
    payment = payment_of(order.id)
    left = refundable(payment)
    if left > 0:
        _request(payment, left, origin, reason)


def _request(payment: Payment, amount: int, origin: RefundOrigin, reason: str | None) -> None:
    row = Refund(
        order_id=payment.order_id,
        origin=origin,
        amount=amount,
        currency=payment.captured_currency or payment.currency,
        reason=reason,
    )
    RefundMachine.begin(row, RefundSignal.REQUEST, reason=reason)
