"""Schemas of the history of an order: its transitions, and the emails to the customer."""

from enum import StrEnum, auto

from pydantic import Field, RootModel

from models import ActivityRow, Transition
from models.customer_words import step_code, step_reason
from models.payment import PAYABLE
from state_machines import OrderMachine, PaymentMachine, RefundMachine
from state_machines.order import OrderSignal
from state_machines.payment import PaymentSignal
from state_machines.refund import RefundSignal
from web.schemas.base import Outgoing, Timestamp
from web.schemas.payment import DeclineCode


class StepKind(StrEnum):
    """The meaning of a step for the customer."""

    PLACED = auto()
    PAYMENT_REQUESTED = auto()
    PAYMENT_ACTION_REQUIRED = auto()
    PAYMENT_PROCESSING = auto()
    DECLINED = auto()
    PAID = auto()
    CONFIRMED = auto()
    CANCEL_REQUESTED = auto()
    CANCELLED = auto()
    EXPIRED = auto()
    FAILED = auto()
    SHIPPED = auto()
    DELIVERED = auto()
    REFUND_REQUESTED = auto()
    REFUNDED = auto()
    REFUND_FAILED = auto()
    RECEIPT_SENT = auto()
    FAILURE_SENT = auto()
    CANCELLATION_SENT = auto()
    SHIPMENT_SENT = auto()
    DELIVERY_SENT = auto()
    REFUND_SENT = auto()


Kind = StepKind
# Signals that are left out mean nothing to a customer, or come with another step that has a kind.
ORDER_KINDS = {
    OrderSignal.PLACE: Kind.PLACED,
    OrderSignal.PAID: Kind.CONFIRMED,
    OrderSignal.ACCEPT: Kind.CONFIRMED,
    OrderSignal.PAYMENT_FAILED: Kind.FAILED,
    OrderSignal.PAYMENT_CANCELLED: Kind.CANCELLED,
    OrderSignal.PAID_WHILE_CANCELLING: Kind.CANCELLED,
    OrderSignal.CANCEL: Kind.CANCELLED,
    OrderSignal.REFUNDED: Kind.CANCELLED,
    OrderSignal.SHIP: Kind.SHIPPED,
    OrderSignal.DELIVER: Kind.DELIVERED,
}
PAYMENT_KINDS = {
    PaymentSignal.INITIATED: Kind.PAYMENT_REQUESTED,
    PaymentSignal.ACTION_REQUIRED: Kind.PAYMENT_ACTION_REQUIRED,
    PaymentSignal.PROCESSING: Kind.PAYMENT_PROCESSING,
    PaymentSignal.STILL_PROCESSING: Kind.PAYMENT_PROCESSING,
    PaymentSignal.DECLINED: Kind.DECLINED,
    PaymentSignal.SUCCEEDED: Kind.PAID,
    PaymentSignal.MISPAID: Kind.PAID,
    PaymentSignal.CANCEL: Kind.CANCEL_REQUESTED,
    PaymentSignal.EXPIRE: Kind.EXPIRED,
}
REFUND_KINDS = {
    RefundSignal.REQUEST: Kind.REFUND_REQUESTED,
    RefundSignal.FIND: Kind.REFUND_REQUESTED,
    RefundSignal.SUCCEEDED: Kind.REFUNDED,
    RefundSignal.FAILED: Kind.REFUND_FAILED,
    RefundSignal.REJECTED: Kind.REFUND_FAILED,
}
KINDS: dict[tuple[str, str], Kind] = {
    (machine.name, signal): kind
    for machine, kinds in (
        (OrderMachine, ORDER_KINDS),
        (PaymentMachine, PAYMENT_KINDS),
        (RefundMachine, REFUND_KINDS),
    )
    for signal, kind in kinds.items()
}
EMAIL_KINDS = {
    "emails.order_confirmed": Kind.RECEIPT_SENT,
    "emails.order_failed": Kind.FAILURE_SENT,
    "emails.order_cancelled": Kind.CANCELLATION_SENT,
    "emails.order_shipped": Kind.SHIPMENT_SENT,
    "emails.order_delivered": Kind.DELIVERY_SENT,
    "emails.order_refunded": Kind.REFUND_SENT,
}


class Step(Outgoing):
    """One transition, or an email to the customer, whose `machine` is "email".

    `from` is null for the first transition and for emails; notes of operators are left out. `kind`
    is the meaning for the customer, or null when there is none. `declineCode` comes with a declined
    payment, and `reason` is its sentence.
    """

    machine: str
    signal: str
    source: str | None = Field(alias="from")
    target: str = Field(alias="to")
    ignored: bool
    reason: str | None
    decline_code: DeclineCode | None
    at: Timestamp
    kind: StepKind | None

    @classmethod
    def of(cls, row: Transition) -> "Step":
        is_operator = row.cause.startswith("command:")
        names = cls.model_fields.keys() - {"kind", "reason", "decline_code"}
        return cls(
            **{name: getattr(row, name) for name in names},
            kind=kind_of(row),
            reason=None if is_operator else step_reason(row.machine, row.signal, row.reason),
            decline_code=step_code(row.machine, row.signal, row.reason),
        )

    @classmethod
    def of_email(cls, row: ActivityRow) -> "Step":
        """Create the view of an email that SendGrid has accepted."""
        return cls(
            machine="email",
            signal=row.name.removeprefix("emails."),
            source=None,
            target="sent",
            ignored=False,
            reason=None,
            decline_code=None,
            at=row.finished_at or row.created_at,
            kind=EMAIL_KINDS[row.name],
        )


def kind_of(row: Transition) -> StepKind | None:
    """Return the meaning of a transition for the customer."""
    # An intent that is created while its payment is closing can no longer be paid.
    is_late = row.signal == PaymentSignal.INITIATED and row.target not in PAYABLE
    return None if row.ignored or is_late else KINDS.get((row.machine, row.signal))


class History(RootModel[list[Step]]):
    pass
