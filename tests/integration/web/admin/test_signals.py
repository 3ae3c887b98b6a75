"""Operators see the inbox, and replay signals that were not applied."""

from uuid import UUID, uuid4

from sqlalchemy import null, select, update

from models import AuditRow, SignalRow, SignalState, transaction
from state_machines.durable import inbox
from tests.support.operators import Operator, field_of
from tests.support.web import SignIn


def store(*external_ids: str, state: SignalState = SignalState.FAILED) -> list[UUID]:
    """Store signals in this state, and return their ids."""
    with transaction() as session:
        inbox.store("stripe", [(key, "refund.failed", {"id": key}) for key in external_ids])
        here = SignalRow.external_id.in_(external_ids)
        session.execute(update(SignalRow).where(here).values(state=state))
        return list(session.scalars(select(SignalRow.id).where(here).order_by(SignalRow.id)))


def test_the_inbox_is_listed_newest_first_by_state_source_and_kind(staff: Operator) -> None:
    failed = store("evt_1", "evt_2", "evt_3")
    store("evt_4", state=SignalState.APPLIED)
    first = staff.get("/signals", state="failed", size=2)
    rest = staff.get("/signals", state="failed", size=2, cursor=first["next"])
    listed = [item["id"] for item in first["items"] + rest["items"]]
    assert listed == [str(key) for key in reversed(failed)]
    assert first["count"] == {"number": 3, "isExact": True}
    assert first["items"][0]["canReplay"]
    (applied,) = staff.get("/signals", state="applied")["items"]
    assert (applied["externalId"], applied["canReplay"]) == ("evt_4", False)
    assert len(staff.get("/signals", source="stripe", kind="refund.failed")["items"]) == 4
    assert staff.get("/signals", source="sendgrid")["items"] == []
    assert field_of(staff.get("/signals", 422, state="lost")) == "state"


def test_only_an_admin_sees_the_payload(staff: Operator, sign_in: SignIn) -> None:
    (key,) = store("evt_1")
    shown = staff.get(f"/signals/{key}")
    assert (shown["payload"], shown["hasPayload"]) == (None, True)
    boss = Operator(sign_in(roles=["admin"]))
    assert boss.get(f"/signals/{key}")["payload"] == {"id": "evt_1"}
    staff.get(f"/signals/{uuid4()}", 404)


def test_a_failed_signal_is_replayed_once(staff: Operator) -> None:
    (key,) = store("evt_1")
    shown = staff.post(f"/signals/{key}/replay", {"reason": "the code is corrected"})
    assert (shown["state"], shown["attempts"]) == ("stored", 0)
    assert "nothing to replay" in staff.post(f"/signals/{key}/replay", status=409)["detail"]
    staff.post(f"/signals/{uuid4()}/replay", status=404)
    with transaction() as session:
        (audit,) = session.scalars(select(AuditRow))
    assert (audit.actor, audit.action) == (staff.id, "signals replay")
    assert audit.details == {"reason": "the code is corrected"}


def test_a_signal_without_its_payload_cannot_be_replayed(staff: Operator) -> None:
    (key,) = store("evt_1")
    with transaction() as session:
        session.execute(update(SignalRow).values(payload=null()))
    assert not staff.get(f"/signals/{key}")["canReplay"]
    assert "too old" in staff.post(f"/signals/{key}/replay", status=409)["detail"]
