"""Whatever a request's headers and body hold, the answer is a 4xx and nothing is changed."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from models import Product
from models.clock import now
from tests.support.web import Person, a_payment_event, all_signals

# What a server makes of a header's bytes: each is a character, but for the end of a line.
HEADER = st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\r\n\x00").decode("latin-1"))
SIGNED = st.one_of(HEADER, HEADER.map(lambda rest: f"t={int(now().timestamp())},v1={rest}"))


# The client keeps nothing between two requests.
EXAMPLES = options(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(
    "signature",
    ["t=1,v1=\xe9", "t=\xb2,v1=00", "t=,v1=", "t=" + "9" * 5000 + ",v1=00", "t=-1,v1=0", "=,=,=",
     "t=1e9,v1=00", "t=nan,v1=00", "v1=00,t=1", ",", "t==1,v1==2", "t=1,t=2,v1=0,v1=\xff"],
)  # fmt: skip
def test_a_malformed_signature_of_stripe_is_refused(client: FlaskClient, signature: str) -> None:
    body = json.dumps(a_payment_event()).encode()
    answer = client.post("/order/webhook", data=body, headers={"Stripe-Signature": signature})
    assert answer.status_code == 400
    assert all_signals() == []


@given(signature=SIGNED)
@options(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bytes_as_a_signature_of_stripe_are_refused(
    client: FlaskClient, signature: str
) -> None:
    headers = {"Stripe-Signature": signature}
    answer = client.post("/order/webhook", data=b"{}", headers=headers)
    assert answer.status_code == 400


@given(signature=HEADER, at=st.one_of(HEADER, st.integers().map(str)))
@options(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bytes_as_a_signature_of_sendgrid_are_refused(
    client: FlaskClient, signature: str, at: str
) -> None:
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": at,
    }
    assert client.post("/order/email-events", data=b"[]", headers=headers).status_code == 400


def chunked(client: FlaskClient, path: str, stream: Any, **headers: str) -> TestResponse:
    """Return a body of unknown length, as a server passes it on."""
    return client.open(
        path,
        method="POST",
        input_stream=stream,
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked", **headers},
        environ_overrides={"wsgi.input_terminated": True},
    )


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/order/webhook", 256 * 1024),
        ("/order/email-events", 1024 * 1024),
        ("/auth/login", 1_000_000),
        ("/order", 1_000_000),
    ],
)
def test_a_chunked_body_over_the_limit_is_too_large(ann: Person, path: str, limit: int) -> None:
    def answer(length: int) -> int:
        body = BytesIO(b"[" + b" " * (length - 2) + b"]")
        return chunked(ann.client, path, body, **ann.headers).status_code

    assert answer(limit + 1) == 413
    assert answer(limit) in {400, 422}


class Broken(BytesIO):
    """A stream whose server has found a chunk with a length that is no number."""

    def read(self, *_: Any) -> bytes:
        raise RuntimeError("InvalidChunkSize")

    readinto = readline = readlines = read  # type: ignore[assignment]


@pytest.mark.parametrize("path", ["/order/webhook", "/auth/login"])
def test_an_unreadable_body_is_a_bad_request(client: FlaskClient, path: str) -> None:
    assert chunked(client, path, Broken()).status_code == 400


def order_body(lamp: Product, reference: str) -> str:
    lines = [{"productId": str(lamp.id), "quantity": 1}]
    addresses = {"billingAddress": "1 Main St", "shippingAddress": "1 Main St"}
    return json.dumps({"referenceId": reference, "items": lines, **addresses})


def answer_to(ann: Person, body: str | bytes) -> TestResponse:
    headers = {**ann.headers, "Content-Type": "application/json", "Prefer": "wait=0"}
    return ann.client.post("/order", data=body, headers=headers)


@pytest.mark.parametrize(
    ("field", "twice", "named"),
    [
        ('"quantity": 1', '"quantity": 1, "quantity": 5', "quantity"),
        ('"referenceId": "cart"', '"referenceId": "cart", "referenceId": "cart"', "referenceId"),
        ('"quantity": 1', '"quantity": 1, "4242 4242 4242 4242": 1, "4242 4242 4242 4242": 2',
         "(unknown)"),
    ],
)  # fmt: skip
def test_a_body_that_has_a_name_twice_is_refused(
    ann: Person, lamp: Product, field: str, twice: str, named: str
) -> None:
    body = order_body(lamp, "cart")
    answer = answer_to(ann, body.replace(field, twice))
    assert answer.status_code == 422
    assert (answer.json or {})["errors"] == [
        {"field": named, "message": "is there more than once", "code": "invalid"}
    ]
    assert answer_to(ann, body).status_code in (201, 202), "nothing was changed"


def test_a_text_with_json_is_no_object(ann: Person, lamp: Product) -> None:
    for body in (json.dumps(order_body(lamp, "cart")), '"x"', "null", "7", "[]"):
        answer = answer_to(ann, body)
        assert answer.status_code == 422
        assert (answer.json or {})["errors"][0]["message"] == "must be an object", body


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{}{}", "Extra data: line 1 column 3 (char 2)"),
        ("", "Expecting value: line 1 column 1 (char 0)"),
        (b'{"a": "\xe9"}', "no UTF-8, or a long number"),
        ('{"a": ' + "9" * 5000 + "}", "no UTF-8, or a long number"),
        ("{}".encode("utf-16"), "no UTF-8, or a long number"),
        ("{}".encode("utf-32-be"), "Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_a_body_that_is_not_json_is_called_so(ann: Person, body: str | bytes, reason: str) -> None:
    answer = answer_to(ann, body)
    assert (answer.status_code, (answer.json or {})["detail"]) == (
        400,
        f"The body is not JSON: {reason}",
    )


def test_a_mark_of_the_byte_order_is_skipped(ann: Person, lamp: Product) -> None:
    body = order_body(lamp, "cart").encode("utf-8-sig")
    assert answer_to(ann, body).status_code in (201, 202)


def test_a_body_of_another_type_is_called_so(ann: Person) -> None:
    answer = ann.client.post("/order", data="{}", headers=ann.headers)
    detail = "The body must be JSON with a JSON Content-Type"
    assert (answer.status_code, (answer.json or {})["detail"]) == (415, detail)


def test_a_completely_invalid_body_gets_a_short_answer(ann: Person, lamp: Product) -> None:
    body = {f"field {number} " + "x" * 300: number for number in range(2000)}
    answer = ann.client.post("/order", json=body, headers=ann.headers)
    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == 20
    assert len(answer.data) < 16_000
