"""What SendGrid says of our letters, and what that means to who waits for one.

Source of the shapes: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from typing import Any
from uuid import UUID

from state_machines.durable.inbox import NoSubjectError, NotOursError, handles
from state_machines.login import LoginMachine, LoginSignal

UNDELIVERED = ("bounce", "dropped")


@handles("sendgrid")
def apply_event(kind: str, event: dict[str, Any]) -> UUID:
    """Apply one SendGrid event. The answer is the id of the login or order of the letter.

    Raises NotOursError for letters that we did not tag, NoSubjectError for unknown logins.
    """
    login_id, order_id = event.get("loginId"), event.get("orderId")
    if login_id is None and order_id is None:
        raise NotOursError(f"{kind} of a letter that names neither login nor order")
    try:
        subject_id = UUID(login_id or order_id)
    except ValueError as unreadable:
        raise NoSubjectError(str(unreadable)) from unreadable
    if login_id is not None and kind in UNDELIVERED:
        login = LoginMachine.lock([subject_id]).get(subject_id)
        if login is None:
            raise NoSubjectError(f"no login {login_id}")
        # The person who waits for the code is told so.
        LoginMachine.report(login, LoginSignal.GAVE_UP, reason=f"{kind}: {event.get('reason')}")
    return subject_id
