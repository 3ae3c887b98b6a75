"""The e-mails that the machines ask for."""

import logging
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from models.base import db
from models.login import Login, LoginState
from models.money import display
from models.order import Order, OrderState
from models.refund import Refund, RefundOrigin, RefundState
from models.user import User, UserSession, UserStatus
from state_machines.durable import Activity, Call, RetryPolicy
from state_machines.login import LoginMachine, LoginSignal
from state_machines.mail import bounced, newest_letter
from state_machines.order import OrderMachine
from state_machines.refund import RefundMachine
from tasks import email_rendering
from tasks.gateways import sendgrid
from tasks.gateways.sendgrid import Letter

log = logging.getLogger(__name__)

# The seed's policy for its activities: a code lives for some minutes only.
RETRY = RetryPolicy(initial=2, backoff=1.5, maximum=10, attempts=10)
# For letters that are as good hours later: about a day.
PATIENT = RetryPolicy(initial=2, backoff=1.5, maximum=600, attempts=160)

# What a letter tells of an order.
WHOLE: tuple[ExecutableOption, ...] = (
    selectinload(Order.items),
    joinedload(Order.user),
    joinedload(Order.payment),
)


class LoginCode(Activity[Login, Letter, str]):
    """The code travels as the activity's secret: each try sends the same one, and it is erased
    when SendGrid has taken it. The answer is the letter's key.
    """

    name = "emails.login_code"
    machine = LoginMachine
    retry = RETRY
    keyed = False
    timeout = 5

    def prepare(self, login: Login, call: Call) -> Letter | None:
        if not login.live or call.secret is None:
            return None
        if call.key != newest_letter(login.id):
            # A newer letter has another code: this one is dead. Its hash would tell, too, but
            # workers do not have CODE_SECRET.
            return None
        return email_rendering.login_code(login, call.secret, tags={"activityId": call.key})

    def perform(self, request: Letter, call: Call) -> str:
        sendgrid.send(request)
        return call.key

    def record(self, login: Login, key: str) -> None:
        if login.state != LoginState.CODE_UNSENT or not bounced(login.id, key):
            LoginMachine.observe(login, LoginSignal.SENT)

    def give_up(self, login: Login, error: Exception) -> None:
        LoginMachine.observe(login, LoginSignal.GAVE_UP, reason=str(error))


class NewDevice(Activity[Login, Letter, None]):
    """Tells somebody that a device that they had not used before has signed in as them."""

    name = "emails.new_device"
    machine = LoginMachine
    retry = PATIENT
    keyed = False

    def prepare(self, login: Login, call: Call) -> Letter | None:
        query = (
            select(UserSession)
            .join(User, User.id == UserSession.user_id)
            .where(UserSession.login_id == login.id, User.status != UserStatus.DELETED)
        )
        session = db.session.scalars(query.limit(1)).first()
        if session is None:
            return None
        return email_rendering.new_device(login, session, tags={"activityId": call.key})

    def perform(self, request: Letter, call: Call) -> None:  # noqa: ARG002
        sendgrid.send(request)


class OrderLetter(Activity[Order, Letter, None]):
    """An e-mail about an order, written from the order as it is when the letter leaves."""

    machine = OrderMachine
    retry = PATIENT
    keyed = False
    loads = WHOLE
    template: ClassVar[str]
    # The state that the letter speaks of: once the order has left it, the letter is not sent.
    speaks_of: ClassVar[OrderState]

    def prepare(self, order: Order, call: Call) -> Letter | None:
        if order.state != self.speaks_of:
            return None
        tags = {"activityId": call.key}
        return email_rendering.about_order(
            self.template, order, tags=tags, reason=self.reason(order), about=self.about(order)
        )

    def about(self, order: Order) -> dict[str, str | None]:  # noqa: ARG002
        """What this letter tells beside the order."""
        return {}

    def reason(self, order: Order) -> str | None:  # noqa: ARG002
        """Why the order is as it is, in a sentence for the customer."""
        return None

    def perform(self, request: Letter, call: Call) -> None:  # noqa: ARG002
        sendgrid.send(request)


class OrderConfirmed(OrderLetter):
    """The receipt."""

    name = "emails.order_confirmed"
    template = "order_confirmed"
    speaks_of = OrderState.CONFIRMED


class OrderFailed(OrderLetter):
    name = "emails.order_failed"
    template = "order_failed"
    speaks_of = OrderState.FAILED

    def reason(self, order: Order) -> str:
        if order.payment.intent_id is None:
            return "We could not set up the payment."
        return "It was not paid in time."


class OrderCancelled(OrderLetter):
    name = "emails.order_cancelled"
    template = "order_cancelled"
    speaks_of = OrderState.CANCELLED


class OrderShipped(OrderLetter):
    name = "emails.order_shipped"
    template = "order_shipped"
    speaks_of = OrderState.SHIPPED
    loads = (*WHOLE, joinedload(Order.shipment))

    def about(self, order: Order) -> dict[str, str | None]:
        parcel = order.shipment
        return {
            "carrier": parcel.carrier if parcel else None,
            "tracking_number": parcel.tracking_number if parcel else None,
        }


class OrderDelivered(OrderLetter):
    name = "emails.order_delivered"
    template = "order_delivered"
    speaks_of = OrderState.DELIVERED


class OrderRefunded(Activity[Refund, Letter, None]):
    """Sent when the bank has taken a refund; it explains the refund of money that came late."""

    name = "emails.order_refunded"
    machine = RefundMachine
    retry = PATIENT
    keyed = False
    loads = (
        joinedload(Refund.order).options(
            selectinload(Order.items), joinedload(Order.user), joinedload(Order.payment)
        ),
    )

    def prepare(self, refund: Refund, call: Call) -> Letter | None:
        # The bank may have sent it back meanwhile.
        if refund.state != RefundState.SUCCEEDED:
            return None
        late = refund.origin == RefundOrigin.LATE
        template = "payment_late_refunded" if late else "order_refunded"
        about = {"refund": {"amount": display(refund.amount, refund.currency)}}
        tags = {"activityId": call.key}
        return email_rendering.about_order(template, refund.order, tags=tags, about=about)

    def perform(self, request: Letter, call: Call) -> None:  # noqa: ARG002
        sendgrid.send(request)
