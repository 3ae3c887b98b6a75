"""What SendGrid says of our letters, and what that means to who waits for one.

Source of the shapes: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from typing import Any
from uuid import UUID

from models.base import db
from models.notice import NoticeKind, notice
from models.order import Order
from state_machines.durable.handler import NoSubjectError, NotOursError, handles
from state_machines.login import LoginMachine, LoginSignal

UNDELIVERED = ("bounce", "dropped")


@handles("sendgrid")
def apply_event(kind: str, event: dict[str, Any]) -> UUID:
    """Apply one SendGrid event. The answer is the id of the login or order of the letter.

    Raises NotOursError for letters that we did not tag, NoSubjectError for unknown logins and
    orders.
    """
    login_id, order_id = event.get("loginId"), event.get("orderId")
    if login_id is None and order_id is None:
        raise NotOursError(f"{kind} of a letter that names neither login nor order")
    try:
        subject_id = UUID(login_id or order_id)
    except ValueError as unreadable:
        raise NoSubjectError(str(unreadable)) from unreadable
    if kind in UNDELIVERED:
        why = f"{kind}: {event.get('reason')}"
        if login_id is not None:
            _code_lost(subject_id, why)
        else:
            _letter_lost(subject_id, event, why)
    return subject_id


def _code_lost(login_id: UUID, why: str) -> None:
    """The person who waits for the code is told so."""
    login = LoginMachine.lock([login_id]).get(login_id)
    if login is None:
        raise NoSubjectError(f"no login {login_id}")
    LoginMachine.report(login, LoginSignal.GAVE_UP, reason=why)


def _letter_lost(order_id: UUID, event: dict[str, Any], why: str) -> None:
    """Nobody waits for it, but it may be the only word that the customer would get."""
    if db.session.get(Order, order_id) is None:
        raise NoSubjectError(f"no order {order_id}")
    notice(order_id, NoticeKind.UNDELIVERED, f"an e-mail to {event.get('email')}, {why}")
