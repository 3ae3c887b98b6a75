"""Routes of logins: who asks to sign in, what became of the email, and sending a new code."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import ActivityRow, Login, reading
from models.base import db
from models.errors import NotFoundError
from models.keyset import load_page, scan_page
from state_machines.actions.login_codes import resend_code
from state_machines.login import LoginMachine
from web.pagination import conditional
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.schemas.admin.activities import OptionalReason
from web.schemas.admin.logins import LoginPage, LoginsQuery, OperatorLoginView
from web.schemas.login import LoginPath

api = blueprint("logins")

CODE_EMAIL = "emails.login_code"


@api.get("/logins", responses={200: LoginPage})
@needs(Role.STAFF)
def show_list(query: LoginsQuery) -> Any:
    """List logins, newest first, with the delivery of their emails.

    A page of a rare state may be short and have a `next`.
    """
    conditions = [] if query.state is None else [Login.state == query.state]
    with reading():
        if query.email is None:
            page = scan_page(Login, query.cursor, query.size, *conditions)
        else:
            rows = select(Login).where(Login.email == query.email, *conditions)
            page = load_page(rows, [Login.id], query.cursor, query.size)
        calls = _load_calls(login.code_id for login in page.rows)
    items = [OperatorLoginView.of(login, calls.get(login.code_id)) for login in page.rows]
    return conditional(LoginPage(items=items, next=page.next).json_ready())


@api.post("/logins/<uuid:loginId>/resend", responses={200: OperatorLoginView})
@needs(Role.STAFF)
def resend(path: LoginPath, body: OptionalReason) -> Any:
    """Email a new code for a login whose email failed. The old code becomes invalid.

    409 in any other state.
    """
    with audited("logins resend", path.login_id, reason=body.reason):
        login = LoginMachine.lock([path.login_id]).get(path.login_id)
        if login is None:
            raise NotFoundError("There is no such login")
        resend_code(login, reason=body.reason)
    with reading():
        login = db.session.get_one(Login, path.login_id, populate_existing=True)
        call = _load_calls([login.code_id]).get(login.code_id)
    return OperatorLoginView.of(login, call).json_ready()


def _load_calls(code_ids: Iterable[UUID]) -> dict[UUID, ActivityRow]:
    """Return the newest call that sends each code, by the login that it was made for."""
    is_email = ActivityRow.subject_id.in_(set(code_ids)), ActivityRow.name == CODE_EMAIL
    rows = db.session.scalars(select(ActivityRow).where(*is_email).order_by(ActivityRow.id))
    return {row.subject_id: row for row in rows}
