"""The life of a payment: one Stripe payment intent, whose events may arrive in any order.

Three rules shape the table. A decline is not final: another card may follow on the same intent.
A payment becomes Cancelled or Failure only when Stripe has said that nobody can pay it any more, or
when an operator closes one whose intent Stripe does not know. A success is recorded in every state,
and the order decides about its meaning.
"""

from datetime import timedelta
from enum import StrEnum, auto

from config import settings
from models.payment import Payment
from models.payment import PaymentState as S
from state_machines.durable import (
    Arrow,
    Deadline,
    Display,
    DurableMachine,
    Poll,
    StateKind,
    growing,
)
from state_machines.order import OrderMachine
from state_machines.order import OrderSignal as To


class PaymentSignal(StrEnum):
    START = auto()  # the order was placed
    INITIATED = auto()  # Stripe created the intent
    REJECTED = auto()  # Stripe refused to create it, or it was never created
    UNANSWERED = auto()  # it is unknown whether Stripe created it
    DECLINED = auto()  # Stripe: payment_intent.payment_failed
    PROCESSING = auto()  # Stripe: payment_intent.processing
    ACTION_REQUIRED = auto()  # Stripe: payment_intent.requires_action (3-D Secure, a voucher)
    SUCCEEDED = auto()  # Stripe: payment_intent.succeeded
    MISPAID = auto()  # succeeded, but not with the order's amount and currency
    CANCEL = auto()  # the customer or the operator
    EXPIRE = auto()  # the deadline
    CANCELED = auto()  # Stripe: payment_intent.canceled, in its spelling
    STILL_PROCESSING = auto()  # Stripe refuses to cancel while the bank is at work
    STILL_WAITING = auto()  # the intent waits for its customer, such as with a voucher
    CLOSE = auto()  # the operator ends a payment whose intent Stripe does not know
    ASK_AGAIN = auto()  # the deadline of the closing states
    ORPHANED = auto()  # Stripe has an open intent whose creation was never confirmed here
    REFUNDS_CHANGED = auto()  # Stripe's refunds differ from the rows


Sig = PaymentSignal
CREATE_INTENT = ("payments.create_intent",)
CANCEL_INTENT = ("payments.cancel_intent",)
LIST_REFUNDS = ("refunds.list",)
NOTIFY_SLOW = ("notice.slow_payment",)
PAID_MEANWHILE = To.PAID_WHILE_CANCELLING
# Limit of the growing time between two attempts to end a payment.
MAX_INTERVAL = timedelta(hours=6)


