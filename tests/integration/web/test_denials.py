"""Tests of denials: each is audited, at most once an hour."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models import AuditRow, audit, clock, transaction
from tests.support.web import Person

STRANGE = {"Origin": "https://evil.example"}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Clear the process's memory of denials, because the tables were emptied."""
    audit._denials.clear()
    yield
    audit._denials.clear()


def denials() -> list[tuple[str, str | None, int]]:
    with transaction() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "denied")).all()
    return sorted((row.actor, row.subject, row.details["status"]) for row in rows)


def test_a_denied_staff_route_is_audited(client: FlaskClient, ann: Person) -> None:
    assert client.post("/product", json={}, headers=ann.headers).status_code == 403
    assert denials() == [(str(ann.user.id), "POST /product", 403)]


def test_a_denied_sign_in_is_audited_without_an_address(client: FlaskClient) -> None:
    wrong_code = {"email": "ann@example.com", "code": "123456"}
    assert client.post("/auth/verify-code", json=wrong_code).status_code in (401, 410)
    assert client.post("/auth/refresh", headers=STRANGE).status_code == 403
    actors, subjects, _ = zip(*denials(), strict=True)
    assert set(actors) == {"anonymous"}
    assert set(subjects) == {"POST /auth/verify-code", "POST /auth/refresh"}


def test_an_expired_token_is_not_audited_as_a_denial(client: FlaskClient) -> None:
    assert client.get("/order").status_code == 401
    assert denials() == []


def test_many_denials_make_one_audit_row_an_hour(client: FlaskClient, ann: Person) -> None:
    with clock.stopped() as time:
        for _ in range(5):
            assert client.post("/product", json={}, headers=ann.headers).status_code == 403
        # Another process remembers nothing.
        audit._denials.clear()
        client.post("/product", json={}, headers=ann.headers)
        assert len(denials()) == 1
        time.advance(minutes=61)
        audit.audit_denial(str(ann.user.id), "POST /product", 403)
    assert len(denials()) == 2
