"""The life of an order, on one screen. One line is one arrow of the diagram."""

from enum import StrEnum, auto

from models.order import Order
from models.order import OrderState as S
from state_machines.durable import Arrow, DurableMachine


class OrderSignal(StrEnum):
    PLACE = auto()  # the customer checks out
    PAID = auto()  # from here on, what its payment tells
    PAYMENT_FAILED = auto()
    PAYMENT_CANCELLED = auto()
    PAID_WHILE_CANCELLING = auto()
    PAID_LATE = auto()


Sig = OrderSignal


class OrderMachine(DurableMachine[Order]):
    name = "order"
    row = Order
    states = S
    # fmt: off
    arrows = (
        Arrow(Sig.PLACE,                 None,        S.PENDING),
        Arrow(Sig.PAID,                  S.PENDING,   S.CONFIRMED, do=("emails.order_confirmed",)),
        Arrow(Sig.PAYMENT_FAILED,        S.PENDING,   S.FAILED,    do=("emails.order_failed",)),
        Arrow(Sig.PAYMENT_CANCELLED,     S.PENDING,   S.CANCELLED, do=("emails.order_cancelled",)),
        Arrow(Sig.PAID_WHILE_CANCELLING, S.PENDING,   S.CANCELLED, do=("emails.order_cancelled",)),

        # The bank may answer after we stopped waiting: the fact is taken in, the order stays ended.
        Arrow(Sig.PAID_LATE,             S.FAILED,    S.FAILED),
        Arrow(Sig.PAID_LATE,             S.CANCELLED, S.CANCELLED),
    )
    # fmt: on
    # A pending order waits for its payment, which has a deadline of its own.
    resting = (S.PENDING, S.CONFIRMED, S.SHIPPED)
