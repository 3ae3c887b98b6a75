"""The life of an order, one arrow a line."""

from enum import StrEnum, auto

from models.notice import NoticeKind, has_notice
from models.order import Order
from models.order import OrderState as S
from models.payment import OPEN, PaymentState, has_payment
from state_machines.durable import Arrow, DurableMachine


class OrderSignal(StrEnum):
    PLACE = auto()  # the customer checks out
    PAID = auto()  # sent by the payment, as are the next five
    MISPAID = auto()  # another amount or currency was captured than requested
    PAYMENT_FAILED = auto()
    PAYMENT_CANCELLED = auto()
    PAID_WHILE_CANCELLING = auto()
    PAID_LATE = auto()
    REFUNDED = auto()  # the whole payment, in Stripe's own dashboard
    ACCEPT = auto()  # the operator accepts another amount or currency
    CANCEL = auto()  # the customer or the operator, for a paid order
    SHIP = auto()  # the operator
    DELIVER = auto()


Sig = OrderSignal
RECEIPT = ("emails.order_confirmed",)
FAILED = ("emails.order_failed",)
CANCELLED = ("emails.order_cancelled",)
SHIPPED = ("emails.order_shipped",)
DELIVERED = ("emails.order_delivered",)
# Writes: changes of other rows in the same commit.
RESERVE, SELL, RELEASE = ("stock.reserve",), ("stock.sell",), ("stock.release",)
RESTORE = ("stock.restore", "notice.settle_lost")
DECIDED = ("notice.settle_mispaid",)
ENDED = (*DECIDED, "notice.settle_lost")
REFUND = ("refund.rest",)
UNDO = RELEASE + REFUND


class OrderMachine(DurableMachine[Order]):
    name = "order"
    model = Order
    states = S
    # fmt: off
    arrows = (
        Arrow(Sig.PLACE,                 None,        S.PENDING,   writes=RESERVE),
        Arrow(Sig.PAID,                  S.PENDING,   S.CONFIRMED, RECEIPT,   SELL),
        Arrow(Sig.PAYMENT_FAILED,        S.PENDING,   S.FAILED,    FAILED,    RELEASE),
        Arrow(Sig.PAYMENT_CANCELLED,     S.PENDING,   S.CANCELLED, CANCELLED, RELEASE),
        Arrow(Sig.PAID_WHILE_CANCELLING, S.PENDING,   S.CANCELLED, CANCELLED, UNDO),

        # A person decides about another amount or currency than requested.
        Arrow(Sig.MISPAID,               S.PENDING,   S.PENDING,   writes=("notice.mispaid",)),
        Arrow(Sig.ACCEPT,                S.PENDING,   S.CONFIRMED, RECEIPT,   SELL + DECIDED),
        Arrow(Sig.CANCEL,                S.PENDING,   S.CANCELLED, CANCELLED, UNDO + ENDED),
        Arrow(Sig.REFUNDED,              S.PENDING,   S.CANCELLED, CANCELLED, RELEASE + ENDED),

        Arrow(Sig.CANCEL,                S.CONFIRMED, S.CANCELLED, CANCELLED, RESTORE + REFUND),
        Arrow(Sig.REFUNDED,              S.CONFIRMED, S.CANCELLED, CANCELLED, RESTORE),
        Arrow(Sig.SHIP,                  S.CONFIRMED, S.SHIPPED,   SHIPPED),
        Arrow(Sig.DELIVER,               S.SHIPPED,   S.DELIVERED, DELIVERED),

        # The bank answered after the order had ended: the order stays, the money goes back.
        Arrow(Sig.PAID_LATE,             S.FAILED,    S.FAILED,    writes=("refund.late",)),
        Arrow(Sig.PAID_LATE,             S.CANCELLED, S.CANCELLED, writes=("refund.late",)),
    )
    # fmt: on
    # A pending order waits for its payment, which has its own deadline; the others for a person.
    externally_driven = (S.PENDING, S.CONFIRMED, S.SHIPPED)
    awaited = {
        S.PENDING: has_payment(*OPEN) | has_notice(Order.id, NoticeKind.MISPAID),
        S.CONFIRMED: has_payment(PaymentState.SUCCESS),
        S.SHIPPED: has_payment(PaymentState.SUCCESS),
    }
    operator_signals = {
        Sig.ACCEPT: "order.accept",
        Sig.CANCEL: "order.cancel",
        Sig.DELIVER: "order.deliver",
    }
