"""Codes that are typed twice, and emails that may have been sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import (
    ActivityRow,
    ActivityState,
    Login,
    LoginState,
    SignalState,
    UserSession,
    transaction,
)
from models.clock import MovableClock
from state_machines.actions.login_codes import begin_login, resend_code
from state_machines.durable import executor, inbox
from state_machines.durable.calls import batches
from state_machines.login import LoginMachine
from tests.support.shop import Shop
from tests.support.stripe import Stripe
from tests.support.web import code_of

EMAIL = "ann@example.com"
CODE = "emails.login_code"
TABS = 8


def sessions() -> int:
    with transaction() as session:
        return session.scalar(select(func.count(UserSession.id))) or 0


def in_all_tabs(shop: Flask, code: Callable[[int], str], **about: str) -> list[int]:
    """Enter `code(number)` in every tab at the same moment, and return the status codes."""
    ready = Barrier(TABS, timeout=60)

    def type_it(number: int) -> int:
        tab = shop.test_client()
        ready.wait()
        body = {"email": EMAIL, "code": code(number)} | about
        return tab.post("/auth/verify-code", json=body).status_code

    with ThreadPoolExecutor(TABS) as pool:
        return sorted(pool.map(type_it, range(TABS)))


def test_two_correct_codes_at_once_sign_in_once(shop: Flask, client: FlaskClient) -> None:
    login_id = client.post("/auth/login", json={"email": EMAIL}).get_json()["loginId"]
    code = code_of(login_id)
    assert in_all_tabs(shop, lambda _: code) == [200] + [410] * (TABS - 1)
    assert sessions() == 1


def test_wrong_codes_at_once_are_all_counted(shop: Flask, client: FlaskClient) -> None:
    login_id = client.post("/auth/login", json={"email": EMAIL}).get_json()["loginId"]
    right = int(code_of(login_id))
    wrong_code = lambda number: f"{(right + number + 1) % 1_000_000:06}"  # noqa: E731
    assert in_all_tabs(shop, wrong_code, loginId=login_id) == [401] * 5 + [410] * (TABS - 5)
    with transaction() as session:
        login = session.scalars(select(Login)).one()
        assert (login.state, login.wrong_codes) == (LoginState.LOCKED, 5)
    assert sessions() == 0


def test_a_login_email_that_timed_out_is_sent_again_with_the_same_code(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    with transaction():
        login = begin_login(EMAIL)
    before = len(bank.emails_to(EMAIL))
    bank.faults(sendgrid={"timeoutRate": 1})
    till.run(CODE)
    lost = till.activity(CODE)
    assert (lost.state, lost.unknown_outcomes) == (ActivityState.WAITING, 1)
    code = lost.secret
    bank.faults()
    time.advance(seconds=10)
    till.sweep()
    assert till.activity(CODE).state == ActivityState.DONE
    emails = bank.emails_to(EMAIL)[: len(bank.emails_to(EMAIL)) - before]
    assert len(emails) == 2, "nobody could know that the first was sent"
    assert all(str(code) in str(email["text"]) for email in emails), "the same code"
    with transaction() as session:
        row = session.get_one(Login, login.id, populate_existing=True)
        assert row.state == LoginState.CODE_SENT


def test_mail_systems_get_an_international_address_in_ascii(till: Shop, bank: Stripe) -> None:
    mailed = "bob@xn--bcher-kva.de"
    before = len(bank.emails_to(mailed))
    with transaction():
        login = begin_login("bob@b\u00fccher.de")
    till.run(CODE)
    assert len(bank.emails_to(mailed)) == before + 1
    bounce = {"event": "bounce", "email": mailed}
    assert inbox.receive("sendgrid", uuid4().hex, "bounce", bounce) == SignalState.APPLIED
    assert state(login.id) == LoginState.CODE_UNSENT


def state(login_id: UUID) -> LoginState:
    with transaction() as session:
        return session.get_one(Login, login_id, populate_existing=True).state


def lost(login_id: UUID, activity_id: UUID) -> None:
    """Deliver SendGrid's event that this email bounced."""
    event = {"loginId": str(login_id), "activityId": str(activity_id), "reason": "full"}
    inbox.receive("sendgrid", uuid4().hex, "bounce", event)