class PaymentMachine(DurableMachine[Payment]):
    name = "payment"
    model = Payment
    states = S
    parent = OrderMachine
    parent_key = "order_id"
    # Only a late success leaves these.
    externally_driven = (S.CANCELLED, S.FAILURE)
    # fmt: off
    arrows = (
        Arrow(Sig.START,            None,         S.PENDING,    do=CREATE_INTENT),

        Arrow(Sig.INITIATED,        S.PENDING,    S.INITIATED),
        Arrow(Sig.INITIATED,        S.CANCELLING, S.CANCELLING),
        Arrow(Sig.INITIATED,        S.EXPIRING,   S.EXPIRING),

        Arrow(Sig.REJECTED,         S.PENDING,    S.FAILURE,    parent_signal=To.PAYMENT_FAILED),
        Arrow(Sig.REJECTED,         S.EXPIRING,   S.FAILURE,    parent_signal=To.PAYMENT_FAILED),
        Arrow(Sig.REJECTED,         S.CANCELLING, S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),

        Arrow(Sig.UNANSWERED,       S.PENDING,    S.EXPIRING,   do=CANCEL_INTENT),

        Arrow(Sig.DECLINED,         S.INITIATED,  S.DECLINED),
        Arrow(Sig.DECLINED,         S.DECLINED,   S.DECLINED),
        Arrow(Sig.PROCESSING,       S.DECLINED,   S.INITIATED),
        Arrow(Sig.ACTION_REQUIRED,  S.DECLINED,   S.INITIATED),
        Arrow(Sig.ACTION_REQUIRED,  S.INITIATED,  S.INITIATED),

        Arrow(Sig.SUCCEEDED,        S.PENDING,    S.SUCCESS,    parent_signal=To.PAID),
        Arrow(Sig.SUCCEEDED,        S.INITIATED,  S.SUCCESS,    parent_signal=To.PAID),
        Arrow(Sig.SUCCEEDED,        S.DECLINED,   S.SUCCESS,    parent_signal=To.PAID),
        Arrow(Sig.SUCCEEDED,        S.EXPIRING,   S.SUCCESS,    parent_signal=To.PAID),
        Arrow(Sig.SUCCEEDED,        S.CANCELLING, S.SUCCESS,    parent_signal=PAID_MEANWHILE),
        Arrow(Sig.SUCCEEDED,        S.CANCELLED,  S.SUCCESS,    parent_signal=To.PAID_LATE),
        Arrow(Sig.SUCCEEDED,        S.FAILURE,    S.SUCCESS,    parent_signal=To.PAID_LATE),

        Arrow(Sig.MISPAID,          S.PENDING,    S.SUCCESS,    parent_signal=To.MISPAID),
        Arrow(Sig.MISPAID,          S.INITIATED,  S.SUCCESS,    parent_signal=To.MISPAID),
        Arrow(Sig.MISPAID,          S.DECLINED,   S.SUCCESS,    parent_signal=To.MISPAID),
        Arrow(Sig.MISPAID,          S.EXPIRING,   S.SUCCESS,    parent_signal=To.MISPAID),
        Arrow(Sig.MISPAID,          S.CANCELLING, S.SUCCESS,    parent_signal=PAID_MEANWHILE),
        Arrow(Sig.MISPAID,          S.CANCELLED,  S.SUCCESS,    parent_signal=To.PAID_LATE),
        Arrow(Sig.MISPAID,          S.FAILURE,    S.SUCCESS,    parent_signal=To.PAID_LATE),

        Arrow(Sig.CANCEL,           S.PENDING,    S.CANCELLING, do=CANCEL_INTENT),
        Arrow(Sig.CANCEL,           S.INITIATED,  S.CANCELLING, do=CANCEL_INTENT),
        Arrow(Sig.CANCEL,           S.DECLINED,   S.CANCELLING, do=CANCEL_INTENT),
        Arrow(Sig.CANCEL,           S.EXPIRING,   S.CANCELLING, do=CANCEL_INTENT),

        Arrow(Sig.EXPIRE,           S.PENDING,    S.EXPIRING,   do=CANCEL_INTENT),
        Arrow(Sig.EXPIRE,           S.INITIATED,  S.EXPIRING,   do=CANCEL_INTENT),
        Arrow(Sig.EXPIRE,           S.DECLINED,   S.EXPIRING,   do=CANCEL_INTENT),

        Arrow(Sig.CANCELED,         S.INITIATED,  S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CANCELED,         S.DECLINED,   S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CANCELED,         S.CANCELLING, S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CANCELED,         S.EXPIRING,   S.FAILURE,    parent_signal=To.PAYMENT_FAILED),

        Arrow(Sig.STILL_PROCESSING, S.EXPIRING,   S.INITIATED,  writes=NOTIFY_SLOW),
        Arrow(Sig.STILL_PROCESSING, S.CANCELLING, S.CANCELLING, quiet=True),
        Arrow(Sig.STILL_WAITING,    S.EXPIRING,   S.INITIATED),

        # An operator closes an intent that Stripe does not know: nobody can pay it.
        Arrow(Sig.CLOSE,            S.PENDING,    S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CLOSE,            S.INITIATED,  S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CLOSE,            S.DECLINED,   S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CLOSE,            S.CANCELLING, S.CANCELLED,  parent_signal=To.PAYMENT_CANCELLED),
        Arrow(Sig.CLOSE,            S.EXPIRING,   S.FAILURE,    parent_signal=To.PAYMENT_FAILED),

        # Another attempt to cancel also finds out what a lost answer said.
        Arrow(Sig.ASK_AGAIN,        S.CANCELLING, S.CANCELLING, do=CANCEL_INTENT, quiet=True),
        Arrow(Sig.ASK_AGAIN,        S.EXPIRING,   S.EXPIRING,   do=CANCEL_INTENT, quiet=True),
        Arrow(Sig.ORPHANED,         S.FAILURE,    S.FAILURE,    do=("payments.cancel_orphan",)),
        Arrow(Sig.ORPHANED,         S.CANCELLED,  S.CANCELLED,  do=("payments.cancel_orphan",)),

        # In every state, since Stripe may refund what is not recorded as paid here yet.
        Arrow(Sig.REFUNDS_CHANGED,  S.PENDING,    S.PENDING,    do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.INITIATED,  S.INITIATED,  do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.DECLINED,   S.DECLINED,   do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.CANCELLING, S.CANCELLING, do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.EXPIRING,   S.EXPIRING,   do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.SUCCESS,    S.SUCCESS,    do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.CANCELLED,  S.CANCELLED,  do=LIST_REFUNDS),
        Arrow(Sig.REFUNDS_CHANGED,  S.FAILURE,    S.FAILURE,    do=LIST_REFUNDS),
    )
    # fmt: on
    deadlines = (
        # The window grows each time that the bank is still at work.
        Deadline(
            (S.PENDING, S.INITIATED, S.DECLINED),
            growing(settings.payment_window, last=MAX_INTERVAL),
            Sig.EXPIRE,
            from_birth=True,
        ),
        Deadline(
            (S.CANCELLING, S.EXPIRING),
            growing(*settings.recheck_windows, last=MAX_INTERVAL),
            Sig.ASK_AGAIN,
        ),
    )
    # A success whose event was lost must not wait for the end of the window.
    poll = Poll(
        (S.INITIATED, S.DECLINED),
        tuple(timedelta(seconds=age) for age in settings.poll_ages),
        "payments.poll_intent",
    )
    display = Display(
        key="intent_id",
        kinds={
            S.PENDING: StateKind.WAITING,
            S.INITIATED: StateKind.WAITING,
            S.DECLINED: StateKind.WRONG,
            S.SUCCESS: StateKind.GOOD,
            S.CANCELLED: StateKind.ENDED,
            S.FAILURE: StateKind.WRONG,
        },
    )
    operator_signals = {Sig.CLOSE: "payment.close"}
