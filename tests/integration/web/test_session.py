"""Staying signed in, and signing out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from models import (
    User,
    UserSession,
    UserStatus,
    clock,
    refresh,
    transaction,
)
from tests.support.web import Person, SignIn, code_of
from web import tokens


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    """Return a browser with a refresh cookie."""
    login_id = client.post("/auth/login", json={"email": "ann@example.com"}).get_json()["loginId"]
    body = {"email": "ann@example.com", "code": code_of(login_id)}
    assert client.post("/auth/verify-code", json=body).status_code == 200
    return client


def cookie(browser: FlaskClient) -> str:
    stored = browser.get_cookie("refresh", path="/auth")
    assert stored is not None
    return stored.value


def test_each_refresh_returns_the_next_token(browser: FlaskClient) -> None:
    first = cookie(browser)
    answer = browser.post("/auth/refresh")
    assert answer.status_code == 200
    assert cookie(browser) != first
    headers = {"Authorization": f"Bearer {answer.get_json()['accessToken']}"}
    assert browser.get("/auth/user", headers=headers).status_code == 200
    assert browser.post("/auth/refresh").status_code == 200


def tab_with(shop: Flask, token: str) -> FlaskClient:
    """Return the client of another tab or machine that has this refresh token."""
    tab = shop.test_client()
    tab.set_cookie("refresh", token, path="/auth")
    return tab


def test_two_tabs_stay_signed_in(browser: FlaskClient, shop: Flask) -> None:
    other_tab = tab_with(shop, cookie(browser))
    assert browser.post("/auth/refresh").status_code == 200
    assert other_tab.post("/auth/refresh").status_code == 200
    assert cookie(other_tab) == cookie(browser), "both have the newest token"
    assert browser.post("/auth/refresh").status_code == 200
    assert other_tab.post("/auth/refresh").status_code == 200


def test_a_refresh_can_be_repeated_after_a_lost_answer(browser: FlaskClient, shop: Flask) -> None:
    before = cookie(browser)
    with clock.stopped() as time:
        assert tab_with(shop, before).post("/auth/refresh").status_code == 200  # and is lost
        time.advance(seconds=29)
        assert browser.post("/auth/refresh").status_code == 200
        time.advance(minutes=15)
        assert browser.post("/auth/refresh").status_code == 200, "the second answer is usable"
        time.advance(minutes=15)
        assert browser.post("/auth/refresh").status_code == 200


def test_a_tab_two_rotations_behind_stays_signed_in(browser: FlaskClient, shop: Flask) -> None:
    late = tab_with(shop, cookie(browser))
    with clock.stopped() as time:
        for _ in range(2):
            assert browser.post("/auth/refresh").status_code == 200
            time.advance(seconds=14)
        assert late.post("/auth/refresh").status_code == 200
        assert browser.post("/auth/refresh").status_code == 200


def test_a_tab_is_behind_from_the_moment_its_own_token_was_replaced(
    browser: FlaskClient, shop: Flask
) -> None:
    late = tab_with(shop, cookie(browser))
    with clock.stopped() as time:
        for _ in range(3):
            assert browser.post("/auth/refresh").status_code == 200
            time.advance(seconds=14)
        assert late.post("/auth/refresh").status_code == 401
        assert browser.post("/auth/refresh").status_code == 401


@pytest.mark.parametrize("rotations", [1, 2, 3, 25])
def test_a_token_that_is_reused_late_ends_the_session(
    browser: FlaskClient, shop: Flask, rotations: int
) -> None:
    """The thief goes on with the token; its owner comes back with the old one."""
    thief = tab_with(shop, cookie(browser))
    with clock.stopped() as time:
        for _ in range(rotations):
            answer = thief.post("/auth/refresh")
            assert answer.status_code == 200
            time.advance(seconds=31)
        assert browser.post("/auth/refresh").status_code == 401
        assert thief.post("/auth/refresh").status_code == 401
        stolen = {"Authorization": f"Bearer {answer.get_json()['accessToken']}"}
        assert thief.get("/auth/user", headers=stolen).status_code == 401


@pytest.mark.parametrize("rotations", [1, 2, 3])
def test_signing_out_with_an_old_token_ends_the_session(
    browser: FlaskClient, shop: Flask, rotations: int
) -> None:
    thief = tab_with(shop, cookie(browser))
    with clock.stopped() as time:
        for _ in range(rotations):
            assert thief.post("/auth/refresh").status_code == 200
            time.advance(minutes=5)
        assert browser.post("/auth/logout").status_code == 204
        assert thief.post("/auth/refresh").status_code == 401


def test_two_refreshes_at_once_are_one_rotation(browser: FlaskClient, shop: Flask) -> None:
    tabs = [tab_with(shop, cookie(browser)) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda tab: tab.post("/auth/refresh").status_code, tabs))
    assert answers == [200] * 6
    assert len({cookie(tab) for tab in tabs}) == 1


@pytest.mark.parametrize(
    "change",
    [lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
     lambda token: token.replace(".1.", ".2."), lambda token: token.replace(".1.", ".9999999999."),
     lambda token: token.rpartition(".")[0], lambda _: "..", lambda token: "0" * 32 + token[32:]],
)  # fmt: skip
def test_a_forged_refresh_token_does_nothing(
    browser: FlaskClient, shop: Flask, change: Callable[[str], str]
) -> None:
    forged = tab_with(shop, change(cookie(browser)))
    assert forged.post("/auth/refresh").status_code == 401
    assert forged.post("/auth/logout").status_code == 204
    assert browser.post("/auth/refresh").status_code == 200


def test_a_token_of_the_session_that_the_database_has_lost_is_recognised(
    browser: FlaskClient,
) -> None:
    """A standby that took over may lack the last rotation."""
    browser.post("/auth/refresh")
    with transaction() as session:
        session.execute(update(UserSession).values(generation=1, superseded_at=[]))
    assert browser.post("/auth/refresh").status_code == 200
    assert browser.post("/auth/refresh").status_code == 200


def test_a_session_whose_key_is_lost_is_asked_to_sign_in_again(browser: FlaskClient) -> None:
    with transaction() as session:
        session.execute(text("UPDATE user_session SET family_secret = 'of another key'"))
    assert browser.post("/auth/refresh").status_code == 401
    assert browser.post("/auth/logout").status_code == 204


def test_signing_out_ends_access_and_refresh(browser: FlaskClient) -> None:
    token = browser.post("/auth/refresh").get_json()["accessToken"]
    old_cookie = cookie(browser)
    assert browser.post("/auth/logout").status_code == 204
    assert browser.get_cookie("refresh", path="/auth") is None
    headers = {"Authorization": f"Bearer {token}"}
    assert browser.get("/auth/user", headers=headers).status_code == 401
    browser.set_cookie("refresh", old_cookie, path="/auth")
    assert browser.post("/auth/refresh").status_code == 401


def test_another_site_cannot_use_the_cookie(browser: FlaskClient) -> None:
    evil = {"Origin": "http://localhost:3000.evil.example"}
    assert browser.post("/auth/refresh", headers=evil).status_code == 403
    ours = {"Origin": "http://localhost:3000"}
    assert browser.post("/auth/refresh", headers=ours).status_code == 200


def test_a_refresh_without_a_cookie_is_refused(client: FlaskClient) -> None:
    assert client.post("/auth/refresh").status_code == 401
    assert client.post("/auth/logout").status_code == 204


def test_a_user_lists_and_ends_their_own_sessions(ann: Person, sign_in: SignIn) -> None:
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


def another_session(person: Person) -> Person:
    with transaction():
        opened = refresh.open_session(person.user, user_agent="phone", ip_address="127.0.0.1")
    headers = {"Authorization": f"Bearer {tokens.issue(person.user, opened.session)}"}
    return Person(person.client, person.user, opened.session.id, headers)


def test_a_user_signs_out_everywhere(ann: Person, sign_in: SignIn) -> None:
    bob, phone = sign_in(), another_session(ann)
    assert ann.delete("/auth/sessions").status_code == 204
    assert [ann.get("/auth/user").status_code, phone.get("/auth/user").status_code] == [401, 401]
    assert bob.get("/auth/user").status_code == 200


def test_a_user_signs_out_everywhere_else(ann: Person) -> None:
    phone = another_session(ann)
    assert ann.delete("/auth/sessions?except=current").status_code == 204
    assert ann.get("/auth/user").status_code == 200
    assert phone.get("/auth/user").status_code == 401
    (session,) = ann.get("/auth/sessions").get_json()
    assert session["current"]


def test_signing_out_except_an_unknown_value_is_refused(ann: Person) -> None:
    answer = ann.delete("/auth/sessions?except=phone")
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "except")
    assert ann.get("/auth/user").status_code == 200


def test_signing_out_everywhere_deletes_the_cookie(browser: FlaskClient) -> None:
    token = browser.post("/auth/refresh").get_json()["accessToken"]
    old_cookie = cookie(browser)
    browser.delete("/auth/sessions", headers={"Authorization": f"Bearer {token}"})
    assert browser.get_cookie("refresh", path="/auth") is None
    browser.set_cookie("refresh", old_cookie, path="/auth")
    assert browser.post("/auth/refresh").status_code == 401
