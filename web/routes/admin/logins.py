"""The route of logins: who asks to sign in, and what became of the email with the code."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import ActivityRow, Login, reading
from models.base import db
from models.keyset import load_page, scan_page
from web.pagination import conditional
from web.routes.admin.guard import Role, blueprint, needs
from web.schemas.admin.logins import LoginPage, LoginsQuery, OperatorLoginView

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


def _load_calls(code_ids: Iterable[UUID]) -> dict[UUID, ActivityRow]:
    """Return the newest call that sends each code, by the login that it was made for."""
    is_email = ActivityRow.subject_id.in_(set(code_ids)), ActivityRow.name == CODE_EMAIL
    rows = db.session.scalars(select(ActivityRow).where(*is_email).order_by(ActivityRow.id))
    return {row.subject_id: row for row in rows}
