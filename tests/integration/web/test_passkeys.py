"""Passkeys: registered by a user, and good for signing in and for proving oneself once more."""

import os
import secrets
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor

import cbor2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import settings
from models import Login, LoginState, PasskeyChallenge, User, UserStatus, transaction
from models.clock import stopped
from models.passkey import CHALLENGE_LIFETIME, Passkey
from tests.support import python
from tests.support.authenticator import Authenticator, base64url
from tests.support.passkeys import HERE, Json, claims, post, proof, register, sign_in
from tests.support.web import Person, SignIn
from web import webauthn
from web.routes.passkeys import MAX_PASSKEYS


def test_a_passkey_is_registered_and_signs_in(ann: Person, phone: Authenticator) -> None:
    registered = register(ann, phone)
    assert registered.status_code == 201
    answer = sign_in(ann.client, phone)
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["user"]["id"] == str(ann.user.id)
    assert claims(body["accessToken"])["amr"] == ["pop", "mfa"]
    assert "refresh" in answer.headers["Set-Cookie"]
    with transaction() as session:
        login = session.scalars(select(Login)).one()
        assert (login.state, login.user_id) == (LoginState.SUCCEEDED, ann.user.id)


def test_a_passkey_without_user_verification_is_one_factor(ann: Person) -> None:
    key = Authenticator(HERE, verifies=False)
    register(ann, key)
    assert claims(sign_in(ann.client, key).get_json()["accessToken"])["amr"] == ["pop"]


def test_passkeys_are_listed_and_removed(
    ann: Person, phone: Authenticator, sign_in: SignIn
) -> None:
    passkey_id = register(ann, phone, "My phone").get_json()["id"]
    assert [passkey["name"] for passkey in ann.get("/auth/passkeys").get_json()] == ["My phone"]
    other = sign_in()
    assert other.get("/auth/passkeys").get_json() == []
    assert other.delete(f"/auth/passkeys/{passkey_id}").status_code == 404
    assert ann.delete(f"/auth/passkeys/{passkey_id}").status_code == 204
    assert ann.get("/auth/passkeys").get_json() == []
    refused = ann.client.post("/auth/passkeys/sign-in", json=proof(ann.client, phone))
    assert refused.status_code == 401


def test_a_challenge_is_used_once(ann: Person, phone: Authenticator) -> None:
    register(ann, phone)
    body = proof(ann.client, phone)
    assert ann.client.post("/auth/passkeys/sign-in", json=body).status_code == 200
    assert ann.client.post("/auth/passkeys/sign-in", json=body).status_code == 410


def test_a_challenge_expires(ann: Person, phone: Authenticator) -> None:
    register(ann, phone)
    with stopped() as clock:
        body = proof(ann.client, phone)
        clock.advance(seconds=CHALLENGE_LIFETIME.total_seconds())
        assert ann.client.post("/auth/passkeys/sign-in", json=body).status_code == 410


def test_a_cloned_passkey_is_refused(ann: Person, phone: Authenticator) -> None:
    register(ann, phone)
    assert sign_in(ann.client, phone).status_code == 200
    phone.count = 0
    assert sign_in(ann.client, phone).status_code == 401


def test_a_proof_for_another_site_or_by_another_key_is_refused(
    ann: Person, phone: Authenticator
) -> None:
    register(ann, phone)
    elsewhere = Authenticator("https://evil.example", id=phone.id, key=phone.key)
    assert sign_in(ann.client, elsewhere).status_code == 401
    forged = Authenticator(HERE, id=phone.id)
    assert sign_in(ann.client, forged).status_code == 401


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"rawId": 1},
        {"rawId": "AAAA", "id": "AAAA"},
        {"rawId": "\u0000", "response": {"clientDataJSON": "e30"}},
        {"rawId": "AAAA", "response": []},
    ],
)
def test_a_malformed_credential_is_refused(
    ann: Person, phone: Authenticator, credential: Json
) -> None:
    begun = ann.client.post("/auth/passkeys/sign-in/options").get_json()
    body = {"challengeId": begun["challengeId"], "credential": credential}
    assert ann.client.post("/auth/passkeys/sign-in", json=body).status_code == 401
    begun = post(ann, "/passkeys/register/options").get_json()
    body = {"challengeId": begun["challengeId"], "credential": credential}
    assert post(ann, "/passkeys/register", body).status_code == 422
    assert ann.get("/auth/passkeys").get_json() == []


