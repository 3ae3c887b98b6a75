"""The life of an order, one arrow a line."""

from enum import StrEnum, auto

from models.notice import NoticeKind, has_notice
from models.order import Order, has_number
from models.order import OrderState as S
from models.payment import OPEN, PaymentState, has_payment
from state_machines.durable import Arrow, Display, DurableMachine, StateKind


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
CONFIRM_EMAIL = ("emails.order_confirmed",)
FAIL_EMAIL = ("emails.order_failed",)
CANCEL_EMAIL = ("emails.order_cancelled",)
SHIP_EMAIL = ("emails.order_shipped",)
DELIVER_EMAIL = ("emails.order_delivered",)
# Writes: changes of other rows in the same commit.
RESERVE, SELL, RELEASE = ("stock.reserve",), ("stock.sell",), ("stock.release",)
RESTORE = ("stock.restore",)
REFUND, REFUND_LATE = ("refund.rest",), ("refund.late",)
NOTIFY_MISPAID, SETTLE_MISPAID = ("notice.mispaid",), ("notice.settle_mispaid",)
SETTLE_LOST = ("notice.settle_lost",)
SETTLE = SETTLE_MISPAID + SETTLE_LOST
# A person decides about a payment of another amount or currency.
ACCEPT_MISPAID = SELL + SETTLE_MISPAID
CANCEL_MISPAID = RELEASE + REFUND + SETTLE
# Nobody has to decide any more whether to ship an order whose dispute was lost.
UNSELL = RESTORE + SETTLE_LOST


class OrderMachine(DurableMachine[Order]):
    name = "order"
    model = Order
    states = S
    # fmt: off
    arrows = (
        Arrow(Sig.PLACE,                 None,        S.PENDING,   writes=RESERVE),
        Arrow(Sig.PAID,                  S.PENDING,   S.CONFIRMED, CONFIRM_EMAIL, SELL),
        Arrow(Sig.PAYMENT_FAILED,        S.PENDING,   S.FAILED,    FAIL_EMAIL,    RELEASE),
        Arrow(Sig.PAYMENT_CANCELLED,     S.PENDING,   S.CANCELLED, CANCEL_EMAIL,  RELEASE),
        Arrow(Sig.PAID_WHILE_CANCELLING, S.PENDING,   S.CANCELLED, CANCEL_EMAIL,  RELEASE + REFUND),

        # Another amount or currency was captured than requested.
        Arrow(Sig.MISPAID,               S.PENDING,   S.PENDING,   writes=NOTIFY_MISPAID),
        Arrow(Sig.ACCEPT,                S.PENDING,   S.CONFIRMED, CONFIRM_EMAIL, ACCEPT_MISPAID),
        Arrow(Sig.CANCEL,                S.PENDING,   S.CANCELLED, CANCEL_EMAIL,  CANCEL_MISPAID),
        Arrow(Sig.REFUNDED,              S.PENDING,   S.CANCELLED, CANCEL_EMAIL,  RELEASE + SETTLE),

        Arrow(Sig.CANCEL,                S.CONFIRMED, S.CANCELLED, CANCEL_EMAIL,  UNSELL + REFUND),
        Arrow(Sig.REFUNDED,              S.CONFIRMED, S.CANCELLED, CANCEL_EMAIL,  UNSELL),
        Arrow(Sig.SHIP,                  S.CONFIRMED, S.SHIPPED,   SHIP_EMAIL),
        Arrow(Sig.DELIVER,               S.SHIPPED,   S.DELIVERED, DELIVER_EMAIL),

        # The bank answered after the order had ended: the order stays, the money goes back.
        Arrow(Sig.PAID_LATE,             S.FAILED,    S.FAILED,    writes=REFUND_LATE),
        Arrow(Sig.PAID_LATE,             S.CANCELLED, S.CANCELLED, writes=REFUND_LATE),
    )
    # fmt: on
    # A pending order waits for its payment, which has its own deadline; the others for a person.
    externally_driven = (S.PENDING, S.CONFIRMED, S.SHIPPED)
    awaited = {
        S.PENDING: has_payment(*OPEN) | has_notice(Order.id, NoticeKind.MISPAID),
        S.CONFIRMED: has_payment(PaymentState.SUCCESS),
        S.SHIPPED: has_payment(PaymentState.SUCCESS),
    }
    display = Display(
        key="reference_id",
        amount="total",
        kinds={
            S.CONFIRMED: StateKind.GOOD,
            S.SHIPPED: StateKind.DONE,
            S.CANCELLED: StateKind.ENDED,
            S.FAILED: StateKind.WRONG,
        },
        actions=("order.refund",),
        find=has_number,
    )
    operator_signals = {
        Sig.ACCEPT: "order.accept",
        Sig.CANCEL: "order.cancel",
        Sig.DELIVER: "order.deliver",
        Sig.SHIP: "order.ship",
    }
