"""A page that is polled is computed again when something of it has changed, and only then."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import ActivityRow, ActivityState, Order, SignalRow, User, transaction
from models.audit import audit
from models.clock import MovableClock, now
from models.durable.control import PauseKind
from models.ids import uuid7
from models.notice import Notice, NoticeKind
from models.payment import payment_of
from state_machines import PaymentMachine
from state_machines.actions import refund_order, ship_order
from state_machines.durable import caused_by
from state_machines.durable.operations import pauses
from state_machines.payment import PaymentSignal
from tests.support.statements import statements_of
from tests.support.web import Person
from web.routes.admin.marks import MAX_BUSY_AGE


def end_activities() -> None:
    with transaction() as session:
        session.execute(update(ActivityRow).values(state=ActivityState.DONE, finished_at=now()))


def pause_emails() -> None:
    with transaction():
        pauses.pause(PauseKind.QUEUE, "emails", reason="a story", actor="ann")


def changes_of(order_id: UUID) -> dict[str, Callable[[], object]]:
    """Return one change of each table that the pages of an order show."""

    def ship() -> None:
        with caused_by("command", "story"), transaction():
            payment = PaymentMachine.lock([payment_of(order_id).id])[payment_of(order_id).id]
            ship_order.ship(payment.order, "DHL", "JD01")

    def refund() -> None:
        with caused_by("command", "story"), transaction() as session:
            PaymentMachine.lock([payment_of(order_id).id])
            refund_order.refund(session.get_one(Order, order_id), 100, reason="a scratch")

    def repeat() -> None:
        with caused_by("command", "story"), transaction():
            payment = PaymentMachine.lock([payment_of(order_id).id])[payment_of(order_id).id]
            PaymentMachine.observe(payment, PaymentSignal.SUCCEEDED)

    def receive() -> None:
        with transaction() as session:
            shared = {"source": "stripe", "kind": "charge.updated", "payload": {}, "attempts": 1}
            times = {"due_at": now(), "received_at": now(), "state": "applied"}
            row = SignalRow(id=uuid7(), external_id="evt_1", subject_id=order_id, **shared, **times)
            session.add(row)

    def notice() -> None:
        with transaction() as session:
            values = {"subject": str(order_id), "kind": NoticeKind.MISPAID, "text": "short"}
            session.add(Notice(id=uuid7(), order_id=order_id, created_at=now(), **values))

    def rename() -> None:
        with transaction() as session:
            customer = select(Order.user_id).where(Order.id == order_id).scalar_subquery()
            session.execute(update(User).where(User.id == customer).values(email="b@example.com"))

    def note() -> None:
        with transaction():
            audit("ann", "orders note", order_id)

    return {
        "the end of its activities": end_activities,
        "an ignored signal": repeat,
        "a refund": refund,
        "its shipment": ship,
        "an event": receive,
        "a notice": notice,
        "its customer": rename,
        "the audit": note,
        "a pause": pause_emails,
    }


def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(
    clerk: Person, confirmed: UUID
) -> None:
    with transaction():
        payment_id = payment_of(confirmed).id
    paths = (f"executions/order/{confirmed}", f"executions/payment/{payment_id}")
    pages = [f"/admin/{path}" for path in (*paths, f"orders/{confirmed}")]
    tags = {page: clerk.get(page).headers["ETag"] for page in pages}
    for name, change in changes_of(confirmed).items():
        for page in pages:
            unchanged = clerk.get(page, **{"If-None-Match": tags[page]})
            assert (unchanged.status_code, unchanged.headers["ETag"]) == (304, tags[page]), name
        change()
        for page in pages:
            changed = clerk.get(page, **{"If-None-Match": f"W/{tags[page]}"})
            assert changed.status_code == 200, f"{page} does not see {name}"
            tags[page] = changed.headers["ETag"]


def test_an_old_page_is_sent_again(clerk: Person, confirmed: UUID, time: MovableClock) -> None:
    page = f"/admin/executions/order/{confirmed}"
    # The texts of an execution with a call under way count seconds.
    for is_busy, seconds in ((True, 10), (False, 60)):
        if not is_busy:
            end_activities()
        tag = clerk.get(page).headers["ETag"]
        time.at += timedelta(seconds=seconds - 1)
        assert clerk.get(page, **{"If-None-Match": tag}).status_code == 304
        time.at += timedelta(seconds=1)
        assert clerk.get(page, **{"If-None-Match": tag}).status_code == 200


def test_a_tag_of_another_kind_is_no_page(clerk: Person, confirmed: UUID) -> None:
    page = f"/admin/orders/{confirmed}"
    mark = clerk.get(page).headers["ETag"].strip('"').rpartition("-")[0]
    for tag in ("*", '""', '"-"', f'"{mark}"', f'"{mark}-x"', f'"{mark}-99999999999"', '"²-²"'):
        assert clerk.get(page, **{"If-None-Match": tag}).status_code == 200, tag


@pytest.mark.parametrize("query", ["", "?machine=order&state=Confirmed", "?sort=changed"])
def test_an_unchanged_list_is_answered_before_it_is_loaded(
    shop: Flask, clerk: Person, paid: UUID, query: str
) -> None:
    path = f"/admin/executions{query}"
    tag = clerk.get(path).headers["ETag"]
    with statements_of(shop) as statements:
        assert clerk.get(path, **{"If-None-Match": tag}).status_code == 304
    assert len(statements) == 2, "the session, and the mark"
    changes_of(paid)["its shipment"]()
    assert clerk.get(path, **{"If-None-Match": tag}).status_code == 200


def test_a_list_that_does_not_change_is_loaded_again_after_a_while(
    clerk: Person, paid: UUID, time: MovableClock
) -> None:
    tag = clerk.get("/admin/executions").headers["ETag"]
    time.advance(seconds=MAX_BUSY_AGE)
    assert clerk.get("/admin/executions", **{"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("since", ["9" * 5000, "9" * 15, "\u0663", "\u00b2", "-1", ""])
def test_a_tag_of_another_time_is_none_of_ours(clerk: Person, app: Flask, since: str) -> None:
    path = "/admin/executions"
    mark = clerk.get(path).headers["ETag"].strip('"').rpartition("-")[0]
    tag = f'"{mark}-{since}"'.encode().decode("latin-1")
    assert clerk.get(path, **{"If-None-Match": tag}).status_code == 200
