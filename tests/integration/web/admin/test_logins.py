"""Operators see who asks to sign in, and what became of the email with the code."""

from sqlalchemy import update

from models import ActivityRow, ActivityState, transaction
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