def resend(login_id: UUID) -> None:
    with transaction():
        resend_code(LoginMachine.lock([login_id])[login_id])


def retry(activity_id: UUID) -> None:
    """Retry an activity as `activities retry` does."""
    with transaction() as session:
        row = session.get_one(ActivityRow, activity_id)
        row.state, row.attempts = ActivityState.PENDING, 0


def test_only_the_bounce_of_the_newest_email_counts(till: Shop, bank: Stripe) -> None:
    with transaction():
        login = begin_login(EMAIL)
    till.run(CODE)
    first = till.activity(CODE).id
    lost(login.id, first)
    assert state(login.id) == LoginState.CODE_UNSENT
    resend(login.id)
    till.run(CODE)
    lost(login.id, first)
    assert state(login.id) == LoginState.CODE_SENT
    lost(login.id, till.activity(CODE).id)
    assert state(login.id) == LoginState.CODE_UNSENT


def test_a_bounce_may_arrive_before_the_answer(till: Shop, bank: Stripe) -> None:
    with transaction():
        login = begin_login(EMAIL)
    batch = executor.prepare(CODE, till.pending(CODE))
    batches.perform(batch)
    lost(login.id, till.activity(CODE).id)
    executor.finish(batch)
    assert till.activity(CODE).state == ActivityState.DONE
    assert state(login.id) == LoginState.CODE_UNSENT


def test_a_retried_login_email_is_sent_only_while_its_code_is_valid(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    with transaction():
        login = begin_login(EMAIL)
    bank.faults(sendgrid={"errorRate": 1})
    till.run(CODE)
    for _ in range(9):
        time.advance(seconds=11)
        till.sweep()
    first = till.activity(CODE)
    assert (first.state, state(login.id)) == (ActivityState.FAILED, LoginState.CODE_UNSENT)
    bank.faults()
    retry(first.id)
    till.run(CODE)
    assert state(login.id) == LoginState.CODE_SENT
    lost(login.id, first.id)
    resend(login.id)
    bank.faults(sendgrid={"errorRate": 1})
    till.run(CODE)
    bank.faults()
    before = len(bank.emails_to(EMAIL))
    with transaction() as session:
        session.get_one(ActivityRow, first.id).secret = "123456"
    retry(first.id)
    till.run(CODE)
    assert len(bank.emails_to(EMAIL)) == before, "its code is dead"


def test_an_order_email_that_timed_out_is_sent_again(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed()
    bank.faults(sendgrid={"timeoutRate": 1})
    till.run("emails.order_confirmed")
    bank.faults()
    time.advance(seconds=10)
    till.sweep()
    activity = till.activity("emails.order_confirmed")
    assert (activity.state, activity.unknown_outcomes) == (ActivityState.DONE, 1), (
        "the doubt is counted"
    )
    emails = till.emails_of(payment_id)
    assert [email["categories"] for email in emails] == [["order_confirmed"]] * 2
    assert till.asked_for("emails.order_confirmed") == 1, "one email an order and occasion"


def test_a_refused_email_is_no_unknown_outcome(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed()
    bank.faults(sendgrid={"errorRate": 1})
    till.run("emails.order_confirmed")
    bank.faults()
    time.advance(seconds=10)
    till.sweep()
    assert till.activity("emails.order_confirmed").unknown_outcomes == 0
    assert len(till.emails_of(payment_id)) == 1


def test_a_worker_sends_codes_without_the_secret_that_hashes_them(till: Shop, bank: Stripe) -> None:
    before = len(bank.emails_to(EMAIL))
    with transaction() as session:
        login = begin_login(EMAIL)
        session.flush()
        login.code_hash = "made with a CODE_SECRET that workers do not have"
    till.run(CODE)
    assert len(bank.emails_to(EMAIL)) == before + 1