def test_a_passkey_is_registered_once(ann: Person, phone: Authenticator, sign_in: SignIn) -> None:
    register(ann, phone)
    assert register(ann, phone).status_code == 409
    assert register(sign_in(), phone).status_code == 409


def test_early_challenges_do_not_exceed_the_limit_of_passkeys(ann: Person, shop: Flask) -> None:
    with transaction() as session:
        for number in range(MAX_PASSKEYS - 2):
            session.add(
                Passkey(user_id=ann.user.id, credential_id=bytes([number]), public_key=b"",
                        sign_count=0, name="Old", backed_up=False)
            )  # fmt: skip
    bodies = [new_credential(ann, Authenticator(HERE)) for _ in range(4)]
    assert sorted(register_all(shop, ann, bodies)) == [201, 201, 409, 409]


def test_one_credential_registered_twice_at_once_is_one_passkey(
    ann: Person, shop: Flask, phone: Authenticator
) -> None:
    bodies = [new_credential(ann, phone) for _ in range(3)]
    assert sorted(register_all(shop, ann, bodies)) == [201, 409, 409]


def new_credential(person: Person, device: Authenticator) -> Json:
    begun = post(person, "/passkeys/register/options").get_json()
    return {"challengeId": begun["challengeId"], "credential": device.create(begun["options"])}


def register_all(shop: Flask, person: Person, bodies: list[Json]) -> list[int]:
    """Send all at once, and return the statuses of the answers."""

    def send(body: Json) -> int:
        client = shop.test_client()
        return client.post("/auth/passkeys/register", json=body, headers=person.headers).status_code

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


@pytest.mark.parametrize("length", [1024, 3000, 60_000])
def test_a_credential_with_an_endless_id_is_refused(ann: Person, length: int) -> None:
    long = Authenticator(HERE, id=secrets.token_bytes(length))
    assert post(ann, "/passkeys/register", new_credential(ann, long)).status_code == 422


@pytest.mark.parametrize(
    "attestation",
    [
        {"fmt": "android-safetynet", "attStmt": {"ver": "1", "response": "e30.e30.x"}},
        {"fmt": "tpm", "attStmt": {"ver": "2.0", "alg": -257, "x5c": [b"a"], "certInfo": b"a"}},
        {"fmt": "packed", "attStmt": {"sig": b"x", "alg": -7, "x5c": [5]}},
        {"key": {1: 2, 3: -7, -1: 1, -2: b"", -3: b""}},
        {"key": [1]},
    ],
    ids=str,
)
def test_malformed_authenticator_data_is_refused(
    ann: Person, phone: Authenticator, attestation: Json
) -> None:
    body = new_credential(ann, phone)
    response = body["credential"]["response"]
    whole = cbor2.loads(urlsafe_b64decode(response["attestationObject"] + "=="))
    if "key" in attestation:
        whole["authData"] = whole["authData"][: 37 + 16 + 2 + 16] + cbor2.dumps(attestation["key"])
    else:
        whole |= attestation
    response["attestationObject"] = base64url(cbor2.dumps(whole))
    assert post(ann, "/passkeys/register", body).status_code == 422
    assert ann.get("/auth/passkeys").get_json() == []


def test_challenges_are_limited_for_those_who_are_signed_in_too(ann: Person) -> None:
    begun = post(ann, "/passkeys/register/options")
    amount = settings.login_limit_per_address.partition("/")[0]
    assert f"q={amount};" in begun.headers["RateLimit-Policy"]


@pytest.mark.slow
def test_the_origin_of_a_shop_with_a_path_is_its_host() -> None:
    origins = "from web.webauthn import origins; print(origins()[-1])"
    environment = os.environ | {"SHOP_URL": "https://Shop.example/en/"}
    done = python.run("-c", origins, env=environment, check=True)
    assert done.stdout.strip() == "https://shop.example"


def test_a_suspended_user_cannot_sign_in_with_a_passkey(ann: Person, phone: Authenticator) -> None:
    register(ann, phone)
    with transaction() as session:
        session.get_one(User, ann.user.id).status = UserStatus.SUSPENDED
    assert sign_in(ann.client, phone).status_code == 401


def test_challenges_reveal_no_account(client: FlaskClient) -> None:
    begun = client.post("/auth/passkeys/sign-in/options").get_json()
    assert begun["options"].get("allowCredentials", []) == []
    assert begun["options"]["rpId"] == webauthn.relying_party()
    with transaction() as session:
        assert session.scalars(select(PasskeyChallenge)).one().user_id is None
