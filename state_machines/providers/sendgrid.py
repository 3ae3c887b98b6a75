"""SendGrid's events about emails, and their meaning for sign-ins and orders.

Source of the shapes: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from typing import Any
from uuid import UUID

from config import settings
from models.base import db
from models.clock import now
from models.durable.activity import ActivityRow
from models.durable.signal import SignalRow
from models.email_address import address_from_mail
from models.login import LIVE, Login
from models.notice import NoticeKind, open_notice
from models.order import Order
from state_machines.durable.base.handling import NoSubjectError, NotOursError
from state_machines.login import SEND, LoginMachine, LoginSignal

UNDELIVERED = ("bounce", "dropped")


def apply_event(kind: str, event: dict[str, Any]) -> UUID:
    """Apply one SendGrid event, and return the id of the login or order of its email.

    Raises NotOursError for emails without our tags, and NoSubjectError for unknown logins and
    orders.
    """
    login_id, order_id = event.get("loginId"), event.get("orderId")
    if login_id is None and order_id is None and kind in UNDELIVERED:
        login_id = _find_login(event.get("email"))
    if login_id is None and order_id is None:
        raise NotOursError(f"{kind} of an email that names neither login nor order")
    try:
        subject_id = UUID(login_id or order_id)
    except (AttributeError, TypeError, ValueError) as unreadable:
        raise NoSubjectError(f"{login_id or order_id!r} is not an id") from unreadable
    if kind in UNDELIVERED:
        why = f"{kind}: {event.get('reason')}"
        if login_id is not None:
            _record_lost_code(subject_id, event, why)
        else:
            _notify_lost_email(subject_id, event, why)
    return subject_id


def _find_login(address: object) -> str | None:
    """Return the newest login that waits for a code at this address, or None.

    Some mail systems lose the tags of an email.
    """
    newest = db.select(Login.id).where(
        Login.email == address_from_mail(address),
        Login.state.in_(LIVE),
        Login.created_at > now() - settings.login_window,
    )
    login_id = db.session.scalar(newest.order_by(Login.id.desc()).limit(1))
    return None if login_id is None else str(login_id)


def has_bounced(login_id: UUID, email_key: str) -> bool:
    """Return whether SendGrid has reported a bounce of the email with this idempotency key.

    The event may arrive before the answer to the call.
    """
    # PostgreSQL cannot search encrypted payloads. A login has a handful of such signals.
    payloads = db.session.scalars(
        db.select(SignalRow.payload).where(
            SignalRow.subject_id == login_id,
            SignalRow.source == "sendgrid",
            SignalRow.kind.in_(UNDELIVERED),
        )
    )
    return any(
        payload is not None and payload.get("activityId") == email_key for payload in payloads
    )


def _record_lost_code(login_id: UUID, event: dict[str, Any], why: str) -> None:
    """Have the login observe the bounce, unless a newer email was sent for it."""
    login = LoginMachine.lock([login_id]).get(login_id)
    if login is None:
        raise NoSubjectError(f"no login {login_id}")
    if event.get("activityId") in (None, newest_email(login_id)):
        reason = None if login.erased else why
        LoginMachine.observe(login, LoginSignal.GAVE_UP, reason=reason)


def newest_email(login_id: UUID) -> str | None:
    """Return the idempotency key of the newest email with a code for this login, or None."""
    emails = db.select(ActivityRow.id).where(
        ActivityRow.subject_id == login_id, ActivityRow.name.in_(SEND)
    )
    newest = db.session.scalar(emails.order_by(ActivityRow.id.desc()).limit(1))
    return None if newest is None else str(newest)


def _notify_lost_email(order_id: UUID, event: dict[str, Any], why: str) -> None:
    """Open a notice: the customer may not know the state of the order."""
    order = db.session.get(Order, order_id)
    if order is None:
        raise NoSubjectError(f"no order {order_id}")
    # The address of an erased customer is unknown, so the email could not be sent again.
    if not order.erased:
        sentence = f"an email to {event.get('email')}, {why}"
        open_notice(order_id, NoticeKind.UNDELIVERED, sentence)
