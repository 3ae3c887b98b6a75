"""Tests of login limits: sent codes, guesses, and strangers who lock nobody out."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import settings
from models import Login, LoginState, clock, transaction
from models.clock import MovableClock
from models.ids import uuid7
from state_machines.login import LoginMachine, LoginSignal
from tests.support.codes import (
    EMAIL,
    Browser,
    another,
    ask,
    begin,
    emails,
    enter,
    forget_client,
    sign_in,
)
from tests.support.web import Person, code_of
from web.rate_limits import client_key


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1:4711", "192.0.2.1:4712", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0:0:0:1", True),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::2", True),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_a_client_has_one_counter_however_many_addresses_it_has(
    shop: Flask, first: str, second: str, *, same: bool
) -> None:
    names = []
    for address in (first, second):
        with shop.test_request_context(environ_base={"REMOTE_ADDR": address}):
            names.append(client_key())
    assert (names[0] == names[1]) == same


# The address that is mailed


SPELLINGS = [
    "victim@\uff45xample.com", "victim@example\u3002com", "\uff56ictim@example.com",
    "VICTIM@EXAMPLE.COM", "victim@\u24d4xample.com", "victim\uff20example.com",
    " victim@example.com\u00a0", "\u200bvictim@example.com",
]  # fmt: skip


def test_one_mailbox_has_one_limit_however_it_is_spelled(browser: Browser) -> None:
    statuses = [ask(browser(), SPELLINGS[n % len(SPELLINGS)]).status_code for n in range(40)]
    assert statuses == [201] * 6 + [429] * 34
    assert emails() == 1


@pytest.mark.parametrize(
    ("spellings", "address"),
    [(("bob@bücher.de", "bob@xn--bcher-kva.de", "bob@BÜCHER.DE", "bob@bu\u0308cher.de"),
      "bob@bücher.de")],
)  # fmt: skip
def test_a_name_and_its_punycode_are_one_mailbox(
    browser: Browser, spellings: tuple[str, ...], address: str
) -> None:
    for spelling in spellings:
        begin(browser(), spelling)
    assert emails(address) == 1


# Emails


def test_a_second_email_has_to_wait(browser: Browser, time: MovableClock) -> None:
    ann = browser()
    begin(ann)
    time.advance(seconds=20)
    refused = ask(ann)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
    assert refused.mimetype == "application/problem+json"
    assert emails() == 1
    time.advance(seconds=40)
    begin(ann)
    assert emails() == 2


def test_known_and_unknown_addresses_wait_alike(
    browser: Browser, time: MovableClock, ann: Person
) -> None:
    def seen(email: str) -> list[tuple[int, str | None]]:
        ours = browser()
        return [(ask(ours, email).status_code, ask(ours, email).headers.get("Retry-After"))]

    assert seen(ann.user.email) == seen("nobody@example.com")


def test_a_used_code_allows_a_new_request_at_once(browser: Browser) -> None:
    ann = browser()
    sign_in(ann)
    sign_in(ann)
    sign_in(browser())
    assert emails() == 3


def test_unused_codes_make_the_cooldown_longer(browser: Browser, time: MovableClock) -> None:
    for _ in range(60):
        forget_client()
        ask(browser())
        time.advance(minutes=1)
    assert emails() == 17
    time.advance(hours=1)
    begin(browser())
    assert emails() == 18


def test_all_addresses_together_have_a_limit(client: FlaskClient, time: MovableClock) -> None:
    with transaction() as session:
        for _ in range(settings.login_emails_per_hour):
            login_id = uuid7()
            session.add(
                Login(id=login_id, email=uuid4().hex, code_id=login_id, code_hash="",
                      state=LoginState.EXPIRED)
            )  # fmt: skip
    time.advance(minutes=50)
    refused = ask(client)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert emails() == 0
    time.advance(minutes=10, seconds=1)
    begin(client)


# Strangers


def test_the_login_s_id_is_enough_without_a_cookie(browser: Browser) -> None:
    login_id = begin(browser())
    code = code_of(login_id)
    for _ in range(5):
        enter(browser(), another(code))
    assert enter(browser(), code, loginId=login_id) == 200


def test_a_client_that_keeps_no_cookie_and_sends_no_id_signs_in(browser: Browser) -> None:
    assert enter(browser(), code_of(begin(browser()))) == 200


def test_a_stranger_s_requests_leave_the_sent_code_valid(
    browser: Browser, time: MovableClock
) -> None:
    victim = browser()
    code = code_of(begin(victim))
    for _ in range(5):
        time.advance(seconds=61)
        begin(browser())
    assert enter(victim, code) == 200


def test_a_stranger_s_requests_do_not_block_the_user(browser: Browser, time: MovableClock) -> None:
    victim = browser()
    begin(victim)
    for _ in range(30):
        time.advance(seconds=10)
        ask(browser())
    forget_client()  # the victim has an address of its own
    newcomer = browser()
    assert enter(newcomer, code_of(begin(newcomer))) == 200


def test_the_browser_that_asked_can_ask_again_after_strangers(browser: Browser) -> None:
    with clock.stopped() as time:
        victim = browser()
        begin(victim)
        time.advance(seconds=61)
        assert [ask(browser()).status_code for _ in range(8)].count(429) > 0
        assert enter(victim, code_of(begin(victim))) == 200


def test_a_request_during_the_cooldown_uses_the_code_of_the_sent_email(
    browser: Browser, time: MovableClock
) -> None:
    stranger, victim = browser(), browser()
    first = begin(stranger)
    time.advance(seconds=30)
    second = begin(victim)
    assert first != second
    assert emails() == 1
    answers = [victim.get(f"/auth/login/{key}").get_json() for key in (first, second)]
    assert (
        answers[0] == answers[1] == answers[0] | {"status": "PENDING", "codeStatus": "PENDING"}
    ), "a code lives no longer for it"
    assert enter(victim, code_of(first)) == 200
    assert enter(stranger, code_of(first)) == 410, "a code works once"


def test_a_failed_email_is_reported_to_every_browser_that_asked(browser: Browser) -> None:
    first, second = begin(browser()), begin(browser())
    with transaction() as session:
        (key,) = session.scalars(select(Login.id).where(Login.id == Login.code_id))
        LoginMachine.send(LoginMachine.lock([key])[key], LoginSignal.GAVE_UP)
    for login_id in (first, second):
        status = browser().get(f"/auth/login/{login_id}").get_json()
        assert status["codeStatus"] == "ERROR_SENDING_EMAIL"
    assert ask(browser()).status_code == 429, "nobody can join it"


def test_a_forged_cookie_is_ignored(browser: Browser) -> None:
    for value in ("x", "é.é", "a" * 32 + "." + "0" * 64):
        forged = browser()
        forged.set_cookie("browser", value, path="/auth")
        begin(forged)
        new_cookie = forged.get_cookie("browser", path="/auth")
        assert new_cookie is not None
        assert new_cookie.value != value


# Clients


@pytest.mark.parametrize(
    ("path", "body"),
    [("/auth/login", {"email": "no address"}), ("/auth/login", {}),
     ("/auth/verify-code", {"email": EMAIL, "code": "x"}), ("/auth/verify-code", [])],
)  # fmt: skip
def test_invalid_bodies_count_for_the_client(client: FlaskClient, path: str, body: object) -> None:
    answers = [client.post(path, json=body).status_code for _ in range(62)]
    assert answers == [422] * 60 + [429] * 2
    assert client.post("/auth/logout").status_code == 204


def test_malformed_json_counts_for_the_client(client: FlaskClient) -> None:
    answers = [client.post("/auth/login", data="x").status_code for _ in range(61)]
    assert answers == [415] * 60 + [429]


def test_limited_routes_report_the_remaining_requests(client: FlaskClient) -> None:
    answer = ask(client)
    assert "q=6;w=60" in answer.headers["RateLimit-Policy"]
    assert "r=5" in answer.headers["RateLimit"]
    assert "r=59" in answer.headers["RateLimit"]
