"""Tests of rules for all routes."""

import json
import os
import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from config import settings
from models import Passkey, Product, transaction
from tests.support import python
from tests.support.web import Person, SignIn

# Routes with an id that belongs to nobody.
STAFF_ONLY = {"product_changes.change", "product_changes.set_stock"}
PUBLIC = {"static", "product.show", "document.asset", "login.status"}


def owned(shop: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in shop.url_map.iter_rules()
        if rule.arguments
        and rule.endpoint not in PUBLIC | STAFF_ONLY
        and not rule.endpoint.startswith(("pages.", "admin_"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def test_another_user_s_objects_are_not_found(
    shop: Flask, ann: Person, sign_in: SignIn, lamp: Product
) -> None:
    bob, placed = sign_in(), ann.order(lamp).get_json()
    with transaction() as session:
        passkey = Passkey(user_id=ann.user.id, credential_id=b"1", public_key=b"2", sign_count=0,
                          name="Phone", backed_up=True)  # fmt: skip
        session.add(passkey)
    mine = {
        "passkeyId": str(passkey.id),
        "referenceId": placed["referenceId"],
        "orderId": placed["orderId"],
        "sessionId": str(ann.session_id),
    }
    routes = owned(shop)
    assert len(routes) >= 5
    with shop.test_request_context():
        urls = shop.url_map.bind("localhost")
        for method, rule in routes:
            path = urls.build(rule.endpoint, {name: mine[name] for name in rule.arguments}, method)
            theirs = bob.client.open(path, method=method, headers=bob.headers)
            unknown = {name: str(uuid4()) for name in rule.arguments}
            nothing = bob.client.open(
                urls.build(rule.endpoint, unknown, method), method=method, headers=bob.headers
            )
            assert (theirs.status_code, nothing.status_code) == (404, 404), rule
            assert theirs.get_json()["detail"] == nothing.get_json()["detail"]
            assert bob.client.open(path, method=method).status_code == 401, rule
    assert ann.get(f"/order/status/{placed['referenceId']}").get_json()["closing"] is False


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/product/7", "/order/summary/7", "/auth/login/x", "/order/status/a%00b",
     "/auth/sessions/1"],
)  # fmt: skip
def test_an_unknown_path_is_not_found(ann: Person, path: str) -> None:
    answer = ann.get(path)
    assert answer.status_code in {404, 405}
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["requestId"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("", "application/json", 400),
        (b"\xff", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("{}", "text/plain", 415),
        ("{}", None, 415),
        ("[]", "application/json", 422),
        ("null", "application/json", 422),
        ('"x"', "application/json", 422),
        ("1e999", "application/json", 422),
        (json.dumps({"email": "a@example.com", "more": 1}), "application/json", 422),
        (json.dumps({"email": "x" * 1_000_000}), "application/json", 413),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/auth/login"), ("POST", "/auth/verify-code"), ("POST", "/order"),
     ("PATCH", "/auth/user")],
)  # fmt: skip
def test_an_unreadable_body_is_refused(
    ann: Person, method: str, path: str, body: Any, content_type: str | None, status: int
) -> None:
    answer = ann.client.open(
        path, method=method, data=body, content_type=content_type, headers=ann.headers
    )
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert (problem["status"], problem["requestId"]) == (status, answer.headers["X-Request-Id"])
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "size=101", "size=-1", "sort=stock", "minPrice=x", "maxPrice=-1",
     "minPrice=1.0001", "minPrice=NaN", "available=perhaps", "q=%00", "category=%00", "colour=red",
     "page=99999999999999999999"],
)  # fmt: skip
def test_an_invalid_query_names_the_field(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/product?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_an_unsupported_method_is_refused(client: FlaskClient) -> None:
    answer = client.put("/product")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"


def test_an_answer_repeats_a_valid_request_id(client: FlaskClient) -> None:
    sane = {"X-Request-Id": "0123456789abcdef"}
    assert client.get("/health", headers=sane).headers["X-Request-Id"] == "0123456789abcdef"
    strange = {"X-Request-Id": "x' OR 1=1"}
    assert client.get("/health", headers=strange).headers["X-Request-Id"] != "x' OR 1=1"


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    headers = client.get("/nothing").headers
    for name in (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "Cache-Control",
    ):
        assert name in headers


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1:3000", True),
        ("http://127.0.0.1:3001", False),
        ("http://localhost:8080", True),
        ("http://localhost:3000.evil.example", False),
        ("http://localhost:30001", False),
        ("https://localhost:3000", False),
        ("null", False),
    ],
)
def test_origins_are_exact(client: FlaskClient, origin: str, *, is_allowed: bool) -> None:
    preflight = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, prefer",
    }
    for answer in (
        client.options("/order", headers=preflight),
        client.get("/product", headers=preflight),
    ):
        allowed = answer.headers.get("Access-Control-Allow-Origin")
        assert allowed == (origin if is_allowed else None)
        if is_allowed:
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"


# A process that allows an address in brackets, which is no pattern.
BRACKETS = """
from web.application import create_app

client = create_app().test_client()
for origin in ("http://[::1]", "http://1.evil.example", "http://:.evil.example", "http://[::1].x"):
    print(client.get("/health", headers={"Origin": origin}).headers.get(
        "Access-Control-Allow-Origin"))
"""


@pytest.mark.slow
def test_an_origin_with_brackets_is_not_a_pattern(app: Flask) -> None:
    variables = os.environ | {"ALLOWED_ORIGINS": "http://[::1]"}
    done = python.run("-c", BRACKETS, env=variables, check=True)
    assert done.stdout.split() == ["http://[::1]", "None", "None", "None"]


def test_another_origin_can_read_that_a_step_up_is_needed(client: FlaskClient) -> None:
    origin = {"Origin": settings.allowed_origins[0]}
    refused = client.get("/auth/user", headers=origin)
    assert "WWW-Authenticate" in refused.headers["Access-Control-Expose-Headers"].split(", ")


def test_the_description_has_every_route(client: FlaskClient, shop: Flask) -> None:
    described = client.get("/openapi.json").get_json()
    assert described["openapi"] == "3.1.0"
    operations = {
        (path, method.upper()) for path, methods in described["paths"].items() for method in methods
    }
    undescribed = {"document", "pages", "site", "static"}
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in shop.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in undescribed
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == operations
    for path in described["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
    read = {header["name"] for header in described["paths"]["/order"]["post"]["parameters"]}
    assert read == {"Prefer", "Idempotency-Key"}


def test_the_documentation_needs_no_network(client: FlaskClient) -> None:
    with client.get("/docs") as answer:
        page = answer.get_data(as_text=True)
    sources = [part.split('"')[0] for part in page.replace('href="', 'src="').split('src="')[1:]]
    assert len(sources) == 4
    for source in sources:
        assert source.startswith("/")
        with client.get(source) as answer:
            assert answer.status_code == 200


def test_the_services_are_healthy_and_ready(client: FlaskClient) -> None:
    assert client.get("/health").get_json() == {"status": "ok"}
    answer = client.get("/ready")
    assert answer.status_code == 200
    report = answer.get_json()
    assert (report["postgresql"], report["redis"]) == ("ok", "ok")
