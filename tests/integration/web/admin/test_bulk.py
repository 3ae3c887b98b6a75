"""An admin tries a change of many rows, confirms its number, and follows the job."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from models import ActivityRow, ActivityState, AuditRow, Bulk, transaction
from models.clock import MovableClock
from state_machines.durable import executor
from tasks.bulk import Work
from tests.support.console import ABSENT, needs_step_up, sign_in_long_ago
from tests.support.depot import Depot
from tests.support.operators import Operator, field_of
from tests.support.parcel import Announce, Courier
from tests.support.web import Json, SignIn
from web.routes.admin.bulk_token import LIFETIME

RETRY = {"action": "activities.retry", "filter": {"name": Announce.name}, "dryRun": True}


def fail(depot: Depot, *labels: str) -> list[UUID]:
    parcels = depot.pack(*labels)
    with transaction() as session:
        session.execute(
            update(ActivityRow)
            .where(ActivityRow.subject_id.in_(parcels))
            .values(state=ActivityState.FAILED, last_error="busy")
        )
    return parcels


def confirm(token: str, count: int, **fields: object) -> Json:
    return {"token": token, "typedCount": count, "reason": "the courier is back"} | fields


def work() -> None:
    """Do all batches of all jobs, as a worker does."""
    while True:
        with transaction() as session:
            pending = ActivityRow.name == Work.name, ActivityRow.state == ActivityState.PENDING
            keys = session.scalars(select(ActivityRow.id).where(*pending)).all()
        if not keys:
            return
        executor.run(Work.name, keys)


def count_jobs() -> int:
    with transaction() as session:
        return len(session.scalars(select(Bulk.id)).all())


def test_a_dry_run_a_typed_count_and_a_result_for_each_row(boss: Operator, depot: Depot) -> None:
    parcels = fail(depot, "vase", "lamp", "bowl")
    tried = boss.post("/bulk", RETRY)
    assert (tried["count"], tried["kinds"]) == (3, {Announce.name: 3})
    assert [example["lastError"] for example in tried["examples"]] == ["busy"] * 3
    assert (count_jobs(), depot.activity(parcels[0]).state) == (0, "failed")

    job = boss.post("/bulk", confirm(tried["token"], 3), 201)
    assert (job["state"], job["total"], job["waiting"]) == ("Running", 3, 3)
    assert (job["actorEmail"], job["reason"]) == (boss.email, "the courier is back")
    work()
    done = boss.get(f"/bulk/{job['id']}")
    assert (done["state"], done["changed"], done["waiting"]) == ("Done", 3, 0)
    results = boss.get(f"/bulk/{job['id']}/results", state="changed", size=2)
    rest = boss.get(f"/bulk/{job['id']}/results", size=2, cursor=results["next"])
    assert len(results["items"] + rest["items"]) == 3
    assert {depot.activity(parcel).state for parcel in parcels} == {"pending"}
    assert [item["id"] for item in boss.get("/bulk")["items"]] == [job["id"]]
    with transaction() as session:
        audits = session.execute(select(AuditRow.actor, AuditRow.action).order_by(AuditRow.id))
        assert [tuple(row) for row in audits] == [
            (boss.id, "bulk begin"), (boss.id, "activities retry"),
        ]  # fmt: skip


def test_the_same_token_begins_one_job(boss: Operator, depot: Depot) -> None:
    fail(depot, "vase")
    token = boss.post("/bulk", RETRY)["token"]
    first = boss.post("/bulk", confirm(token, 1), 201)
    again = boss.post("/bulk", confirm(token, 1), 200)
    assert (again["id"], count_jobs()) == (first["id"], 1)


def test_a_token_serves_its_owner_for_a_while_and_with_its_count(
    boss: Operator, sign_in: SignIn, depot: Depot, time: MovableClock
) -> None:
    fail(depot, "vase", "lamp")
    token = boss.post("/bulk", RETRY)["token"]
    for body, field in (
        (confirm(token, 1), "typedCount"),
        (confirm(f"x{token}", 2), "token"),
        (confirm("é", 2), "token"),
        (confirm(token, 2, reason=""), "reason"),
        ({"token": token, "typedCount": 2}, "reason"),
        ({"token": token, "reason": "x"}, "typedCount"),
        ({}, "token"),
    ):
        assert field_of(boss.post("/bulk", body, 422)) == field
    other = Operator(sign_in(roles=["admin"]))
    assert field_of(other.post("/bulk", confirm(token, 2), 422)) == "token"
    time.advance(minutes=LIFETIME / timedelta(minutes=1))
    assert "has expired" in boss.post("/bulk", confirm(token, 2), 422)["detail"]
    assert count_jobs() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "activities.retry", "filter": {}}, "filter"),
        ({"filter": {"name": "x"}}, "action"),
        ({"action": "activities.retry", "filter": {"name": "test.weigh"}}, "filter.name"),
        ({"action": "activities.paint"}, "action"),
        ({"action": "activities.retry", "filter": {"colour": "red"}}, "filter.colour"),
        ({"action": "activities.retry", "filter": {"machine": "parsel"}}, "filter.machine"),
        ({"action": "activities.retry", "filter": {"since": "2026-01-01"}}, "filter.since"),
        # These would be seconds since 1970, and so nearly all rows.
        ({"action": "activities.retry", "filter": {"since": 2026}}, "filter.since"),
        ({"action": "activities.retry", "filter": {"since": "20260101"}}, "filter.since"),
        (
            {"action": "signals.replay",
             "filter": {"since": "2027-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}},
            "filter.since",
        ),
        ({"action": "signals.replay", "filter": {"state": "lazy"}}, "filter.state"),
        # A filter of another action would narrow nothing.
        ({"action": "activities.abandon", "filter": {"olderThan": "30d"}}, "filter.olderThan"),
        ({"action": "signals.replay", "filter": {"name": "x"}}, "filter.name"),
        (
            {"action": "machines.signal", "signal": "collect",
             "filter": {"machine": "test_parcel", "state": "Packed", "subject": ABSENT}},
            "filter.subject",
        ),
        ({"action": "activities.retry", "ids": []}, "ids"),
        ({"action": "activities.retry", "ids": ["vase"]}, "ids.0"),
        (
            {"action": "machines.signal", "signal": "collect",
             "filter": {"machine": "test_parcel", "state": "Lazy"}},
            "filter.state",
        ),
        (
            {"action": "machines.signal", "signal": "paint",
             "filter": {"machine": "test_parcel", "state": "Packed"}},
            "signal",
        ),
        (
            {"action": "machines.signal", "signal": "collect",
             "filter": {"machine": "test_parcel", "state": "Packed", "olderThan": "soon"}},
            "filter.olderThan",
        ),
    ],
)  # fmt: skip
def test_a_bad_dry_run_is_named(boss: Operator, body: Json, field: str) -> None:
    assert field_of(boss.post("/bulk", body | {"dryRun": True}, 422)) == field


def test_nothing_begins_when_no_row_matches_any_more(boss: Operator, depot: Depot) -> None:
    fail(depot, "vase")
    token = boss.post("/bulk", RETRY)["token"]
    with transaction() as session:
        session.execute(update(ActivityRow).values(state=ActivityState.ABANDONED))
    assert "No row matches" in boss.post("/bulk", confirm(token, 1), 409)["detail"]
    assert count_jobs() == 0


def test_a_job_is_paused_resumed_and_cancelled_once_each(boss: Operator, depot: Depot) -> None:
    fail(depot, "vase")
    token = boss.post("/bulk", RETRY)["token"]
    path = f"/bulk/{boss.post('/bulk', confirm(token, 1), 201)['id']}"
    assert boss.post(f"{path}/pause", {"reason": "lunch"})["state"] == "Paused"
    assert "no arrow for pause" in boss.post(f"{path}/pause", status=409)["detail"]
    work()
    assert boss.get(path)["waiting"] == 1
    assert boss.post(f"{path}/resume")["state"] == "Running"
    assert boss.post(f"{path}/cancel")["state"] == "Cancelled"
    boss.post(f"{path}/cancel", status=409)
    missing = "/bulk/0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11"
    boss.post(f"{missing}/pause", status=404)
    boss.get(missing, 404)
    boss.get(f"{missing}/results", 404)


def test_executions_of_a_state_get_a_signal(
    boss: Operator, depot: Depot, courier: Courier, time: MovableClock
) -> None:
    old = depot.pack("vase")[0]
    depot.run(old)
    time.advance(minutes=5)
    young = depot.pack("lamp")[0]
    depot.run(young)
    filters = {"machine": "test_parcel", "state": "Announced", "olderThan": "3m"}
    body = {"action": "machines.signal", "signal": "collect", "filter": filters, "dryRun": True}
    tried = boss.post("/bulk", body)
    assert (tried["count"], tried["kinds"]) == (1, {"Announced": 1})
    boss.post("/bulk", confirm(tried["token"], 1), 201)
    work()
    assert [depot.state(parcel) for parcel in (old, young)] == ["Collected", "Announced"]
    last = depot.history(old)[-1]
    assert (last.actor, last.reason) == (boss.id, "the courier is back")


def test_signals_to_many_need_a_recent_sign_in(
    sign_in: SignIn, depot: Depot, courier: Courier
) -> None:
    parcel = depot.pack("vase")[0]
    depot.run(parcel)
    person = sign_in(roles=["admin"])
    filters = {"machine": "test_parcel", "state": "Announced"}
    body = {"action": "machines.signal", "signal": "collect", "filter": filters, "dryRun": True}
    token = Operator(person).post("/bulk", body)["token"]
    sign_in_long_ago(person)
    answer = person.client.post("/admin/bulk", json=confirm(token, 1), headers=person.headers)
    assert needs_step_up(answer)
    assert count_jobs() == 0


def test_chosen_activities_are_cancelled_by_their_ids(
    boss: Operator, depot: Depot, courier: Courier
) -> None:
    vase, lamp, bowl = depot.pack("vase", "lamp", "bowl")
    ids = [str(depot.key(parcel)) for parcel in (vase, bowl)]
    tried = boss.post("/bulk", {"action": "activities.cancel", "ids": ids, "dryRun": True})
    boss.post("/bulk", confirm(tried["token"], 2), 201)
    work()
    assert [depot.state(parcel) for parcel in (vase, lamp, bowl)] == ["Lost", "Packed", "Lost"]
