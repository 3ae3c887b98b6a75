"""Operators see who asks to sign in, and what became of the email with the code."""

from uuid import UUID, uuid4

from sqlalchemy import update

from models import ActivityRow, ActivityState, transaction
from state_machines.actions.login_codes import begin_login
from state_machines.login import LoginMachine, LoginSignal
from tests.support.console import read_audit
from tests.support.operators import Operator, field_of
from tests.support.web import SignIn


def test_a_login_is_listed_with_the_delivery_of_its_email(sign_in: SignIn) -> None:
    clerk = Operator(sign_in(roles=["staff"]))
    client = clerk.person.client
    for address in ("ann@example.com", "bob@example.com"):
        assert client.post("/auth/login", json={"email": address}).status_code < 300
    with transaction() as session:
        session.execute(
            update(ActivityRow).values(state=ActivityState.WAITING, attempts=3, last_error="busy")
        )
    newest, oldest = clerk.get("/logins")["items"]
    assert (newest["email"], oldest["email"]) == ("bob@example.com", "ann@example.com")
    assert newest["state"] == "CodePending"
    delivery = newest["delivery"]
    assert (delivery["state"], delivery["attempts"], delivery["lastError"]) == (
        "waiting", 3, "busy",
    )  # fmt: skip
    (ann,) = clerk.get("/logins", email="ann@example.com", state="CodePending")["items"]
    assert ann["id"] == oldest["id"]
    assert clerk.get("/logins", state="Expired")["items"] == []
    assert field_of(clerk.get("/logins", 422, email="nobody")) == "email"
    assert field_of(clerk.get("/logins", 422, state="Asleep")) == "state"


def begin() -> UUID:
    with transaction():
        return begin_login("ann@example.com").id


def give_up(login_id: UUID) -> None:
    with transaction():
        login = LoginMachine.lock([login_id])[login_id]
        LoginMachine.send(login, LoginSignal.GAVE_UP, reason="the mailbox does not exist")


def test_a_new_code_is_sent_once_for_a_login_whose_email_failed(sign_in: SignIn) -> None:
    clerk = Operator(sign_in(roles=["staff"]))
    login_id = begin()
    path, body = f"/logins/{login_id}/resend", {"reason": "the mailbox exists again"}
    clerk.post(path, body, 409)
    give_up(login_id)
    (failed,) = clerk.get("/logins", email="ann@example.com")["items"]
    assert (failed["state"], failed["canResend"]) == ("CodeUnsent", True)
    sent = clerk.post(path, body)
    assert (sent["state"], sent["canResend"]) == ("CodePending", False)
    assert sent["delivery"]["activityId"] != failed["delivery"]["activityId"]
    clerk.post(path, body, 409)
    ((actor, _, subject, details),) = read_audit("logins resend")
    assert (actor, subject, details["reason"]) == (clerk.id, str(login_id), body["reason"])
    clerk.post(f"/logins/{uuid4()}/resend", body, 404)
