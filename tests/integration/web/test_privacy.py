"""People get a copy of all that is kept about them, and can have it erased."""

import json
import re
from uuid import UUID

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import settings
from models import (
    ActivityRow,
    Erasure,
    ErasureState,
    NoticeKind,
    Order,
    OrderState,
    Passkey,
    Payment,
    PaymentState,
    RefundState,
    Shipment,
    UserStatus,
    transaction,
)
from models.audit import audit
from models.base import Base
from models.clock import now
from models.durable.activity import NOT_OVER
from models.notice import open_notice
from state_machines.actions.login_codes import begin_login
from state_machines.durable import caused_by, executor, inbox
from state_machines.durable.inspection import verify
from state_machines.erasure import ErasureMachine
from state_machines.order import OrderMachine, OrderSignal
from state_machines.payment import PaymentMachine
from tests.support.commands import flask, read
from tests.support.factories import a_dispute, a_payment, a_refund, an_order
from tests.support.web import Person, SignIn

# A word that is nowhere else, in everything that Mona types or that is told about her.
MARK = "monalisa"
EMAIL = f"{MARK}@example.com"
# Ids and microseconds may contain the same digits.
LAST4 = re.compile(r"(?<![\w-])4242(?![\w-])")


@pytest.fixture
def mona(sign_in: SignIn) -> Person:
    """Return a customer whose name is in every table."""
    person = sign_in(
        email=EMAIL, username=MARK, first_name=MARK, last_name=MARK, address_line1=MARK,
        city=MARK, region=MARK, postal_code=MARK, country=MARK, phone_number=MARK,
    )  # fmt: skip
    with caused_by("request", "1", EMAIL), transaction():
        login = begin_login(EMAIL)
    with transaction() as session:
        order = an_order(
            OrderState.CONFIRMED, user=person.user, reference_id=f"{MARK}-1",
            billing_address=MARK, shipping_address=MARK, payment_method=MARK,
        )  # fmt: skip
        payment = a_payment(PaymentState.SUCCESS, order=order, captured=order.total, last4="4242",
                            client_secret=MARK, exp_month=12, exp_year=2031)  # fmt: skip
        a_refund(RefundState.SUCCEEDED, order=order, reason=MARK, failure_reason=MARK)
        open_notice(order.id, NoticeKind.UNDELIVERED, f"an email to {EMAIL} bounced")
        session.add(Passkey(user_id=person.user.id, credential_id=b"1", public_key=b"2",
                            sign_count=0, name=MARK, backed_up=True))  # fmt: skip
        audit("otto", "orders refund", order.id, reason=MARK, amount="1.00")
        audit("otto", "users grant", EMAIL, role="staff")
        audit(EMAIL, "denied", "/admin")
        session.add(Shipment(order_id=order.id, carrier="DHL", tracking_number=MARK,
                             shipped_at=now()))  # fmt: skip
        PaymentMachine.lock([payment.id])
        with caused_by("command", "orders ship", EMAIL):
            OrderMachine.send(order, OrderSignal.SHIP, reason=MARK)
            OrderMachine.send(order, OrderSignal.DELIVER, reason=MARK)
    bounce = {"loginId": str(login.id), "email": EMAIL, "reason": MARK}
    inbox.receive("sendgrid", "ev-1", "bounce", bounce)
    inbox.receive("sendgrid", "ev-2", "bounce", {"loginId": str(UUID(int=1)), "email": EMAIL})
    with transaction() as session:
        for row in session.scalars(select(ActivityRow)):
            row.last_error = f"no mailbox {EMAIL}"
    return person


def work() -> None:
    """Run what is under way, as a worker does."""
    with transaction() as session:
        waiting = session.execute(
            select(ActivityRow.name, ActivityRow.id).where(ActivityRow.state.in_(NOT_OVER))
        ).all()
    for name, activity_id in waiting:
        executor.run(name, [activity_id])


def everything() -> str:
    """Return all rows of all tables, decrypted."""
    with transaction() as session:
        session.expire_all()
        tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("te")]
        return "\n".join(str(tuple(row)) for table in tables for row in session.execute(
            select(table)
        ))  # fmt: skip


def test_the_export_has_every_table_and_no_secret(mona: Person) -> None:
    answer = mona.get("/auth/user/export")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.data)["data"]
    assert data["users"][0]["email"] == EMAIL
    assert data["orders"][0]["billingAddress"] == MARK
    assert data["payment"][0]["last4"] == "4242"
    empty = {"dispute", "orderItem", "erasure", "loginFailure", "passkeyChallenge"}
    assert {name for name, rows in data.items() if not rows} == empty
    assert {row["payload"]["email"] for row in data["signal"]} == {EMAIL}
    columns = {name for rows in data.values() for row in rows for name in row}
    assert not {"tokenHash", "previousHash", "codeHash", "clientSecret", "secret"} & columns


