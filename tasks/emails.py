"""Activities that send emails through SendGrid."""

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
from state_machines.durable import Activity, Call, Priority, RetryPolicy
from state_machines.login import LoginMachine, LoginSignal
from state_machines.order import OrderMachine
from state_machines.providers.sendgrid import has_bounced, newest_email
from state_machines.refund import RefundMachine
from tasks.email_rendering import render_login_code, render_new_device, render_order_email
from tasks.gateways import sendgrid
from tasks.gateways.sendgrid import Email

log = logging.getLogger(__name__)

# A sign-in code is valid for some minutes only.
RETRY = RetryPolicy(initial=2, backoff=1.5, maximum=10, attempts=10)
# About a day, for emails that may arrive hours later.
PATIENT = RetryPolicy(initial=2, backoff=1.5, maximum=600, attempts=160)

# What an email shows of an order.
ORDER_LOADS: tuple[ExecutableOption, ...] = (
    selectinload(Order.items),
    joinedload(Order.user),
    joinedload(Order.payment),
)


class LoginCode(Activity[Login, Email, str]):
    """Sends the code of a sign-in. The response is the key of the email.

    The code is the activity's secret: every attempt sends the same code, and it is erased when
    SendGrid has accepted the email.
    """

    name = "emails.login_code"
    machine = LoginMachine
    queue = "emails"
    provider = "sendgrid"
    priority = Priority.INTERACTIVE
    retry = RETRY
    keyed = False
    timeout = 5

    def prepare(self, login: Login, call: Call) -> Email | None:
        if not login.live or call.secret is None:
            return None
        if call.key != newest_email(login.id):
            # A newer email has replaced this code. Workers cannot compare the hash: they do not
            # have CODE_SECRET.
            return None
        return render_login_code(login, call.secret, tags={"activityId": call.key})

    def perform(self, request: Email, call: Call) -> str:
        sendgrid.send(request)
        return call.key

    def record(self, login: Login, key: str) -> None:
        if login.state != LoginState.CODE_UNSENT or not has_bounced(login.id, key):
            LoginMachine.observe(login, LoginSignal.SENT)

    def give_up(self, login: Login, error: Exception) -> None:
        LoginMachine.observe(login, LoginSignal.GAVE_UP, reason=str(error))


class NewDevice(Activity[Login, Email, None]):
    """Tells users about a sign-in from a device that they had not used before."""

    name = "emails.new_device"
    machine = LoginMachine
    queue = "emails"
    provider = "sendgrid"
    retry = PATIENT
    keyed = False

    def prepare(self, login: Login, call: Call) -> Email | None:
        query = (
            select(UserSession)
            .join(User, User.id == UserSession.user_id)
            .where(UserSession.login_id == login.id, User.status != UserStatus.DELETED)
        )
        session = db.session.scalars(query.limit(1)).first()
        if session is None:
            return None
        return render_new_device(login, session, tags={"activityId": call.key})

    def perform(self, request: Email, call: Call) -> None:  # noqa: ARG002
        sendgrid.send(request)


class OrderEmail(Activity[Order, Email, None]):
    """An email about an order, rendered from the order as it is when the email is sent."""

    machine = OrderMachine
    queue = "emails"
    provider = "sendgrid"
    retry = PATIENT
    keyed = False
    loads = ORDER_LOADS
    template: ClassVar[str]
    # The email is only sent while the order is in this state.
    order_state: ClassVar[OrderState]

    def prepare(self, order: Order, call: Call) -> Email | None:
        if order.state != self.order_state:
            return None
        tags = {"activityId": call.key}
        return render_order_email(
            self.template, order, tags=tags, reason=self.reason(order), details=self.details(order)
        )

    def details(self, order: Order) -> dict[str, str | None]:  # noqa: ARG002
        """Return the further variables of the template."""
        return {}

    def reason(self, order: Order) -> str | None:  # noqa: ARG002
        """Return the reason of the order's state, in a sentence for the customer."""
        return None

    def perform(self, request: Email, call: Call) -> None:  # noqa: ARG002
        sendgrid.send(request)


class OrderConfirmed(OrderEmail):
    """Sends the receipt."""

    name = "emails.order_confirmed"
    template = "order_confirmed"
    order_state = OrderState.CONFIRMED


class OrderFailed(OrderEmail):
    name = "emails.order_failed"
    template = "order_failed"
    order_state = OrderState.FAILED

    def reason(self, order: Order) -> str:
        if order.payment.intent_id is None:
            return "The payment could not be set up."
        return "The order was not paid in time."


class OrderCancelled(OrderEmail):
    name = "emails.order_cancelled"
    template = "order_cancelled"
    order_state = OrderState.CANCELLED


class OrderShipped(OrderEmail):
    name = "emails.order_shipped"
    template = "order_shipped"
    order_state = OrderState.SHIPPED
    loads = (*ORDER_LOADS, joinedload(Order.shipment))

    def details(self, order: Order) -> dict[str, str | None]:
        parcel = order.shipment
        return {
            "carrier": parcel.carrier if parcel else None,
            "tracking_number": parcel.tracking_number if parcel else None,
        }


class OrderDelivered(OrderEmail):
    name = "emails.order_delivered"
    template = "order_delivered"
    order_state = OrderState.DELIVERED


class OrderRefunded(Activity[Refund, Email, None]):
    """Tells the customer about a refund that the bank has accepted.

    A refund of a late payment has a template of its own, which explains it.
    """

    name = "emails.order_refunded"
    machine = RefundMachine
    queue = "emails"
    provider = "sendgrid"
    retry = PATIENT
    keyed = False
    loads = (
        joinedload(Refund.order).options(
            selectinload(Order.items), joinedload(Order.user), joinedload(Order.payment)
        ),
    )

    def prepare(self, refund: Refund, call: Call) -> Email | None:
        # The bank may have returned the refund in the meantime.
        if refund.state != RefundState.SUCCEEDED:
            return None
        late = refund.origin == RefundOrigin.LATE
        template = "payment_late_refunded" if late else "order_refunded"
        details = {"refund": {"amount": display(refund.amount, refund.currency)}}
        tags = {"activityId": call.key}
        return render_order_email(template, refund.order, tags=tags, details=details)

    def perform(self, request: Email, call: Call) -> None:  # noqa: ARG002
        sendgrid.send(request)
