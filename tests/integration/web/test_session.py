"""Staying signed in, and signing out."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from models import User, UserStatus, clock, transaction
from tests.integration.web.conftest import Person, code_of


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    """A browser with a refresh cookie."""
    login_id = client.post("/auth/login", json={"email": "ann@example.com"}).get_json()["loginId"]
    body = {"email": "ann@example.com", "code": code_of(login_id)}
    assert client.post("/auth/verify-code", json=body).status_code == 200
    return client


def cookie(browser: FlaskClient) -> str:
    found = browser.get_cookie("refresh", path="/auth")
    assert found is not None
    return found.value


def test_each_refresh_brings_the_next_token(browser: FlaskClient) -> None:
    first = cookie(browser)
    answer = browser.post("/auth/refresh")
    assert answer.status_code == 200
    assert cookie(browser) != first
    headers = {"Authorization": f"Bearer {answer.get_json()['accessToken']}"}
    assert browser.get("/auth/user", headers=headers).status_code == 200
    assert browser.post("/auth/refresh").status_code == 200


def test_two_tabs_stay_signed_in(browser: FlaskClient, shop: Flask) -> None:
    other_tab = shop.test_client()
    other_tab.set_cookie("refresh", cookie(browser), path="/auth")
    assert browser.post("/auth/refresh").status_code == 200
    answer = other_tab.post("/auth/refresh")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert browser.post("/auth/refresh").status_code == 200


def test_a_copy_that_is_used_late_ends_the_session(browser: FlaskClient, shop: Flask) -> None:
    thief = shop.test_client()
    thief.set_cookie("refresh", cookie(browser), path="/auth")
    with clock.stopped() as time:
        assert browser.post("/auth/refresh").status_code == 200
        time.advance(seconds=31)
        assert thief.post("/auth/refresh").status_code == 401
        assert browser.post("/auth/refresh").status_code == 401


def test_signing_out_ends_access_and_refresh(browser: FlaskClient) -> None:
    token = browser.post("/auth/refresh").get_json()["accessToken"]
    kept = cookie(browser)
    assert browser.post("/auth/logout").status_code == 204
    assert browser.get_cookie("refresh", path="/auth") is None
    headers = {"Authorization": f"Bearer {token}"}
    assert browser.get("/auth/user", headers=headers).status_code == 401
    browser.set_cookie("refresh", kept, path="/auth")
    assert browser.post("/auth/refresh").status_code == 401


def test_another_site_cannot_use_the_cookie(browser: FlaskClient) -> None:
    evil = {"Origin": "http://localhost:3000.evil.example"}
    assert browser.post("/auth/refresh", headers=evil).status_code == 403
    ours = {"Origin": "http://localhost:3000"}
    assert browser.post("/auth/refresh", headers=ours).status_code == 200


def test_without_a_cookie(client: FlaskClient) -> None:
    assert client.post("/auth/refresh").status_code == 401
    assert client.post("/auth/logout").status_code == 204


def test_one_sees_and_ends_ones_own_sessions(ann: Person, sign_in: Callable[..., Person]) -> None:
    bob = sign_in()
    (session,) = ann.get("/auth/sessions").get_json()
    assert session["current"]
    assert bob.delete(f"/auth/sessions/{session['id']}").status_code == 404
    assert ann.delete(f"/auth/sessions/{session['id']}").status_code == 204
    assert ann.get("/auth/user").status_code == 401


def test_a_suspended_user_is_refused_at_once(ann: Person) -> None:
    with transaction() as session:
        session.execute(
            update(User).where(User.id == ann.user.id).values(status=UserStatus.SUSPENDED)
        )
    assert ann.get("/auth/user").status_code == 401
    assert ann.get("/auth/sessions").status_code == 401


def test_the_profile_changes_where_it_is_named(ann: Person) -> None:
    change = {"firstName": "Ann", "state": "Bern"}
    answer = ann.client.patch("/auth/user", json=change, headers=ann.headers)
    assert answer.status_code == 200
    seen = ann.get("/auth/user").get_json()
    assert (seen["firstName"], seen["state"], seen["username"]) == (
        "Ann",
        "Bern",
        ann.user.username,
    )


@pytest.mark.parametrize(
    "body",
    [{"roles": ["admin"]}, {"status": "Active"}, {"email": "b@example.com"}, {"firstName": None},
     {"city": "x" * 101}, {"username": ""}, {"city": "a\x00b"}, {"id": "1"}],
)  # fmt: skip
def test_a_profile_has_nothing_else(ann: Person, body: dict[str, object]) -> None:
    answer = ann.client.patch("/auth/user", json=body, headers=ann.headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] in body
    assert ann.get("/auth/user").get_json()["roles"] == []
