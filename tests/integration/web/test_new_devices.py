"""A sign-in from a new device is reported to the user by email."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import ActivityRow, transaction
from tests.support.authenticator import Authenticator
from tests.support.passkeys import proof, register, sign_in
from tests.support.web import Person, code_of


def notices() -> int:
    with transaction() as session:
        query = select(ActivityRow.id).where(ActivityRow.name == "emails.new_device")
        return len(session.scalars(query).all())


def test_a_sign_in_from_a_new_device_is_reported_by_email(
    ann: Person, phone: Authenticator, shop: Flask
) -> None:
    register(ann, phone)
    browser = shop.test_client()
    assert sign_in(browser, phone).status_code == 200
    assert notices() == 1
    # The same browser again, and then one that keeps no cookies, from the same address.
    assert sign_in(browser, phone).status_code == 200
    assert sign_in(shop.test_client(), phone).status_code == 200
    assert notices() == 1
    stranger = shop.test_client()
    body = proof(stranger, phone)
    stranger.post("/auth/passkeys/sign-in", json=body, headers={"User-Agent": "Another"})
    assert notices() == 2


def test_the_first_sign_in_of_a_new_account_is_not_reported(client: FlaskClient) -> None:
    begun = client.post("/auth/login", json={"email": "new@example.com"}).get_json()
    body = {"email": "new@example.com", "code": code_of(begun["loginId"])}
    assert client.post("/auth/verify-code", json=body).status_code == 200
    assert notices() == 0
