"""What SendGrid says of our letters, and what that means to who waits for one.

Source of the shapes: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from typing import Any
from uuid import UUID

from config import settings
from models.base import db
from models.clock import now
from models.durable.activity import ActivityRow
from models.durable.signal import SignalRow
from models.login import LIVE, Login
from models.notice import NoticeKind, open_notice
from models.order import Order
from state_machines.durable.handler import NoSubjectError, NotOursError, handles
from state_machines.login import SEND, LoginMachine, LoginSignal

UNDELIVERED = ("bounce", "dropped")


@handles("sendgrid")
def apply_event(kind: str, event: dict[str, Any]) -> UUID:
    """Apply one SendGrid event. The answer is the id of the login or order of the letter.

    Raises NotOursError for letters that we did not tag, NoSubjectError for unknown logins and
    orders.
    """
    login_id, order_id = event.get("loginId"), event.get("orderId")
    if login_id is None and order_id is None and kind in UNDELIVERED:
        login_id = _login_of(event.get("email"))
    if login_id is None and order_id is None:
        raise NotOursError(f"{kind} of a letter that names neither login nor order")
    try:
        subject_id = UUID(login_id or order_id)
    except (AttributeError, TypeError, ValueError) as unreadable:
        raise NoSubjectError(f"{login_id or order_id!r} is no id") from unreadable
    if kind in UNDELIVERED:
        why = f"{kind}: {event.get('reason')}"
        if login_id is not None:
            _code_lost(subject_id, event, why)
        else:
            _letter_lost(subject_id, event, why)
    return subject_id


def _login_of(address: object) -> str | None:
    """The login that waits for a code at this address, within its window: some mail systems lose
    what a letter was tagged with.
    """
    newest = db.select(Login.id).where(
        Login.email == str(address).strip().lower(),
        Login.state.in_(LIVE),
        Login.created_at > now() - settings.login_window,
    )
    found = db.session.scalar(newest.order_by(Login.id.desc()).limit(1))
    return None if found is None else str(found)


def has_bounced(login_id: UUID, letter: str) -> bool:
    """Whether SendGrid has said so of this letter: its event may come before its answer."""
    # The payload is encrypted, and so looked at here. A login has a handful of such signals.
    payloads = db.session.scalars(
        db.select(SignalRow.payload).where(
            SignalRow.subject_id == login_id,
            SignalRow.source == "sendgrid",
            SignalRow.kind.in_(UNDELIVERED),
        )
    )
    return any(payload is not None and payload.get("activityId") == letter for payload in payloads)


def _code_lost(login_id: UUID, event: dict[str, Any], why: str) -> None:
    """The person who waits for the code is told so, unless a newer letter is on its way."""
    login = LoginMachine.lock([login_id]).get(login_id)
    if login is None:
        raise NoSubjectError(f"no login {login_id}")
    if event.get("activityId") in (None, newest_email(login_id)):
        reason = None if login.erased else why
        LoginMachine.observe(login, LoginSignal.GAVE_UP, reason=reason)


def newest_email(login_id: UUID) -> str | None:
    """Return the key of the newest letter with a code for this login."""
    letters = db.select(ActivityRow.id).where(
        ActivityRow.subject_id == login_id, ActivityRow.name.in_(SEND)
    )
    newest = db.session.scalar(letters.order_by(ActivityRow.id.desc()).limit(1))
    return None if newest is None else str(newest)


def _letter_lost(order_id: UUID, event: dict[str, Any], why: str) -> None:
    """Nobody waits for it, but it may be the only word that the customer would get."""
    order = db.session.get(Order, order_id)
    if order is None:
        raise NoSubjectError(f"no order {order_id}")
    # Of somebody who has been erased, nobody could write it again.
    if not order.erased:
        sentence = f"an e-mail to {event.get('email')}, {why}"
        open_notice(order_id, NoticeKind.UNDELIVERED, sentence)
