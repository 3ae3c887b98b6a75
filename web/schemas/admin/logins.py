"""Schemas of logins: requests to sign in, with the delivery of their emails."""

from uuid import UUID

from models import ActivityRow, ActivityState, Login, LoginState
from web.schemas.admin.paging import Page, PageQuery
from web.schemas.base import Address, Outgoing, Timestamp


class LoginsQuery(PageQuery):
    """The filters of the list. `email` is a whole address."""

    state: LoginState | None = None
    email: Address | None = None


class CodeDelivery(Outgoing):
    """The call that sends the email with the code, or has sent it."""

    activity_id: UUID
    state: ActivityState
    attempts: int
    due_at: Timestamp
    finished_at: Timestamp | None
    last_error: str | None


class OperatorLoginView(Outgoing):
    """A login. `delivery` is null when retention has deleted the call."""

    id: UUID
    email: str
    state: LoginState
    created_at: Timestamp
    updated_at: Timestamp
    deadline_at: Timestamp | None
    user_id: UUID | None
    wrong_codes: int
    can_resend: bool
    delivery: CodeDelivery | None

    @classmethod
    def of(cls, login: Login, call: ActivityRow | None) -> "OperatorLoginView":
        names = set(cls.model_fields) - {"delivery", "can_resend"}
        fields = {name: getattr(login, name) for name in names}
        can_resend = login.state == LoginState.CODE_UNSENT
        return cls(**fields, can_resend=can_resend, delivery=_delivery(call) if call else None)


class LoginPage(Page):
    items: list[OperatorLoginView]


def _delivery(call: ActivityRow) -> CodeDelivery:
    names = set(CodeDelivery.model_fields) - {"activity_id"}
    return CodeDelivery(activity_id=call.id, **{name: getattr(call, name) for name in names})
