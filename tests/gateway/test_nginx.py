"""Tests of the gateway: forwarded requests, blocked requests, and the client's address."""

import socket
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

import tickets
from models.clock import now
from state_machines.durable.unit_of_work import Move
from tasks import dispatch
from tests.support.addresses import session_from
from tests.support.streams import Stream

HALF = (
    "POST /auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    'Content-Length: 1000\r\n\r\n{"email": "'
)
SLOW = 66  # more than the services have threads
STREAMS = 100  # of one address, which may have 128 connections


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/auth/.well-known/jwks.json", 200),
        ("/order", 401),
        ("/product", 200),
        ("/admin/me", 401),
        ("/static/docs.js", 200),
        ("/docs", 200),
        ("/docs/css/swagger-ui.css", 200),
        ("/openapi.json", 200),
        ("/shop.json", 200),
        ("/health", 200),
        ("/", 200),
        ("/products", 200),
        ("/orders", 200),
        ("/site.webmanifest", 200),
        ("/events", 401),
        ("/elsewhere", 404),
        ("/metrics", 404),
        ("/ready", 404),
    ],
)
def test_each_path_leads_to_its_service(gateway: str, path: str, status: int) -> None:
    assert requests.get(gateway + path, timeout=20).status_code == status


def test_the_reference_has_the_routes_of_all_services(gateway: str) -> None:
    assert "/order/webhook" in requests.get(f"{gateway}/openapi.json", timeout=20).json()["paths"]


def test_answers_are_compressed(gateway: str, pages: Path) -> None:
    (script,) = (path.name for path in (pages / "assets").glob("index-*.js"))
    paths = ("/", "/openapi.json", "/docs/css/swagger-ui.css", f"/assets/{script}")
    for path in paths:
        answer = requests.get(gateway + path, headers={"Accept-Encoding": "gzip"}, timeout=20)
        assert answer.headers.get("Content-Encoding") == "gzip", path
        assert "Accept-Encoding" in answer.headers["Vary"]


def asks(gateway: str, address: str, forged: str) -> int:
    headers = {"X-Forwarded-For": forged, "Forwarded": f"for={forged}", "X-Real-IP": forged}
    with session_from(address) as session:
        return session.post(f"{gateway}/auth/refresh", headers=headers, timeout=20).status_code


def test_each_client_has_its_own_limit_and_cannot_forge_its_address(gateway: str) -> None:
    first = [asks(gateway, "127.0.0.1", f"10.0.0.{number}") for number in range(5)]
    assert first[:3] == [401] * 3
    assert first[3:] == [429] * 2
    assert [asks(gateway, "127.0.0.2", "127.0.0.1") for _ in range(4)] == [401] * 3 + [429]


def test_a_long_search_reaches_its_service(gateway: str) -> None:
    # The addresses of other pages repeat it, in a header.
    query = {"q": "\U0001f600" * 200, "category": "\u4e2d" * 100}
    answer = requests.get(f"{gateway}/product", params=query, timeout=20)
    assert answer.status_code == 200
    assert len(answer.headers["Link"]) > 6000


def test_events_pass_the_gateway_at_once(gateway: str) -> None:
    order_id = uuid4()
    with closing(Stream.open(gateway, tickets.issue(uuid4(), [order_id], now()))) as stream:
        dispatch.publish_change([Move("order", order_id, 2, order_id)])
        assert str(order_id).encode() in stream.next_hint()


def test_many_streams_are_open_at_once_and_each_gets_its_events(gateway: str) -> None:
    order_ids = [uuid4() for _ in range(STREAMS)]
    with ExitStack() as closing_all:
        streams = []
        for order_id in order_ids:
            stream = Stream.open(gateway, tickets.issue(uuid4(), [order_id], now()))
            closing_all.callback(stream.close)
            streams.append(stream)
        for order_id, stream in zip(order_ids, streams, strict=True):
            dispatch.publish_change([Move("order", order_id, 2, order_id)])
            assert str(order_id).encode() in stream.next_hint()


def test_a_forged_host_is_refused(gateway: str) -> None:
    for name in ("Host", "X-Forwarded-Host"):
        answer = requests.get(
            f"{gateway}/product//categories",
            headers={name: "evil.example"},
            allow_redirects=False,
            timeout=20,
        )
        assert "evil.example" not in answer.headers.get("Location", "")
        assert answer.status_code == (400 if name == "Host" else 308)


def test_incomplete_requests_hold_no_thread_of_the_services(gateway: str) -> None:
    place = urlsplit(gateway)
    with ExitStack() as closing:
        for _ in range(SLOW):
            slow = closing.enter_context(socket.create_connection((place.hostname, place.port)))
            slow.sendall(HALF.encode())
        for path in ("/product", "/docs", "/health"):
            assert requests.get(gateway + path, timeout=60).status_code == 200


def test_too_many_connections_of_one_address_are_refused(gateway: str) -> None:
    place = urlsplit(gateway)
    with ExitStack() as closing:
        for _ in range(130):
            slow = socket.create_connection(
                (place.hostname, place.port), source_address=("127.0.0.3", 0)
            )
            closing.enter_context(slow).sendall(HALF.encode())
        with session_from("127.0.0.3") as greedy, session_from("127.0.0.4") as other:
            assert greedy.get(f"{gateway}/product", timeout=60).status_code == 429
            assert other.get(f"{gateway}/product", timeout=60).status_code == 200


def test_a_body_that_is_too_large_is_refused_by_the_gateway(gateway: str) -> None:
    body = b"x" * 1_100_000
    assert requests.post(f"{gateway}/order/webhook", data=body, timeout=60).status_code == 413


def test_a_certificate_encrypts_the_connections(secure_gateway: tuple[str, str, Path]) -> None:
    url, _, certificate = secure_gateway
    for path in ("/health", "/product"):
        answer = requests.get(url + path, verify=str(certificate), timeout=20)
        assert answer.status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{url}/health", timeout=20)


def test_http_redirects_to_the_address_of_the_shop(secure_gateway: tuple[str, str, Path]) -> None:
    _, http, _ = secure_gateway
    for host in ("shop.example", "evil.example"):
        answer = requests.post(
            f"{http}/order?x=1", headers={"Host": host}, allow_redirects=False, timeout=20
        )
        assert answer.status_code == 308
        assert answer.headers["Location"] == "https://shop.example/order?x=1"
    assert requests.get(f"{http}/health", timeout=20).text == "ok"
