"""The overview shows the shop at a glance, from queries that stay cheap."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, insert, update

import redis_url
from models import (
    ActivityRow,
    ActivityState,
    NoticeKind,
    PauseKind,
    PaymentState,
    RefundState,
    SignalRow,
    SignalState,
    Sweep,
    transaction,
)
from models.base import db
from models.clock import MovableClock, now
from models.notice import open_notice
from state_machines.actions import reconcile
from state_machines.durable import inbox
from state_machines.durable.operations import pauses
from tasks.queue_keys import list_names
from tests.support.commands import flask
from tests.support.depot import Depot
from tests.support.factories import a_payment, a_refund
from tests.support.operators import Operator
from tests.support.parcel import Announce, Parcel
from tests.support.web import Json, SignIn
from web.routes.admin.machines import machines
from web.routes.admin.overview import figures, overview


@pytest.fixture
def clerk(sign_in: SignIn) -> Iterator[Operator]:
    forget()
    yield Operator(sign_in(roles=["staff"]))
    forget()


def forget() -> None:
    """Forget the figures of this process, as if they had grown old."""
    overview.forget()
    figures.money.forget()
    figures.failed_calls.forget()
    figures.series.forget()


def test_an_empty_shop_has_figures_and_no_complaints(clerk: Operator) -> None:
    shown = clerk.get("/overview")
    assert {figure["name"]: figure["count"]["number"] for figure in shown["failures"]} == {
        "failedActivities": 0, "givingUp": 0, "failedSignals": 0, "unmatchedSignals": 0,
        "failedJobs": 0,
    }  # fmt: skip
    assert (shown["lags"], shown["oldestWaiting"], shown["notices"]) == ([], None, [])
    assert (shown["lastSweep"], shown["lastReconciliation"]) == (None, None)
    assert (shown["moneyToday"], shown["pauses"], shown["lastVerify"]) == ([], [], None)
    assert len(shown["series"]) == 60
    assert [queue["name"] for queue in shown["queues"]][:2] == ["payments", "emails"]
    assert shown["workers"][0]["name"] == "beat"


def test_what_went_wrong_is_counted_with_its_page(
    clerk: Operator, depot: Depot, time: MovableClock
) -> None:
    failed, late = depot.pack("vase", "lamp")
    with transaction() as session:
        session.execute(
            update(ActivityRow)
            .where(ActivityRow.subject_id == failed)
            .values(state=ActivityState.FAILED)
        )
        inbox.store("stripe", [("evt_1", "refund.failed", {})])
        session.execute(update(SignalRow).values(state=SignalState.FAILED))
        open_notice(None, NoticeKind.UNREAD_EVENT, "thin events", subject="v2.core")
        pauses.pause(PauseKind.PROVIDER, "courier", reason="strike", actor="ann")
        session.execute(insert(Sweep).values(id=1, at=now(), allowance=1))
    key = depot.key(late)
    time.advance(seconds=20)
    with transaction():
        newest = reconcile.ensure_reconciliation()
    time.advance(seconds=20)
    shown = clerk.get("/overview")
    counts = {each["name"]: (each["count"]["number"], each["path"]) for each in shown["failures"]}
    assert counts["failedActivities"] == (1, "/console/activities?state=failed")
    assert counts["failedSignals"] == (1, "/console/signals?state=failed")
    oldest = shown["oldestWaiting"]
    assert (oldest["activityId"], oldest["name"]) == (str(key), Announce.name)
    assert (oldest["seconds"], oldest["isPaused"]) == (30, True)
    assert oldest["path"] == f"/console/activities?name={Announce.name}"
    assert shown["notices"][0]["kind"] == "unread_event"
    assert shown["pauses"][0]["reason"] == "strike"
    assert shown["lastSweep"]["seconds"] == 40
    last = shown["lastReconciliation"]
    assert (last["id"], last["state"]) == (str(newest), "Running")


def test_the_money_of_today_is_summed_by_currency(
    clerk: Operator, sign_in: SignIn, time: MovableClock
) -> None:
    paid = {"captured": 5900, "captured_currency": "usd"}
    with transaction():
        a_payment(PaymentState.SUCCESS, **paid)
    time.advance(days=1)
    with transaction():
        payments = [a_payment(PaymentState.SUCCESS, **paid) for _ in range(2)]
        a_payment(PaymentState.DECLINED)
        a_refund(order=payments[0].order, amount=400, state=RefundState.SUBMITTED)
        a_refund(order=payments[0].order, amount=30)
    tomorrow = Operator(sign_in(roles=["staff"]))
    (usd,) = tomorrow.get("/overview")["moneyToday"]
    assert (usd["currency"], usd["captured"], usd["capturedMinor"]) == ("usd", 118, 11800)
    assert (usd["refundedMinor"], usd["payments"]) == (400, 2)
    assert (usd["refundRequested"], usd["refundRequestedMinor"]) == (0.3, 30), "not yet at the bank"


def test_failed_calls_are_ranked_by_name_and_error(clerk: Operator, depot: Depot) -> None:
    errors = {
        "vase": "Stripe: 402 card_declined, request req_8XbK12zq",
        "lamp": "Stripe: 402 card_declined, request req_0Qm77aTb",
        "bowl": "Stripe: 500 api_error",
    }
    for label, error in errors.items():
        (parcel,) = depot.pack(label)
        with transaction() as session:
            these = update(ActivityRow).where(ActivityRow.subject_id == parcel)
            session.execute(these.values(state=ActivityState.FAILED, last_error=error))
    first, second = clerk.get("/overview")["failedCalls"]
    assert (first["name"], first["error"]) == (
        "test.announce",
        "Stripe: 402 card_declined, request …",
    )
    assert first["count"] == {"number": 2, "isExact": True}
    assert (second["error"], second["count"]["number"]) == (errors["bowl"], 1)
    for group in (first, second):
        listed = clerk.get(group["path"].removeprefix("/console"))
        assert len(listed["items"]) == group["count"]["number"]


def test_each_minute_has_its_events(clerk: Operator, depot: Depot, time: MovableClock) -> None:
    depot.pack("vase", "lamp")
    before = clerk.get("/overview")["series"]
    assert before[-1]["transitions"] == 2
    time.advance(minutes=1)
    depot.pack("bowl")
    overview.forget()
    shown = clerk.get("/overview")
    assert [minute["transitions"] for minute in shown["series"][-3:]] == [0, 2, 1]
    assert shown["rates"]["transitions"] == 2
    time.advance(minutes=3)
    overview.forget()
    later = clerk.get("/overview")["series"]
    assert [minute["transitions"] for minute in later[-5:]] == [2, 1, 0, 0, 0]


def test_many_consoles_share_the_figures_of_a_process(clerk: Operator, shop: Flask) -> None:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    with shop.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        clerk.get("/overview")
        first = len(statements)
        statements.clear()
        for _ in range(20):
            clerk.get("/overview")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert first > 10
    assert len(statements) <= 20 * 2, "each request reads the caller's session only"


def test_a_recorded_verification_is_shown(clerk: Operator, shop: Flask) -> None:
    assert flask(shop, "machines", "verify").exit_code == 0
    assert clerk.get("/overview")["lastVerify"] is None
    assert flask(shop, "machines", "verify", "--record").exit_code == 0
    overview.forget()
    assert clerk.get("/overview")["lastVerify"]["differences"] == 0


def test_a_machine_shows_the_differences_that_the_last_verification_found(
    clerk: Operator, shop: Flask, depot: Depot
) -> None:
    def shown() -> Json:
        machines.forget()
        return {machine["name"]: machine["verify"] for machine in clerk.get("/machines")}

    assert shown()["order"] is None
    (parcel, _) = depot.pack("vase", "lamp")
    with transaction() as session:
        session.execute(update(Parcel).where(Parcel.id == parcel).values(version=7))
    assert flask(shop, "machines", "verify", "--record").exit_code == 1
    differences = {name: result["differences"] for name, result in shown().items()}
    assert (differences["test_parcel"], differences["order"]) == (1, 0)


def test_the_lists_of_the_queues_are_those_of_the_broker() -> None:
    for queue in ("payments", "sweep"):
        assert list(redis_url.queue_lists(queue)) == list_names(queue)
