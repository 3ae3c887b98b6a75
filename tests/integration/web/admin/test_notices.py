"""Operators see the notices with advice, and settle by hand those that nothing else settles."""

from uuid import UUID, uuid4

from sqlalchemy import select

from models import AuditRow, Notice, NoticeKind, transaction
from models.notice import open_notice
from tests.support.factories import an_order
from tests.support.operators import Operator, field_of
from web.schemas.admin.notices import ADVICE


def note(kind: NoticeKind) -> UUID:
    with transaction() as session:
        order = an_order()
        open_notice(order.id, kind, "please decide")
        return session.scalars(select(Notice.id).where(Notice.order_id == order.id)).one()


def test_open_notices_are_listed_with_advice_until_they_are_settled(staff: Operator) -> None:
    bounced, mispaid = note(NoticeKind.UNDELIVERED), note(NoticeKind.MISPAID)
    listed = staff.get("/notices", open="true")
    assert [item["id"] for item in listed["items"]] == [str(mispaid), str(bounced)]
    assert listed["count"] == {"number": 2, "isExact": True}
    assert listed["items"][1]["advice"].startswith("Contact the customer")
    for item in listed["items"]:
        number = item["orderId"][-8:].upper()
        assert [link["label"] for link in item["links"]] == [f"Order {number}"]
    assert [item["canSettle"] for item in listed["items"]] == [False, True]
    settled = staff.post(f"/notices/{bounced}/settle", {"reason": "we have called them"})
    assert settled["settledAt"] is not None
    assert [item["id"] for item in staff.get("/notices", open="false")["items"]] == [str(bounced)]
    assert len(staff.get("/notices", kind="mispaid")["items"]) == 1
    with transaction() as session:
        (audit,) = session.scalars(select(AuditRow))
    assert (audit.action, audit.subject) == ("notices settle", str(bounced))


def test_a_notice_is_settled_once_and_some_kinds_only_by_what_they_are_about(
    staff: Operator,
) -> None:
    bounced, mispaid = note(NoticeKind.UNDELIVERED), note(NoticeKind.MISPAID)
    body = {"reason": "done"}
    staff.post(f"/notices/{bounced}/settle", body)
    assert "settled already" in staff.post(f"/notices/{bounced}/settle", body, 409)["detail"]
    assert "Accept the order" in staff.post(f"/notices/{mispaid}/settle", body, 409)["detail"]
    staff.post(f"/notices/{uuid4()}/settle", body, 404)
    assert field_of(staff.post(f"/notices/{mispaid}/settle", {}, 422)) == "reason"
    assert len(staff.get("/notices", open="true")["items"]) == 1


def test_there_is_advice_for_every_kind() -> None:
    assert ADVICE.keys() == set(NoticeKind)
