"""People who use the HTTP services over the real database."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from models import Product, User, refresh, transaction
from models.ids import uuid7
from tests.support.factories import a_product
from tests.support.web import Person, SignIn
from web import tokens


@pytest.fixture
def sign_in(client: FlaskClient) -> SignIn:
    def person(**fields: Any) -> Person:
        unique = uuid7().hex
        with transaction() as session:
            user = User(**{"email": f"{unique}@example.com", "username": unique} | fields)
            session.add(user)
            session.flush()
            opened = refresh.open_session(user, user_agent="tests", ip_address="127.0.0.1")
        token = tokens.issue(user, opened.session)
        return Person(client, user, opened.session.id, {"Authorization": f"Bearer {token}"})

    return person


@pytest.fixture
def ann(sign_in: SignIn) -> Person:
    return sign_in()


@pytest.fixture
def lamp(client: FlaskClient) -> Product:
    with transaction():
        return a_product(name="Desk lamp", price=4900)
