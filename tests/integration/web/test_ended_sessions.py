"""A session that has ended is refused at once, on every route and while a request waits."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import (
    Payment,
    PaymentState,
    Product,
    User,
    UserSession,
    UserStatus,
    clock,
    transaction,
)
from tests.support.web import Person, SignIn, until
from web import authentication, waiters


def sign_out(person: Person) -> None:
    assert person.delete(f"/auth/sessions/{person.session_id}").status_code == 204


def suspend(person: Person) -> None:
    with transaction() as session:
        session.execute(
            update(User).where(User.id == person.user.id).values(status=UserStatus.SUSPENDED)
        )


def expire(person: Person) -> None:
    with transaction() as session:
        session.execute(update(UserSession).values(expires_at=clock.now()))


NOBODYS = "00000000-0000-0000-0000-000000000000"


def bearer_routes(shop: Flask) -> list[tuple[str, str]]:
    """List the routes whose description requires a bearer token."""
    described = shop.test_client().get("/openapi.json").get_json()["paths"]
    return [
        (method.upper(), re.sub(r"{\w+}", NOBODYS, path.replace("{productId}", "1")))
        for path, ways in described.items()
        for method, way in ways.items()
        if {"bearer": []} in way.get("security", [])
    ]


@pytest.mark.parametrize("end", [sign_out, suspend, expire])
def test_an_ended_session_is_refused_on_every_route(
    ann: Person, shop: Flask, lamp: Product, end: Callable[[Person], None]
) -> None:
    reference = ann.order(lamp).get_json()["referenceId"]
    assert "clientSecret" in ann.get(f"/order/status/{reference}").get_json()
    order_body: dict[str, Any] = {
        "referenceId": uuid4().hex,
        "billingAddress": "",
        "shippingAddress": "",
    }
    order_body |= {"items": [{"productId": lamp.id, "quantity": 1}]}
    bodies = {("POST", "/order"): order_body, ("PATCH", "/auth/user"): {"city": "Bern"}}
    routes = bearer_routes(shop)
    assert ("GET", "/order") in routes
    end(ann)
    for method, path in [*routes, ("GET", f"/order/status/{reference}")]:
        answer = ann.client.open(
            path, method=method, headers=ann.headers, json=bodies.get((method, path))
        )
        assert (answer.status_code, method, path) == (401, method, path)
    assert ann.delete(f"/order/{reference}").status_code == 401
    with transaction() as session:
        assert session.scalars(select(Payment.state)).all() == [PaymentState.PENDING]


def test_a_wait_ends_with_the_session(ann: Person, lamp: Product, shop: Flask) -> None:
    reference = ann.order(lamp).get_json()["referenceId"]
    with ThreadPoolExecutor(1) as pool:
        path = f"/order/status/{reference}"
        headers = ann.headers | {"Prefer": "wait=2"}
        waiting = pool.submit(shop.test_client().get, path, headers=headers)
        until(lambda: True if waiters.WAITERS.occupied else None)
        sign_out(ann)
        assert waiting.result().status_code == 401


def test_a_revoked_role_ends_at_once(sign_in: SignIn) -> None:
    staff = sign_in(roles=["staff"])
    with transaction() as session:
        session.execute(update(User).values(roles=[]))
    with staff.client:
        assert staff.get("/order").status_code == 200
        assert authentication.caller().roles == ()
