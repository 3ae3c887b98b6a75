"""Operators see the calls to providers, and run, retry, abandon or cancel them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from models import ActivityRow, ActivityState, AuditRow, reading, transaction
from models.clock import now
from models.keyset import MAX_SCANNED_ROWS
from state_machines.durable import NonRetryableError, sweep
from tests.support.depot import Depot
from tests.support.operators import Operator, field_of
from tests.support.parcel import Announce, Courier

MISSING = "/activities/0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11"


def change(parcel: UUID, **values: object) -> None:
    with transaction() as session:
        session.execute(
            update(ActivityRow).where(ActivityRow.subject_id == parcel).values(**values)
        )


def fail(depot: Depot, *labels: str) -> list[UUID]:
    parcels = depot.pack(*labels)
    for parcel in parcels:
        change(parcel, state=ActivityState.FAILED, last_error="busy 100%", attempts=3)
    return parcels


def audits() -> list[AuditRow]:
    with transaction() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_list_goes_on_by_its_cursor_and_counts_what_an_index_has(
    staff: Operator, depot: Depot
) -> None:
    parcels = fail(depot, "vase", "lamp", "bowl")
    depot.pack("tray")
    first = staff.get("/activities", state="failed", size=2)
    assert first["count"] == {"number": 3, "isExact": True}
    rest = staff.get("/activities", state="failed", size=2, cursor=first["next"])
    assert rest["next"] is None
    listed = [item["subjectId"] for item in first["items"] + rest["items"]]
    # Rows of one microsecond have no order.
    assert sorted(listed) == sorted(map(str, parcels))
    assert len(staff.get("/activities")["items"]) == 4
    assert staff.get("/activities")["count"] is None


def test_each_filter_narrows_the_list(staff: Operator, depot: Depot) -> None:
    vase, lamp = fail(depot, "vase")[0], depot.pack("lamp")[0]
    change(lamp, unknown_outcomes=1, name="emails.order_shipped")
    queries: list[tuple[dict[str, Any], UUID]] = [
        ({"subject": str(vase)}, vase),
        ({"name": Announce.name}, vase),
        ({"error": "100%"}, vase),
        ({"maybeSent": "true"}, lamp),
        ({"machine": "test_parcel", "state": "pending"}, lamp),
    ]
    for query, parcel in queries:
        (item,) = staff.get("/activities", **query)["items"]
        assert item["subjectId"] == str(parcel), query
    assert staff.get("/activities", givingUp="true")["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "lazy"}, "state"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"size": 201}, "size"),
        ({"subject": "vase"}, "subject"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_query_is_named(staff: Operator, query: dict[str, object], field: str) -> None:
    assert field_of(staff.get("/activities", 422, **query)) == field


def test_one_activity_shows_its_attempts_and_what_may_be_done(
    staff: Operator, depot: Depot
) -> None:
    (parcel,) = fail(depot, "vase")
    shown = staff.get(f"/activities/{depot.key(parcel)}")
    assert (shown["attempts"], shown["maxAttempts"]) == (3, 3)
    assert (shown["queue"], shown["provider"], shown["payload"]) == ("depot", "courier", {})
    assert shown["allowed"] == ["retry", "abandon"]
    assert shown["links"][0]["url"] == f"/console/executions/test_parcel/{parcel}"
    staff.get(MISSING, 404)
    assert Announce.name in [item["name"] for item in staff.get("/activities/names")["items"]]


def test_a_waiting_activity_runs_now(staff: Operator, depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    change(parcel, state=ActivityState.WAITING, due_at=now() + timedelta(hours=1))
    key = depot.key(parcel)
    assert sweep.due_activities() == []
    shown = staff.post(f"/activities/{key}/run-now", {"reason": "the courier is here"})
    assert shown["state"] == "waiting"
    assert sweep.due_activities() == [(Announce.name, key)]
    assert "is pending" in staff.post(f"/activities/{key}/run-now", status=409)["detail"]
    (audit,) = audits()
    assert (audit.actor, audit.action, audit.subject) == (staff.id, "activities run-now", str(key))


def test_an_activity_that_is_due_keeps_its_place_when_it_is_asked_for(
    staff: Operator, depot: Depot
) -> None:
    vase, lamp = depot.pack("vase", "lamp")
    for parcel, minutes in ((vase, 2), (lamp, 1)):
        due = now() - timedelta(minutes=minutes)
        change(parcel, state=ActivityState.WAITING, due_at=due)
    for _ in range(2):
        staff.post(f"/activities/{depot.key(vase)}/run-now")
    with reading() as session:
        rows = session.scalars(select(ActivityRow).order_by(ActivityRow.due_at))
        assert [row.subject_id for row in rows] == [vase, lamp]


def test_an_activity_that_gave_up_has_no_call_to_run_now(staff: Operator, depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    untold = {"error": "no such street", "permanent": True, "failures": 3}
    change(parcel, state=ActivityState.WAITING, giving_up=untold)
    path = f"/activities/{depot.key(parcel)}"
    assert "run-now" not in staff.get(path)["allowed"]
    assert "has given up" in staff.post(f"{path}/run-now", status=409)["detail"]


def test_a_failed_activity_is_retried_once(staff: Operator, depot: Depot) -> None:
    (parcel,) = fail(depot, "vase")
    path = f"/activities/{depot.key(parcel)}/retry"
    shown = staff.post(path)
    assert (shown["state"], shown["attempts"], shown["allowed"]) == ("pending", 0, ["cancel"])
    assert "not failed" in staff.post(path, status=409)["detail"]
    assert [row.action for row in audits()] == ["activities retry"]
    timeline = staff.get(f"/executions/test_parcel/{parcel}")["timeline"]
    retried = [entry for entry in timeline if entry["kind"] == "audit"]
    assert [(entry["title"], entry["actorEmail"]) for entry in retried] == [
        ("activities retry", staff.email)
    ]


def test_an_activity_that_has_no_call_to_make_is_abandoned_with_a_reason(
    boss: Operator, depot: Depot, courier: Courier
) -> None:
    (parcel,) = depot.pack("vase")
    courier.trouble["vase"] = NonRetryableError("no such street")
    depot.run(parcel)
    path = f"/activities/{depot.key(parcel)}"
    refused = boss.post(f"{path}/retry", status=409)
    assert "has no call to make: its test_parcel is Lost" in refused["detail"]
    for reason in (None, "", "  ", "x" * 501, 7):
        body = {} if reason is None else {"reason": reason}
        assert field_of(boss.post(f"{path}/abandon", body, 422)) == "reason"
    assert audits() == []
    assert boss.post(f"{path}/abandon", {"reason": "it moved"})["state"] == "abandoned"


def test_the_machine_of_a_cancelled_activity_knows(
    boss: Operator, depot: Depot, courier: Courier
) -> None:
    (parcel,) = depot.pack("vase")
    change(parcel, unknown_outcomes=1)
    path, body = f"/activities/{depot.key(parcel)}/cancel", {"reason": "it moved"}
    assert "may have been carried out" in boss.post(path, body, 409)["detail"]
    assert boss.post(path, {**body, "maybeSent": True})["state"] == "failed"
    assert depot.state(parcel) == "Lost"
    last = depot.history(parcel)[-1]
    assert last.actor == boss.id
    assert last.cause.startswith("request:")


def test_a_running_activity_is_not_cancelled(boss: Operator, depot: Depot) -> None:
    (parcel,) = depot.pack("vase")
    depot.claim(parcel)
    path = f"/activities/{depot.key(parcel)}"
    assert "A worker runs" in boss.post(f"{path}/cancel", {"reason": "late"}, 409)["detail"]
    assert boss.get(path)["allowed"] == []


def test_an_unknown_activity_is_not_found(boss: Operator) -> None:
    for action in ("run-now", "retry", "abandon", "cancel"):
        boss.post(f"/activities/{uuid4()}/{action}", {"reason": "why not"}, 404)
    assert audits() == []


def test_a_rare_error_among_very_many_failures_is_found_page_by_page(
    staff: Operator, depot: Depot
) -> None:
    (parcel,) = fail(depot, "vase")
    many = text(
        """
        INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes,
            due_at, payload, created_at, last_error)
        SELECT ('ffffffff-ffff-7fff-8fff-' || lpad(n::text, 12, '0'))::uuid, name, machine,
            subject_id, 'failed', 1, 0, due_at, '{}', created_at, 'sold out'
        FROM activity, generate_series(1, :number) n
        """
    )
    with transaction() as session:
        session.execute(many, {"number": MAX_SCANNED_ROWS})
    first = staff.get("/activities", state="failed", error="busy")
    assert (first["items"], first["count"]) == ([], None)
    rest = staff.get("/activities", state="failed", error="busy", cursor=first["next"])
    assert [item["subjectId"] for item in rest["items"]] == [str(parcel)]
    assert rest["next"] is None
    everything = staff.get("/activities", state="failed")
    assert everything["count"] == {"number": 1000, "isExact": False}
