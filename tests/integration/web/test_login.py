"""Signing in by an emailed code."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Login, LoginState, User, UserStatus, clock, transaction
from state_machines.login import LoginMachine, LoginSignal
from tests.support.web import code_of


def ask(client: FlaskClient, email: str = "ann@example.com") -> str:
    answer = client.post("/auth/login", json={"email": email})
    assert answer.status_code == 201
    login_id: str = answer.get_json()["loginId"]
    return login_id


def enter(client: FlaskClient, code: object, email: str = "ann@example.com", **fields: Any) -> int:
    body = {"email": email, "code": code} | fields
    return client.post("/auth/verify-code", json=body).status_code


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_is_traded_for_a_token_and_a_cookie(client: FlaskClient) -> None:
    code = code_of(ask(client, "Ann@Example.com"))
    answer = client.post("/auth/verify-code", json={"email": "ANN@example.com", "code": code})
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/auth"))
    signed_in = answer.get_json()
    assert signed_in["expiresIn"] <= 900
    headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
    assert client.get("/auth/user", headers=headers).get_json() == signed_in["user"]
    assert signed_in["user"]["email"] == "ann@example.com"


def test_a_code_may_be_typed_as_a_number(client: FlaskClient) -> None:
    assert enter(client, int(code_of(ask(client)))) == 200


def test_a_code_works_once(client: FlaskClient) -> None:
    code = code_of(ask(client))
    assert [enter(client, code), enter(client, code)] == [200, 410]


def test_the_fifth_wrong_code_ends_the_login(client: FlaskClient) -> None:
    code = code_of(ask(client))
    assert [enter(client, another(code)) for _ in range(5)] == [401] * 5
    assert enter(client, code) == 410


def test_fifty_guesses_at_once_count_as_five(client: FlaskClient, shop: Flask) -> None:
    code = code_of(ask(client))
    with ThreadPoolExecutor(10) as pool:
        guesses = list(pool.map(lambda _: enter(shop.test_client(), another(code)), range(50)))
    assert (guesses.count(401), guesses.count(410)) == (5, 45)
    assert enter(shop.test_client(), code) == 410, "this way is closed"
    assert enter(client, code) == 200, "the browser that asked is not concerned"


def test_a_newer_login_supersedes_the_older(client: FlaskClient) -> None:
    with clock.stopped() as time:
        older = ask(client)
        time.advance(seconds=61)
        newer = ask(client)
        assert enter(client, code_of(older), loginId=older) == 410
        assert enter(client, code_of(newer), loginId=newer) == 200


def test_a_code_without_a_login_is_refused(client: FlaskClient) -> None:
    assert enter(client, "123456", "nobody@example.com") == 410


def test_an_expired_code_is_refused_before_any_sweep(client: FlaskClient) -> None:
    with clock.stopped() as time:
        code = code_of(ask(client))
        time.advance(minutes=11)
        assert enter(client, code) == 410


def test_a_code_of_another_address_is_refused(client: FlaskClient) -> None:
    bobs = ask(client, "bob@example.com")
    assert enter(client, code_of(bobs), "ann@example.com", loginId=bobs) == 410


def test_two_first_sign_ins_make_one_user(client: FlaskClient) -> None:
    assert enter(client, code_of(ask(client))) == 200
    assert enter(client, code_of(ask(client))) == 200
    with transaction() as session:
        assert session.scalar(select(func.count(User.id))) == 1


def test_known_and_unknown_addresses_get_the_same_answer(
    client: FlaskClient, sign_in: Callable[..., Any]
) -> None:
    sign_in(email="known@example.com")
    answers = [
        client.post("/auth/login", json={"email": email}).get_json()["message"]
        for email in ("known@example.com", "unknown@example.com")
    ]
    assert answers[0] == answers[1]


def test_a_suspended_user_gets_the_answer_of_a_wrong_code(
    client: FlaskClient, sign_in: Callable[..., Any]
) -> None:
    sign_in(email="bad@example.com", status=UserStatus.SUSPENDED)
    login_id = ask(client, "bad@example.com")
    assert enter(client, code_of(login_id), "bad@example.com") == 401
    assert client.get(f"/auth/login/{login_id}").get_json()["status"] == "FAILED"


def test_the_progress_of_a_login_is_shown(client: FlaskClient) -> None:
    login_id = ask(client)

    def seen() -> tuple[str, str]:
        progress = client.get(f"/auth/login/{login_id}").get_json()
        return progress["status"], progress["codeStatus"]

    def send(signal: LoginSignal) -> None:
        with transaction() as session:
            (key,) = session.scalars(select(Login.id)).all()
            LoginMachine.send(LoginMachine.lock([key])[key], signal)

    assert seen() == ("PENDING", "PENDING")
    send(LoginSignal.SENT)
    assert seen() == ("PENDING", "SENT")
    send(LoginSignal.GAVE_UP)
    assert seen() == ("PENDING", "ERROR_SENDING_EMAIL")
    send(LoginSignal.EXPIRE)
    assert seen() == ("FAILED", "SENT")


PASTED = {
    "spaces": " {0}{1}{2} {3}{4}{5} ",
    "a dash": "{0}{1}{2}-{3}{4}{5}",
    "dashes": "{0}\u2010{1}\u2011{2}\u2013{3}\u2014{4}\u2212{5}",
    "a no-break space": "{0}{1}{2}\u00a0{3}{4}{5}",
    "line breaks": "\r\n{0}{1}{2}{3}{4}{5}\n",
    "a tab": "{0}{1}{2}\t{3}{4}{5}",
    "invisible characters": "\ufeff{0}{1}{2}\u200b{3}{4}{5}\u2060",
    "thin spaces": "{0}\u2009{1}\u202f{2}\u3000{3}{4}{5}",
}
# The zeros of other scripts' digits.
SCRIPTS = {"full-width": 0xFF10, "Arabic": 0x660, "Persian": 0x6F0, "Devanagari": 0x966}


@pytest.mark.parametrize("form", PASTED.values(), ids=PASTED)
def test_a_pasted_code_is_accepted(client: FlaskClient, form: str) -> None:
    assert enter(client, form.format(*code_of(ask(client)))) == 200


@pytest.mark.parametrize("zero", SCRIPTS.values(), ids=SCRIPTS)
def test_digits_of_other_scripts_are_accepted(client: FlaskClient, zero: int) -> None:
    code = code_of(ask(client))
    assert enter(client, "".join(chr(zero + int(digit)) for digit in code)) == 200


@pytest.mark.parametrize(
    "email",
    [" ann@example.com ", "ann@example.com\n", "\u00a0ann@example.com\u200b",
     "\uff21\uff2e\uff2e\uff20example.com", "ann@example\uff0ecom", "\ufeffAnn@Example.com"],
)  # fmt: skip
def test_a_pasted_address_is_normalised(client: FlaskClient, email: str) -> None:
    login_id = ask(client, email)
    assert enter(client, code_of(login_id), email=email) == 200
    with transaction() as session:
        assert session.scalars(select(User.email)).all() == ["ann@example.com"]


@pytest.mark.parametrize(
    "code",
    [
        -1,
        1_000_000,
        1.5,
        True,
        None,
        "12345",
        "1234567",
        "12345a",
        "①②③④⑤",
        "12.3456",
        [1],
        "1" * 65,
        "+123456",
        "12\x003456",
        "",
        -100_000,
        10**400,
    ],
)
def test_a_malformed_code_names_the_field(client: FlaskClient, code: object) -> None:
    login_id = ask(client)
    answer = client.post("/auth/verify-code", json={"email": "ann@example.com", "code": code})
    assert answer.status_code == 422
    problem = {"field": "code", "message": "must be six digits", "code": "wrongFormat"}
    assert answer.get_json()["errors"] == [problem]
    with transaction() as session:
        login = session.get_one(Login, login_id)
    assert (login.state, login.wrong_codes) == (LoginState.CODE_PENDING, 0)


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "@example.com", "Ann <ann@example.com>", "a b@example.com", 7]
)
def test_a_malformed_address_names_the_field(client: FlaskClient, email: object) -> None:
    answer = client.post("/auth/login", json={"email": email})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "email"
