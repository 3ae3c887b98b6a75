"""Every route below /admin admits the roles that it declares, and nobody else."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from models import AuditRow, UserSession, connection, transaction
from models.clock import now
from tests.support.web import Json, Person, SignIn
from web import denials, errors, request, tokens
from web.application import create_app
from web.authentication import MAX_SIGN_IN_AGE
from web.openapi import Api
from web.routes.admin.guard import ADMITTED, Need, Role, blueprint, declared_need, needs

ID = "0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11"


def list_routes(app: Flask) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield method, path and function of each route below /admin."""
    for rule in app.url_map.iter_rules():
        if rule.rule == "/admin" or rule.rule.startswith("/admin/"):
            path = re.sub(r"<int:\w+>", "1", rule.rule)
            path = re.sub(r"<(\w+:)?machine>", "order", path)
            path = re.sub(r"<[^>]+>", ID, path)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, path, app.view_functions[rule.endpoint]


ROUTES = list(list_routes(create_app()))


def need_of(view: Callable[..., Any]) -> Need:
    need = declared_need(view)
    assert need is not None, f"{view.__name__} declares no role: add @needs"
    return need


def answer(person: Person | None, client: FlaskClient, method: str, path: str) -> int:
    headers = person.headers if person else {}
    body: Json | None = None if method == "GET" else {}
    response = client.open(path, method=method, json=body, headers=headers)
    if response.status_code in (401, 403):
        assert response.mimetype == "application/problem+json"
    return response.status_code


@pytest.mark.parametrize(
    ("method", "path", "view"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)
def test_a_route_admits_exactly_the_roles_that_it_declares(
    client: FlaskClient, sign_in: SignIn, method: str, path: str, view: Callable[..., Any]
) -> None:
    admitted = ADMITTED[need_of(view).role]
    assert answer(None, client, method, path) == 401
    assert answer(sign_in(), client, method, path) == 403
    for role in ("staff", "admin"):
        status = answer(sign_in(roles=[role]), client, method, path)
        assert (status not in (401, 403)) == (role in admitted), (role, status)
        assert status < 500, (role, status)


@pytest.mark.parametrize(
    ("method", "path", "view"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)
def test_a_route_with_step_up_refuses_an_old_sign_in(
    client: FlaskClient, sign_in: SignIn, method: str, path: str, view: Callable[..., Any]
) -> None:
    admin = sign_in(roles=["admin"])
    with transaction() as session:
        old = now() - MAX_SIGN_IN_AGE - timedelta(minutes=1)
        session.execute(update(UserSession).values(authenticated_at=old))
    with transaction() as session:
        row = session.get_one(UserSession, admin.session_id)
        admin.headers["Authorization"] = f"Bearer {tokens.issue(admin.user, row)}"
    response = client.open(
        path, method=method, json=None if method == "GET" else {}, headers=admin.headers
    )
    is_refused = "insufficient_user_authentication" in response.headers.get("WWW-Authenticate", "")
    assert is_refused == need_of(view).step_up


def test_a_refused_attempt_is_in_the_audit(client: FlaskClient, ann: Person) -> None:
    assert ann.get("/admin/me").status_code == 403
    with transaction() as session:
        rows = session.execute(select(AuditRow.actor, AuditRow.action, AuditRow.subject)).all()
    assert [tuple(row) for row in rows] == [(str(ann.user.id), "denied", "GET /admin/me")]


def test_a_route_without_a_declaration_admits_nobody(sign_in: SignIn, flask_app: Flask) -> None:
    app = Api("forgetful")
    connection.attach(app, pool_size=1)
    denials.register(app)
    request.register(app)
    errors.register(app)
    api = blueprint("forgotten")

    @api.get("/forgotten")
    def forgotten() -> Any:
        """Return nothing."""
        return {}

    @api.get("/declared")
    @needs(Role.ADMIN)
    def declared() -> Any:
        """Return nothing."""
        return {}

    app.register_api(api)
    admin = sign_in(roles=["admin", "staff"])
    with app.test_client() as client:
        assert client.get("/admin/forgotten", headers=admin.headers).status_code == 403
        assert client.get("/admin/declared", headers=admin.headers).status_code == 200


def test_an_operator_sees_who_they_are(sign_in: SignIn) -> None:
    clerk = sign_in(roles=["staff"])
    shown = clerk.get("/admin/me")
    body = shown.get_json()
    assert (body["id"], body["email"]) == (str(clerk.user.id), clerk.user.email)
    assert (body["roles"], body["environment"]) == (["staff"], "development")
    assert body["stepUpUntil"] > body["authenticatedAt"]
    again = clerk.get("/admin/me", **{"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304


def test_reading_writes_nothing(sign_in: SignIn) -> None:
    assert sign_in(roles=["staff"]).get("/admin/me").status_code == 200
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(AuditRow)) == 0
