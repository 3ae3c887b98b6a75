"""Tokens that are not ours."""

import base64
import json
import os
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from jwt.api_jws import PyJWS

from models import clock
from signing_keys import signing_key
from tests.support import python
from tests.support.web import Person

Forge = Callable[[dict[str, Any], dict[str, Any]], str]


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(claims: dict[str, Any], header: dict[str, Any], **changed: Any) -> str:
    key, _ = signing_key()
    return jwt.encode(claims | changed, key, "EdDSA", headers=header)


FORGERIES: dict[str, Forge] = {
    "no algorithm": lambda claims, header: f"{part(header | {'alg': 'none'})}.{part(claims)}.",
    "a shared secret": lambda claims, header: jwt.encode(
        claims, "x" * 64, "HS256", headers=header | {"alg": "HS256"}
    ),
    "another key": lambda claims, header: jwt.encode(
        claims, Ed25519PrivateKey.generate(), "EdDSA", headers=header
    ),
    "an unknown key": lambda claims, header: signed(claims, header | {"kid": "unknown"}),
    "no key": lambda claims, header: signed(claims, {"typ": header["typ"]}),
    "another type": lambda claims, header: signed(claims, header | {"typ": "JWT"}),
    "another audience": lambda claims, header: signed(claims, header, aud="another"),
    "another issuer": lambda claims, header: signed(claims, header, iss="another"),
    "no user": lambda claims, header: signed(claims, header, sub="nobody"),
    "no expiry": lambda claims, header: signed(
        {name: value for name, value in claims.items() if name != "exp"}, header
    ),
    "half a token": lambda claims, header: f"{part(header)}.{part(claims)}",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
@pytest.mark.parametrize("path", ["/auth/user", "/order", "/auth/sessions"])
def test_a_forged_token_is_refused(ann: Person, forge: Forge, path: str) -> None:
    token = ann.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    forged = {"Authorization": f"Bearer {forge(claims, header)}"}
    answer = ann.client.get(path, headers=forged)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert ann.get(path).status_code == 200, "the true one does"


ODD: dict[str, list[Any]] = {
    "auth_time": ["abc", float("inf"), float("nan"), 10**400, 10**18, -(10**18), {}, None, True],
    "amr": [{"mfa": 1}, "mfa", 5, None, [5]],
    "roles": [{"admin": 1}, "admin", 5, [None]],
    "sid": [5, None, [], "x"],
    "sub": [5, None],
    "exp": [float("inf"), float("nan"), 10**400, "9999999999", [], None],
}


@pytest.mark.parametrize(
    ("claim", "odd"),
    [(claim, odd) for claim, values in ODD.items() for odd in values],
    ids=lambda value: str(value)[:20],
)
def test_a_token_with_a_malformed_claim_is_refused(ann: Person, claim: str, odd: object) -> None:
    token = ann.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    key, _ = signing_key()
    body = json.dumps(claims | {claim: odd}).encode()
    forged = PyJWS().encode(body, key, "EdDSA", headers=header)
    answer = ann.client.get("/auth/user", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401


def test_a_token_is_valid_for_a_quarter_of_an_hour(ann: Person) -> None:
    with clock.stopped() as time:
        assert ann.get("/order").status_code == 200
        time.advance(minutes=15, seconds=1)
        assert ann.get("/order").status_code == 401


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}]
)
def test_a_request_without_a_token_is_refused(ann: Person, header: str) -> None:
    answer = ann.client.get("/order", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_public_keys_verify_what_we_issue(ann: Person) -> None:
    keys = jwt.PyJWKSet.from_dict(ann.client.get("/auth/.well-known/jwks.json").get_json())
    token = ann.headers["Authorization"].removeprefix("Bearer ")
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, ["EdDSA"], audience="projectx-api", issuer="projectx")
    assert claims["sub"] == str(ann.user.id)


# A client that keeps its token for 26 days and never refreshes, in a process whose clock it moves.
LONG_LIVED = """
from flask.testing import FlaskClient
from models import clock, retention
from tests.support.web import code_of
from web.application import create_app

app = create_app()
with app.app_context(), clock.stopped() as time:
    client = FlaskClient(app)
    begun = client.post("/auth/login", json={"email": "ann@example.com"}).get_json()
    body = {"email": "ann@example.com", "code": code_of(begun["loginId"])}
    signed_in = client.post("/auth/verify-code", json=body).get_json()
    headers = {"Authorization": "Bearer " + signed_in["accessToken"]}
    answers = [signed_in["expiresIn"]]
    time.advance(days=25, hours=23)
    retention.forget()
    answers += [client.get(path, headers=headers).status_code for path in ("/order", "/auth/user")]
    assert client.post("/auth/logout").status_code == 204
    answers += [client.get(path, headers=headers).status_code for path in ("/order", "/auth/user")]
    print(*answers)
"""


@pytest.mark.slow
def test_a_client_that_never_refreshes_keeps_its_token_for_26_days(app: Flask) -> None:
    lifetime = 26 * 24 * 3600
    chosen = {"ACCESS_TOKEN_LIFETIME": str(lifetime), "ACCESS_TOKEN_LONG_LIVED": "true"}
    done = python.run("-c", LONG_LIVED, env=os.environ | chosen)
    assert done.stdout == f"{lifetime} 200 200 401 401\n", done.stderr
