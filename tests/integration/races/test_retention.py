"""Tests of retention: rows that are deleted after RETENTION_DAYS, and rows that stay."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from config import settings
from models import (
    ActivityRow,
    ActivityState,
    Bulk,
    BulkAction,
    Login,
    LoginState,
    Order,
    Payment,
    Reconciliation,
    ReconciliationState,
    Refund,
    SignalRow,
    SignalState,
    StockMove,
    Transition,
    UserSession,
    refresh,
    retention,
    transaction,
)
from models.clock import MovableClock
from state_machines import PaymentMachine
from state_machines.actions.login_codes import begin_login
from state_machines.bulk import BulkMachine, BulkSignal
from state_machines.durable import inbox
from state_machines.durable.inspection import verify
from tests.support.factories import a_login, a_reconciliation, a_user
from tests.support.shop import Shop
from tests.support.stripe import Stripe, an_event, an_intent_event, deliver

BOOKS = (Order, Payment, Refund, StockMove)
DAYS = settings.retention_days


def ids(row: type[Any]) -> set[UUID]:
    with transaction() as session:
        return set(session.scalars(select(row.id)))


def histories() -> dict[str, int]:
    """Return the number of history rows of each machine."""
    with transaction() as session:
        counted = select(Transition.machine, func.count()).group_by(Transition.machine)
        return dict(session.execute(counted).all())


def test_retention_keeps_the_books(till: Shop, bank: Stripe, time: MovableClock) -> None:
    payment_id = till.confirmed()
    till.cancel(payment_id)
    till.work()
    before = {row: ids(row) for row in BOOKS}
    lengths = histories()
    time.advance(days=DAYS + 1)
    forgotten = retention.forget()
    assert forgotten["activity"] == 6, "intent, answer, receipt, cancellation, refund, its letter"
    assert forgotten["signal"] == 1
    assert {row: ids(row) for row in BOOKS} == before
    assert histories() == lengths
    assert list(verify(PaymentMachine)) == []
    assert retention.forget() == dict.fromkeys(forgotten, 0)


def test_retention_keeps_younger_rows(till: Shop, bank: Stripe, time: MovableClock) -> None:
    till.confirmed()
    till.work()
    with transaction():
        a_login(LoginState.SUCCEEDED)
        a_reconciliation(ReconciliationState.DONE)
    time.advance(days=DAYS - 1)
    assert set(retention.forget().values()) == {0}


def test_retention_keeps_rows_that_wait_for_an_operator(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    till.confirmed()
    states = list(ActivityState)
    with transaction() as session:
        (row,) = session.scalars(
            select(ActivityRow).where(ActivityRow.state == ActivityState.PENDING)
        )
        plain = {column.name: getattr(row, column.name) for column in row.__table__.columns}
        session.delete(session.get_one(ActivityRow, row.id))
        session.flush()
        for number, state in enumerate(states):
            made = {"id": UUID(int=row.id.int + number), "state": state, "finished_at": time()}
            session.add(ActivityRow(**plain | made))
    time.advance(days=DAYS + 1)
    retention.forget()
    with transaction() as session:
        left = set(session.scalars(select(ActivityRow.state)))
    assert left == set(states) - {ActivityState.DONE, ActivityState.ABANDONED}


def test_retention_keeps_old_rows_that_ended_recently(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.place()
    time.advance(days=DAYS + 1)
    till.run("payments.create_intent")
    assert retention.forget()["activity"] == 0
    assert till.states(payment_id) == ("Initiated", "Pending")


def test_the_payload_of_an_unmatched_signal_is_erased_before_its_row(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment = till.payment(till.initiated())
    deliver(
        an_intent_event("processing", payment),  # applied
        an_event("customer.created", "customer"),  # ignored
        an_event("payment_intent.succeeded", "charge"),  # failed
        an_intent_event("succeeded", payment, id="pi_other", metadata={}),  # unmatched
    )
    with transaction():
        inbox.store("stripe", [("evt_stored", "charge.succeeded", {})])
    time.advance(days=settings.signal_payload_days - 1)
    assert retention.forget()["payloads"] == 0
    time.advance(days=2)
    assert retention.forget()["payloads"] == 3
    with transaction() as session:
        rows = session.execute(select(SignalRow.state, SignalRow.payload)).all()
    erased = {state for state, payload in rows if payload is None}
    assert (len(rows), erased) == (
        5,
        {SignalState.FAILED, SignalState.UNMATCHED, SignalState.IGNORED},
    )
    assert retention.forget()["payloads"] == 0

    time.advance(days=DAYS)
    assert retention.forget()["signal"] == 4
    with transaction() as session:
        assert session.scalars(select(SignalRow.state)).all() == [SignalState.STORED]


def test_old_logins_and_sessions_are_deleted_with_their_history(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    with transaction():
        live = begin_login("live@example.com")
        ended = begin_login("ended@example.com")
        running, done = a_reconciliation(), a_reconciliation(ReconciliationState.DONE)
        opened = refresh.open_session(a_user(), user_agent="", ip_address="").session.id
    with transaction() as session:
        session.get_one(Login, ended.id, with_for_update=True).state = LoginState.EXPIRED
    assert histories()["login"] == 2
    time.advance(days=DAYS + 1)
    forgotten = retention.forget()
    assert (ids(Login), ids(Reconciliation)) == ({live.id}, {running.id})
    assert histories()["login"] == 1, "that of the live one"
    assert forgotten["login"] == forgotten["reconciliation"] == 1
    assert ids(UserSession) == {opened}, "it expired 30 days after it was opened"
    time.advance(days=30)
    assert retention.forget()["user_session"] == 1
    assert done.id not in ids(Reconciliation)


RESULTS = """
INSERT INTO bulk_result (bulk_id, subject_id, state)
SELECT id, gen_random_uuid(), 'changed' FROM bulk, generate_series(1, :number)
"""


@pytest.mark.slow
def test_a_large_bulk_job_is_deleted_in_several_runs(till: Shop, time: MovableClock) -> None:
    limit = retention.BATCH_SIZE * retention.MAX_BATCHES
    with transaction() as session:
        plain = {"filters": {}, "options": {}, "reason": "", "actor": "ann"}
        job = Bulk(action=BulkAction.RETRY, **plain)
        BulkMachine.begin(job, BulkSignal.BEGIN)
        session.flush()
        session.execute(text(RESULTS), {"number": limit + 1})
    time.advance(days=DAYS + 1)
    assert retention.forget()["bulk_result"] == 0, "it is running"
    with transaction():
        BulkMachine.send(BulkMachine.lock([job.id])[job.id], BulkSignal.CANCEL)
    time.advance(days=DAYS + 1)
    forgotten = retention.forget()
    assert (forgotten["bulk_result"], forgotten["bulk"]) == (limit, 0)
    forgotten = retention.forget()
    assert (forgotten["bulk_result"], forgotten["bulk"]) == (1, 1)
    assert "bulk" not in histories()


@pytest.mark.parametrize(
    "statement", ["DELETE FROM transition", "UPDATE transition SET cause = ''"]
)
def test_only_retention_can_delete_history(till: Shop, statement: str) -> None:
    till.place()
    lengths = histories()
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))
    assert histories() == lengths
