"""Requests of a person with a passkey: registering it, signing in, and proving it once more."""

from typing import Any

import jwt
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import settings
from tests.support.authenticator import Authenticator
from tests.support.web import Person

Json = dict[str, Any]


HERE = settings.links_url


def post(person: Person, path: str, body: Json | None = None) -> TestResponse:
    return person.client.post(f"/auth{path}", json=body, headers=person.headers)


def register(person: Person, device: Authenticator, name: str = "Phone") -> TestResponse:
    begun = post(person, "/passkeys/register/options").get_json()
    body = {"challengeId": begun["challengeId"], "credential": device.create(begun["options"])}
    return post(person, "/passkeys/register", body | {"name": name})


def proof(client: FlaskClient, device: Authenticator) -> Json:
    begun = client.post("/auth/passkeys/sign-in/options").get_json()
    return {"challengeId": begun["challengeId"], "credential": device.get(begun["options"])}


def sign_in(client: FlaskClient, device: Authenticator) -> TestResponse:
    return client.post("/auth/passkeys/sign-in", json=proof(client, device))


def claims(token: str) -> Json:
    return jwt.decode(token, options={"verify_signature": False})
