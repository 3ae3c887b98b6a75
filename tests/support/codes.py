"""Sign-ins by code in several browsers: asking for codes, and entering right and wrong ones."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import ActivityRow, Login, transaction
from tests.support.web import code_of
from web.rate_limits import limiter

EMAIL = "victim@example.com"


Browser = Callable[[], FlaskClient]


def ask(browser: FlaskClient, email: str = EMAIL) -> TestResponse:
    return browser.post("/auth/login", json={"email": email})


def begin(browser: FlaskClient, email: str = EMAIL) -> str:
    answer = ask(browser, email)
    assert answer.status_code == 201
    login_id: str = answer.get_json()["loginId"]
    return login_id


def enter(browser: FlaskClient, code: str, **about: str) -> int:
    body = {"email": EMAIL, "code": code} | about
    return browser.post("/auth/verify-code", json=body).status_code


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def sign_in(browser: FlaskClient) -> None:
    assert enter(browser, code_of(begin(browser))) == 200


def emails(email: str = EMAIL) -> int:
    """Return the number of scheduled emails with a code."""
    with transaction() as session:
        query = select(func.count(ActivityRow.id)).join(Login, Login.id == ActivityRow.subject_id)
        return session.scalar(query.where(Login.email == email)) or 0


def forget_client() -> None:
    """Make the next request come from another client, or after a loss of Redis."""
    limiter.reset()
