"""The console says in a sentence why nothing is happening to an execution."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from models import ActivityRow, ActivityState, Order, OrderState, Payment, transaction
from models.base import db
from models.clock import MovableClock
from models.durable.control import PauseKind
from models.notice import NoticeKind, open_notice
from state_machines.durable.operations import pauses
from state_machines.payment import PaymentSignal
from tests.support.console import show_execution
from tests.support.factories import an_order
from tests.support.web import Person, stripe_says

AT = "%Y-%m-%d %H:%M:%S"


def why(person: Person, machine: str, key: object) -> tuple[str, str]:
    reason = show_execution(person, machine, key)["why"]
    return reason["kind"], reason["sentence"]


def test_why_names_the_activity_of_a_child(clerk: Person, placed: UUID) -> None:
    kind, sentence = why(clerk, "order", placed)
    assert kind == "child"
    assert sentence == (
        "Waits for its payment, which is Pending: attempt 1 of 10 of payments.create_intent waits"
        " for a worker."
    )


def test_why_names_the_error_and_the_next_try(
    clerk: Person, placed: UUID, time: MovableClock
) -> None:
    with transaction() as session:
        row = session.scalars(db.select(ActivityRow)).one()
        row.state, row.attempts = ActivityState.WAITING, 2
        row.last_error, row.due_at = "Stripe said 429.", time() + timedelta(seconds=42)
        payment_id = row.subject_id
    kind, sentence = why(clerk, "payment", payment_id)
    assert (kind, sentence) == (
        "activity",
        "Attempt 3 of 10 of payments.create_intent in 42 s: Stripe said 429.",
    )


def test_why_names_a_pause(clerk: Person, placed: UUID, time: MovableClock) -> None:
    with transaction():
        pauses.pause(PauseKind.PROVIDER, "stripe", reason="an outage", actor="ann")
    assert why(clerk, "order", placed)[1] == (
        "Waits for its payment, which is Pending: "
        f"payments.create_intent is paused since {time():{AT}} UTC: an outage."
    )
    (call,) = show_execution(clerk, "order", placed)["activities"]
    assert call["paused"] == "an outage"


def test_why_names_the_refund_that_a_cancelled_order_still_owes(
    clerk: Person, confirmed: UUID, time: MovableClock
) -> None:
    with transaction():
        pauses.pause(PauseKind.ACTIVITY, "refunds.submit", reason="the bank", actor="ann")
    version = clerk.get(f"/admin/orders/{confirmed}").get_json()["version"]
    body = {"reason": "ordered twice", "ifVersion": version}
    path = f"/admin/orders/{confirmed}/cancel"
    assert clerk.client.post(path, json=body, headers=clerk.headers).status_code == 200
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow).where(ActivityRow.name.like("emails.%"))):
            row.state = ActivityState.DONE
    assert why(clerk, "order", confirmed)[1] == (
        "It is Cancelled, and waits for its refund, which is Requested: "
        f"refunds.submit is paused since {time():{AT}} UTC: the bank."
    )


def test_why_gives_the_open_notices_of_an_order(clerk: Person, confirmed: UUID) -> None:
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow)):
            row.state = ActivityState.DONE
        open_notice(confirmed, NoticeKind.MISPAID, "$149.00 came; the order costs $159.00")
    (notice,) = clerk.get(f"/admin/orders/{confirmed}").get_json()["notices"]
    assert notice["advice"].startswith("Accept the order with what was paid")
    assert why(clerk, "order", confirmed)[1] == (
        "Nothing is scheduled: an operator may send cancel or ship."
        " Open notice: $149.00 came; the order costs $159.00."
    )


def test_an_order_that_has_ended_waits_for_a_person_while_a_notice_is_open(
    clerk: Person, confirmed: UUID
) -> None:
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow)):
            row.state = ActivityState.DONE
        session.execute(db.update(Order).values(state=OrderState.DELIVERED))
    assert why(clerk, "order", confirmed) == ("nothing", "It has ended: Delivered is final.")
    with transaction():
        open_notice(confirmed, NoticeKind.DISPUTE, "$59.00 are disputed")
    kind, sentence = why(clerk, "order", confirmed)
    (notice,) = clerk.get(f"/admin/orders/{confirmed}").get_json()["notices"]
    assert "before the order is shipped, cancel" in notice["advice"], "a delivered one cannot be"
    assert kind == "person"
    assert sentence == "It has ended: Delivered is final. Open notice: $59.00 are disputed."


def test_why_names_the_deadline_of_the_customer(
    clerk: Person, placed: UUID, time: MovableClock
) -> None:
    stripe_says(placed, PaymentSignal.INITIATED, "requires_payment_method")
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow)):
            row.state = ActivityState.DONE
        payment = session.scalars(db.select(Payment)).one()
    kind, sentence = why(clerk, "payment", payment.id)
    deadline = f"{payment.deadline_at:%Y-%m-%d %H:%M:%S}"
    assert (kind, sentence) == ("deadline", f"Waits until {deadline} UTC; then expire is sent.")


def test_why_names_what_a_person_may_do(clerk: Person, confirmed: UUID) -> None:
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow)):
            row.state = ActivityState.DONE
    assert why(clerk, "order", confirmed) == (
        "person",
        "Nothing is scheduled: an operator may send cancel or ship.",
    )


def test_why_says_that_an_ended_payment_waits_for_nobody(clerk: Person, placed: UUID) -> None:
    stripe_says(placed, PaymentSignal.REJECTED, "canceled")
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow)):
            row.state = ActivityState.DONE
        payment = session.scalars(db.select(Payment)).one()
    assert why(clerk, "payment", payment.id) == (
        "nothing",
        "Nothing is left to do: it is Failure.",
    )


def test_why_says_that_an_execution_is_stuck(clerk: Person, app: Flask) -> None:
    with transaction():
        order = an_order()
    kind, sentence = why(clerk, "order", order.id)
    assert (kind, sentence) == ("stuck", "Stuck: Pending, and what it waits for will not come.")