def test_the_export_has_no_data_of_others(mona: Person, sign_in: SignIn) -> None:
    other = sign_in()
    assert MARK not in other.get("/auth/user/export").text


def test_each_customer_has_a_limit_of_exports_of_their_own(mona: Person, sign_in: SignIn) -> None:
    statuses = [mona.get("/auth/user/export").status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    refused = mona.get("/auth/user/export")
    assert int(refused.headers["Retry-After"]) > 0
    # At the same address.
    assert sign_in().get("/auth/user/export").status_code == 200


def test_a_deleted_account_is_closed_at_once(mona: Person) -> None:
    deleted = mona.delete("/auth/user")
    assert deleted.status_code == 202
    assert deleted.get_json()["status"] == "Requested"
    for path in ("/auth/user", "/auth/user/export", "/order"):
        assert mona.get(path).status_code == 401
    assert mona.delete("/auth/user").status_code == 401


def test_an_erasure_removes_personal_data_everywhere_and_keeps_the_books(mona: Person) -> None:
    with transaction() as session:
        before = session.execute(select(Order.total, Order.state, Payment.captured).join(Payment))
        books = before.all()
    assert MARK in everything()
    assert LAST4.search(everything())
    mona.delete("/auth/user")
    work()
    assert MARK not in everything()
    assert not LAST4.search(everything())
    with transaction() as session:
        after = session.execute(select(Order.total, Order.state, Payment.captured).join(Payment))
        assert after.all() == books
        erasure = session.scalars(select(Erasure)).one()
        assert erasure.state == ErasureState.ERASED
        user = session.get_one(type(mona.user), mona.user.id)
        assert (user.status, user.email) == (
            UserStatus.DELETED, f"{mona.user.id}@erased.invalid",
        )  # fmt: skip
    assert list(verify(ErasureMachine)) == []


def test_sendgrid_is_asked_to_erase_the_address(mona: Person) -> None:
    work()  # the letter with the code
    box = f"{settings.sendgrid_api_base}/mail.json?to={EMAIL}"
    before = requests.get(box, timeout=60).json()
    mona.delete("/auth/user")
    work()
    assert before
    assert requests.get(box, timeout=60).json() == []


def test_the_last_admin_cannot_close_their_account(sign_in: SignIn) -> None:
    ada, bob = (sign_in(email=f"{name}@example.com", roles=["admin"]) for name in ("ada", "bob"))
    url = "/auth/user"
    assert ada.client.delete(url, headers=ada.headers).status_code == 202
    answer = bob.client.delete(url, headers=bob.headers)
    assert (answer.status_code, "last admin" in answer.get_json()["detail"]) == (409, True)


def test_the_address_can_be_used_for_a_new_account(mona: Person, client: FlaskClient) -> None:
    mona.delete("/auth/user")
    work()
    assert client.post("/auth/login", json={"email": EMAIL}).status_code == 201


@pytest.mark.parametrize("state", [OrderState.PENDING, OrderState.CONFIRMED, OrderState.SHIPPED])
def test_an_open_order_prevents_the_erasure(ann: Person, state: OrderState) -> None:
    with transaction():
        order = an_order(state, user=ann.user)
    refused = ann.delete("/auth/user")
    assert refused.status_code == 409
    assert order.reference_id in refused.get_json()["detail"]
    assert state.value in refused.get_json()["detail"]
    assert ann.get("/auth/user").status_code == 200


def test_an_open_refund_or_dispute_prevents_the_erasure(ann: Person) -> None:
    with transaction():
        order = an_order(OrderState.CANCELLED, user=ann.user)
        a_payment(PaymentState.SUCCESS, order=order, captured=order.total)
        refund = a_refund(RefundState.SUBMITTED, order=order)
    assert ann.delete("/auth/user").status_code == 409
    with transaction() as session:
        session.get_one(type(refund), refund.id).state = RefundState.SUCCEEDED
        a_dispute(order=order)
    assert ann.delete("/auth/user").status_code == 409


def test_an_operator_exports_and_erases(mona: Person, shop: Flask) -> None:
    assert json.loads(flask(shop, "users", "export", EMAIL).stdout)["users"][0]["email"] == EMAIL
    done = flask(shop, "users", "erase", EMAIL, "--reason", f"asked by letter, {MARK}")
    assert done.exit_code == 0
    work()
    assert MARK not in everything()
    actions = [row["action"] for row in read(shop, "audit", "list")]
    assert actions[0] == "users erase"
    assert flask(shop, "users", "erase", EMAIL).exit_code == 1
