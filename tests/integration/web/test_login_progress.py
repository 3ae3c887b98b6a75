"""The progress of a sign-in: the codes that may be tried, and the next email."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import settings
from models import Login, UserStatus, transaction
from models.clock import MovableClock, now
from state_machines.login import LoginMachine, LoginSignal
from tests.support.statements import statements_of
from tests.support.web import Json, Person, code_of

EMAIL = "ann@example.com"


def ask(client: FlaskClient, email: str = EMAIL) -> str:
    login_id: str = client.post("/auth/login", json={"email": email}).get_json()["loginId"]
    return login_id


def progress(client: FlaskClient, login_id: str) -> Json:
    shown: Json = client.get(f"/auth/login/{login_id}").get_json()
    return shown


def enter(client: FlaskClient, code: str, email: str = EMAIL, **fields: Any) -> Json:
    body = {"email": email, "code": code} | fields
    answer: Json = client.post("/auth/verify-code", json=body).get_json()
    return answer


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_each_wrong_code_leaves_fewer_attempts(client: FlaskClient) -> None:
    login_id = ask(client)
    assert progress(client, login_id)["attemptsLeft"] == 5
    for left in (4, 3, 2, 1, 0):
        problem = enter(client, another(code_of(login_id)))
        assert (problem["status"], problem["attemptsLeft"]) == (401, left)
        assert progress(client, login_id)["attemptsLeft"] == left
    refused = enter(client, code_of(login_id))
    assert refused["status"] == 410
    assert "attemptsLeft" not in refused


def test_a_stranger_s_codes_leave_the_attempts_of_the_login(
    client: FlaskClient, shop: Flask
) -> None:
    login_id = ask(client)
    stranger = shop.test_client()
    assert enter(stranger, another(code_of(login_id)))["attemptsLeft"] == 4
    assert progress(client, login_id)["attemptsLeft"] == 5


def test_a_login_that_has_ended_has_no_attempts_left(client: FlaskClient) -> None:
    login_id = ask(client)
    enter(client, code_of(login_id))
    shown = progress(client, login_id)
    assert (shown["attemptsLeft"], shown["resendAfter"]) == (0, None)


@pytest.mark.parametrize("status", [None, UserStatus.ACTIVE, UserStatus.SUSPENDED])
def test_the_attempts_do_not_tell_who_has_an_account(
    client: FlaskClient, sign_in: Callable[..., Any], status: UserStatus | None
) -> None:
    if status is not None:
        sign_in(email=EMAIL, status=status)
    login_id = ask(client)
    shown = progress(client, login_id)
    assert (shown["attemptsLeft"], shown["resendAfter"] is None) == (5, False)
    problem = enter(client, another(code_of(login_id)))
    if status == UserStatus.SUSPENDED:
        again = enter(client, code_of(login_id))
        assert (again["status"], again["detail"]) == (401, problem["detail"])
        assert again["attemptsLeft"] == 3, "as for a wrong code"
    assert problem["attemptsLeft"] == 4


def test_another_email_may_be_requested_after_the_cooldown(
    client: FlaskClient, time: MovableClock
) -> None:
    login_id = ask(client)
    shown = datetime.fromisoformat(progress(client, login_id)["resendAfter"])
    # The answer has milliseconds.
    left = shown - now()
    assert abs(left - timedelta(seconds=settings.login_cooldown)) < timedelta(milliseconds=2)
    assert client.post("/auth/login", json={"email": EMAIL}).status_code == 429
    time.advance(seconds=left.total_seconds() + 0.002)
    assert progress(client, login_id)["resendAfter"] is None
    assert ask(client) != login_id


def test_a_browser_that_joined_waits_for_the_same_email(client: FlaskClient, shop: Flask) -> None:
    joined_browser = shop.test_client()
    login_id, joined_id = ask(client), ask(joined_browser)
    shown = progress(joined_browser, joined_id)["resendAfter"]
    assert shown == progress(client, login_id)["resendAfter"] is not None
    assert joined_browser.post("/auth/login", json={"email": EMAIL}).status_code == 429


def test_a_code_that_could_not_be_sent_is_shown_with_the_next_time(client: FlaskClient) -> None:
    login_id = ask(client)
    with transaction() as session:
        (key,) = session.scalars(select(Login.id)).all()
        LoginMachine.send(LoginMachine.lock([key])[key], LoginSignal.GAVE_UP)
    shown = progress(client, login_id)
    assert shown["codeStatus"] == "ERROR_SENDING_EMAIL"
    assert shown["resendAfter"] is not None
    assert client.post("/auth/login", json={"email": EMAIL}).status_code == 429


def test_a_wrong_code_of_a_step_up_has_the_attempts_left(ann: Person) -> None:
    login_id = ask(ann.client, ann.user.email)
    body = {"code": another(code_of(login_id)), "loginId": login_id}
    answer = ann.client.post("/auth/step-up", json=body, headers=ann.headers)
    assert (answer.status_code, answer.get_json()["attemptsLeft"]) == (401, 4)


def test_the_progress_takes_few_statements(shop: Flask, client: FlaskClient) -> None:
    login_id = ask(client)
    with statements_of(shop) as statements:
        progress(client, login_id)
    # The login; the last sign-in, the unused emails, and whether one is this browser's.
    assert len(statements) == 4, "\n".join(statements)
