"""Requests of operators to the console's API, and what they leave behind."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from models import AuditRow, Transition, UserSession, transaction
from models.clock import now
from tests.support.web import Json, Person
from web import tokens
from web.authentication import MAX_SIGN_IN_AGE

# The id of no row. All processes of pytest must collect tests of the same names.
ABSENT = "01900000-0000-7000-8000-000000000000"


def post(person: Person, path: str, body: object, **headers: str) -> TestResponse:
    return person.client.post(path, json=body, headers=person.headers | headers)


def keyed() -> Json:
    """Return the header of a request that a client has not sent before."""
    return {"Idempotency-Key": uuid4().hex}


def sign_in_long_ago(person: Person) -> None:
    """Let the person's sign-in be older than a step-up allows."""
    with transaction() as session:
        row = session.get_one(UserSession, person.session_id)
        row.authenticated_at = now() - MAX_SIGN_IN_AGE - timedelta(minutes=1)
        token = tokens.issue(person.user, row)
    person.headers["Authorization"] = f"Bearer {token}"


def step_up(person: Person) -> None:
    """Let the person's sign-in be recent again."""
    with transaction() as session:
        session.execute(
            update(UserSession)
            .where(UserSession.id == person.session_id)
            .values(authenticated_at=now())
        )
        row = session.get_one(UserSession, person.session_id, populate_existing=True)
        token = tokens.issue(person.user, row)
    person.headers["Authorization"] = f"Bearer {token}"


def needs_step_up(answer: TestResponse) -> bool:
    challenge = answer.headers.get("WWW-Authenticate", "")
    return answer.status_code == 401 and "insufficient_user_authentication" in challenge


def read_audit(*actions: str) -> list[tuple[str, str, str | None, Json]]:
    """Return actor, action, subject and details of the audit, oldest first."""
    query = select(AuditRow).order_by(AuditRow.id)
    if actions:
        query = query.where(AuditRow.action.in_(actions))
    with transaction() as session:
        rows = session.scalars(query).all()
    return [(row.actor, row.action, row.subject, row.details) for row in rows]


def count_changes() -> tuple[int, int]:
    """Return the numbers of transitions and of audited changes, without refused attempts."""
    with transaction() as session:
        moves = session.scalar(select(func.count()).select_from(Transition))
        changes = session.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.action != "denied")
        )
    return moves or 0, changes or 0


def assert_names(answer: TestResponse, field: str, status: int = 422) -> Any:
    """Assert that a problem names the field."""
    assert answer.status_code == status, answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["errors"][0]["field"].split(".")[0] == field, answer.get_json()


def show_execution(person: Person, machine: str, key: object) -> Json:
    response = person.get(f"/admin/executions/{machine}/{key}")
    assert response.status_code == 200, response.get_json()
    return dict(response.get_json())
