"""The audit in the console: who did what, by filters, page by page, and as a harmless file."""

import csv
from datetime import timedelta, timezone
from io import StringIO

import pytest

from models import transaction
from models.audit import audit, audit_denial
from models.clock import MovableClock
from tests.support.console import assert_names
from tests.support.web import Person
from web.schemas.base import NO_TIME


def write(*rows: tuple[str, str, str | None]) -> None:
    for actor, action, subject in rows:
        with transaction():
            audit(actor, action, subject, reason="=1+1")


def subjects(person: Person, **filters: str) -> list[str]:
    answer = person.client.get("/admin/audit", query_string=filters, headers=person.headers)
    assert answer.status_code == 200, answer.get_json()
    return [row["subject"] for row in answer.get_json()["items"]]


def test_the_audit_is_filtered(clerk: Person, admin: Person, ann: Person) -> None:
    by = str(admin.user.id)
    write((by, "orders ship", "a"), ("root (host)", "orders refund", "b"), (by, "users grant", "c"))
    write((by, "users suspend", str(ann.user.id)))
    assert sorted(subjects(clerk, actor=by)) == sorted([str(ann.user.id), "c", "a"])
    assert len(subjects(clerk, actor=admin.user.email.upper())) == 3
    assert subjects(clerk, actor="root (host)") == ["b"]
    assert sorted(subjects(clerk, action="orders")) == ["a", "b"]
    assert subjects(clerk, action="orders ship", subject="a") == ["a"]
    assert subjects(clerk, action="%") == []
    (row,) = clerk.get("/admin/audit?action=users suspend").get_json()["items"]
    assert (row["actorEmail"], row["subjectEmail"]) == (admin.user.email, ann.user.email)


def test_the_audit_is_read_by_its_times(clerk: Person, time: MovableClock) -> None:
    start = time()
    for name in "abc":
        write(("x", "orders ship", name))
        time.advance(minutes=1)
    later = start + timedelta(minutes=1)
    assert subjects(clerk, since=later.isoformat()) == ["c", "b"]
    assert subjects(clerk, until=later.isoformat()) == ["a"]
    assert subjects(clerk, since=later.isoformat(), until=later.isoformat()) == []


def test_a_denial_is_in_the_minutes_in_which_it_happened(clerk: Person, time: MovableClock) -> None:
    # Late in the hour; the token expires after 15 minutes.
    time.advance(minutes=min(14, 59 - time().minute))
    audit_denial("x", "GET /admin/users", 403)
    since = time() - timedelta(minutes=1)
    assert subjects(clerk, since=since.isoformat()) == ["GET /admin/users"]
    # Some zones differ from UTC by half an hour, so that their hours begin in the middle of ours.
    for minutes in (15, 30, 45):
        zone = timezone(timedelta(hours=5, minutes=minutes))
        local = since.astimezone(zone).isoformat()
        assert subjects(clerk, since=local) == ["GET /admin/users"], local


# Numbers are no seconds since 1970, from which a search would begin by mistake.
@pytest.mark.parametrize(
    "odd", ["2026", "20261129", "-1", "now", "2026-11-29", "2026-02-30T00:00Z"]
)
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_time_is_no_number_and_has_a_zone(clerk: Person, name: str, odd: str) -> None:
    query = {name: odd}
    answer = clerk.client.get("/admin/audit", query_string=query, headers=clerk.headers)
    (problem,) = answer.get_json()["errors"]
    assert (problem["field"], problem["message"]) == (name, NO_TIME)


@pytest.mark.parametrize(
    "since", ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("until", ["9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59-14:00"])
def test_no_time_is_too_early_or_too_late_for_a_filter(
    clerk: Person, admin: Person, since: str, until: str
) -> None:
    write(("x", "orders ship", "a"))
    assert subjects(clerk, since=since, until=until) == ["a"]
    assert subjects(clerk, until=since) == subjects(clerk, since=until) == []
    export = admin.client.get(
        "/admin/audit.csv", query_string={"since": since}, headers=admin.headers
    )
    assert export.status_code == 200


def test_pages_are_the_whole_audit(clerk: Person) -> None:
    write(*(("x", "orders ship", str(number)) for number in range(7)))
    seen, cursor = [], ""
    while cursor is not None:
        page = clerk.get(f"/admin/audit?size=3{cursor and f'&cursor={cursor}'}").get_json()
        assert page["count"] == {"number": 7, "isExact": True}
        seen += [row["subject"] for row in page["items"]]
        cursor = page["next"]
    # Rows of one microsecond have no order.
    assert sorted(seen) == list("0123456")


@pytest.mark.parametrize(
    ("query", "field"),
    [("cursor=x", "cursor"), ("size=201", "size"), ("since=yesterday", "since"),
     ("since=2026-11-28T10:00:00", "since"), ("until=x", "until"), ("actor=", "actor"),
     ("who=ann", "who")],
)  # fmt: skip
def test_a_bad_filter_is_named(clerk: Person, admin: Person, query: str, field: str) -> None:
    assert_names(clerk.get(f"/admin/audit?{query}"), field)
    if field != "size":
        assert_names(admin.get(f"/admin/audit.csv?{query}"), field)


def test_the_export_is_harmless_in_a_spreadsheet(clerk: Person, admin: Person) -> None:
    write(("=cmd()", "orders ship", "+1"), ("@sum", "-x", " =y"), ("\tz", "a,b", '"q"\r\nrow'))
    assert clerk.get("/admin/audit.csv").status_code == 403
    answer = admin.get("/admin/audit.csv?action=orders")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    (header, row) = csv.reader(StringIO(answer.text))
    assert header[2:6] == ["actor", "actorEmail", "action", "subject"]
    assert (row[2], row[5], row[7]) == ("'=cmd()", "'+1", '{"reason": "=1+1"}')
    rows = list(csv.reader(StringIO(admin.get("/admin/audit.csv").text)))[1:]
    cells = [cell for line in rows for cell in line]
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(tuple("=+-@\t\r\n"))]
    assert '"q"\r\nrow' in cells, "other text stays as it is"
    assert {line[4] for line in rows} >= {"audit export"}, "the download before is audited"


def test_a_long_export_is_continued(admin: Person, time: MovableClock) -> None:
    for number in range(5):
        write(("x", "orders ship", str(number)))
        time.advance(seconds=1)
    first = admin.get("/admin/audit.csv?size=3&action=orders")
    path = first.headers["Link"].partition("<http://localhost")[2].partition(">")[0]
    second = admin.get(path)
    lines = [list(csv.reader(StringIO(answer.text)))[1:] for answer in (first, second)]
    assert [line[5] for part in lines for line in part] == list("43210")
    assert "Link" not in second.headers
