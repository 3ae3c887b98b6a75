"""Operators pause calls, resume and limit them."""

import re

import pytest
from sqlalchemy import select

from launch.stack import ROOT
from models import AuditRow, transaction
from models.clock import MovableClock
from state_machines.durable import executor
from tests.support.depot import Depot
from tests.support.operators import Operator, field_of
from tests.support.parcel import Announce, Courier
from tests.support.web import SignIn

WORDS = ROOT / "frontend/src/console/controls/targets.ts"
PAUSE = {"kind": "provider", "name": "courier", "reason": "they are on strike"}


def actions() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_a_pause_holds_back_calls_until_it_ends(
    boss: Operator, depot: Depot, courier: Courier
) -> None:
    (parcel,) = depot.pack("vase")
    shown = boss.post("/controls/pause", PAUSE)
    (pause,) = shown["pauses"]
    assert (pause["reason"], pause["actorEmail"]) == (PAUSE["reason"], boss.email)
    assert (pause["activities"], pause["waiting"]["number"]) == ([Announce.name], 1)
    assert executor.run(Announce.name, [depot.key(parcel)]) == 0
    assert "paused already" in boss.post("/controls/pause", PAUSE, 409)["detail"]
    resumed = {"kind": "provider", "name": "courier"}
    assert boss.post("/controls/resume", resumed)["pauses"] == []
    assert executor.run(Announce.name, [depot.key(parcel)]) == 1
    assert "is not paused" in boss.post("/controls/resume", resumed, 409)["detail"]
    assert actions() == ["control pause", "control resume"]


def test_deadlines_that_waited_get_their_full_interval_again(
    boss: Operator, depot: Depot, time: MovableClock
) -> None:
    (parcel,) = depot.pack("vase")
    boss.post("/controls/pause", PAUSE)
    before = depot.parcel(parcel).deadline_at
    time.advance(minutes=9)
    boss.post("/controls/resume", {"kind": "provider", "name": "courier"})
    after = depot.parcel(parcel).deadline_at
    assert before is not None
    assert after is not None
    assert after > before
    with transaction() as session:
        query = select(AuditRow.details).where(AuditRow.action == "control resume")
        (details,) = session.scalars(query)
    assert details["counts"] == {"deadlines": 1}


def test_a_limit_is_set_replaced_and_removed(boss: Operator) -> None:
    path = "/controls/limits/courier"
    body = {"perSecond": 2.5, "burst": 4, "reason": "they asked for it"}
    (limit,) = boss.send("PUT", path, body, 200).get_json()["limits"]
    assert (limit["perSecond"], limit["burst"], limit["atOnce"]) == (2.5, 4, None)
    assert boss.send("PUT", path, body, 200).get_json()["limits"] == [limit]
    assert actions() == ["control limit"], "the same figures are no change"
    (limit,) = boss.send("PUT", path, {"atOnce": 3, "reason": "fewer"}, 200).get_json()["limits"]
    assert (limit["perSecond"], limit["atOnce"]) == (None, 3)
    assert boss.get("/controls")["limits"] == [limit]
    assert boss.send("DELETE", f"{path}?reason=enough", None, 200).get_json()["limits"] == []
    boss.send("DELETE", f"{path}?reason=enough", None, 409)
    assert actions() == ["control limit"] * 3


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/controls/pause", PAUSE | {"name": "curier"}, "name"),
        ("POST", "/controls/pause", PAUSE | {"kind": "weather"}, "kind"),
        ("POST", "/controls/pause", PAUSE | {"reason": ""}, "reason"),
        ("PUT", "/controls/limits/curier", {"atOnce": 1, "reason": "x"}, "provider"),
        ("PUT", "/controls/limits/courier", {"atOnce": 0, "reason": "x"}, "atOnce"),
        ("PUT", "/controls/limits/courier", {"perSecond": 1}, "reason"),
        ("DELETE", "/controls/limits/courier", {}, "reason"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    boss: Operator, method: str, path: str, body: dict[str, object], field: str
) -> None:
    assert field_of(boss.send(method, path, body, 422).get_json()) == field
    shown = boss.get("/controls")
    assert (shown["pauses"], shown["limits"], actions()) == ([], [], [])


def test_a_limit_needs_a_figure(boss: Operator) -> None:
    for body in ({"reason": "x"}, {"burst": 3, "atOnce": 1, "reason": "x"}):
        refused = boss.send("PUT", "/controls/limits/courier", body, 422).get_json()
        (problem,) = refused["errors"]
        assert (problem["field"], "perSecond" in problem["message"]) == ("perSecond", True)
        assert refused["detail"] == "Invalid fields: perSecond"


def test_everything_that_can_be_paused_is_listed(sign_in: SignIn) -> None:
    targets = Operator(sign_in(roles=["staff"])).get("/controls")["targets"]
    for kind, name in (("activity", "payments.create_intent"), ("queue", "emails"),
                       ("provider", "stripe")):  # fmt: skip
        assert {"kind": kind, "name": name} in targets


def test_the_console_says_what_each_activity_does_before_it_is_paused(sign_in: SignIn) -> None:
    targets = Operator(sign_in(roles=["staff"])).get("/controls")["targets"]
    names = {target["name"] for target in targets if target["kind"] == "activity"}
    names -= {Announce.name}
    described = re.findall(r"^  '([a-z_.]+)':", WORDS.read_text(), re.MULTILINE)
    assert set(described) == names
