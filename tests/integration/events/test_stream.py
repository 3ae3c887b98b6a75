"""Tests of the stream of events: who gets which hints, and what a stream survives."""

import asyncio
import json
import signal
import socket
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import jwt
import pytest
import redis
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client.parser import text_string_to_metric_families

import redis_url
import tickets
from bench.watching import Watching
from config import settings
from events.metrics import METRICS
from launch.redis import Redis
from launch.waiting import until
from models import Product
from models.clock import now
from signing_keys import signing_key
from state_machines.durable.unit_of_work import Committed
from state_machines.payment import PaymentSignal
from tasks import dispatch
from tests.support.streams import TIMEOUT, Serve, Server, as_hint, publish
from tests.support.web import Person, stripe_says


def test_a_customer_gets_a_hint_when_the_order_is_paid(
    server: Server, ann: Person, lamp: Product, committed: list[Committed]
) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    body = {"orderIds": [order_id]}
    issued = ann.client.post("/auth/events-ticket", json=body, headers=ann.headers).get_json()
    stream = server.follow(issued["ticket"])
    stripe_says(UUID(order_id), PaymentSignal.INITIATED, "requires_payment_method")
    stripe_says(UUID(order_id), PaymentSignal.SUCCEEDED, "succeeded")
    dispatch.publish_change(move for commit in committed for move in commit.moves)
    hint = json.loads(stream.next_hint())
    assert hint["rootId"] == order_id
    versions = {moved["machine"]: moved["version"] for moved in hint["moved"]}
    assert versions == {"order": 2, "payment": 3}


def test_the_hints_of_other_orders_never_arrive(server: Server) -> None:
    mine, foreign = uuid4(), uuid4()
    stream = server.open(mine)
    publish(foreign)
    publish(mine)
    assert json.loads(stream.next_hint()) == as_hint(mine)


def test_staff_gets_the_hints_of_all_executions(server: Server) -> None:
    stream = server.follow(tickets.issue(uuid4(), None, now()))
    order_ids = [uuid4() for _ in "123"]
    for order_id in order_ids:
        publish(order_id)
    assert [json.loads(stream.next_hint()) for _ in order_ids] == list(map(as_hint, order_ids))


def test_a_stream_opens_at_once_and_passes_proxies(server: Server) -> None:
    stream = server.open(uuid4())
    headers = stream.answer.headers
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Cache-Control"] == "no-store, no-transform"
    assert 3_000 <= int(stream.next_line(b"retry: ").removeprefix(b"retry: ")) <= 15_000


def test_only_pages_of_allowed_origins_can_read_it(server: Server) -> None:
    allowed = settings.allowed_origins[0]
    own, foreign = server.open(Origin=allowed), server.open(Origin="https://evil.example")
    assert own.answer.headers["Access-Control-Allow-Origin"] == allowed
    assert "Access-Control-Allow-Origin" not in foreign.answer.headers
    refused = server.ask("", Origin=allowed)
    assert refused.headers["Access-Control-Allow-Origin"] == allowed


def forge(**changed: Any) -> str:
    """Return a ticket with other claims, which is signed with our key."""
    claims = {"iss": "projectx", "aud": tickets.AUDIENCE, "sub": uuid4().hex, "executions": "*"}
    key, key_id = signing_key()
    headers = {"kid": key_id, "typ": changed.pop("typ", tickets.TYPE)}
    exp = now() + timedelta(minutes=1)
    return jwt.encode(claims | {"exp": exp} | changed, key, "EdDSA", headers=headers)


def forge_with_another_key() -> str:
    text = tickets.issue(uuid4(), None, now())
    claims = jwt.decode(text, options={"verify_signature": False})
    header = jwt.get_unverified_header(text)
    return jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers=header)


def test_tickets_that_are_not_ours_or_for_something_else_are_refused(server: Server) -> None:
    refused = {
        "none": "",
        "no ticket": "abc",
        "expired": tickets.issue(uuid4(), None, now() - timedelta(minutes=2)),
        "of another key": forge_with_another_key(),
        "an access token": forge(typ="at+jwt", aud="projectx-api"),
        "for another service": forge(aud="projectx-api"),
        "of another issuer": forge(iss="another"),
        "of nobody": forge(sub="nobody"),
        "for nonsense": forge(executions=["nonsense"]),
        "for a number": forge(executions=7),
    }
    answers = {name: server.ask(ticket) for name, ticket in refused.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        refused, 401
    )
    assert answers["expired"].json()["detail"] == "The ticket has expired"
    assert server.health()["watchers"] == 0


def test_streams_are_limited_in_all_and_for_each_user(serve: Serve) -> None:
    server, ann = serve(EVENTS_STREAMS="3", EVENTS_STREAMS_PER_USER="2"), uuid4()
    first, _ = (server.open(uuid4(), user_id=ann) for _ in "12")
    refused = server.ask(tickets.issue(ann, [uuid4()], now()))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    server.open(uuid4())
    assert server.ask(tickets.issue(uuid4(), [uuid4()], now())).status_code == 503
    first.close()
    until(lambda: server.health()["watchers"] == 2, "the end of the stream", seconds=TIMEOUT)
    server.open(uuid4(), user_id=ann)
    assert requests.get(f"{server.url}/metrics", timeout=TIMEOUT).status_code == 404, "METRICS"


def test_the_numbers_of_the_process_are_told_to_prometheus(serve: Serve) -> None:
    server, order_id = serve(METRICS="1", EVENTS_STREAMS="2"), uuid4()
    streams = [server.open(order_id) for _ in "12"]
    assert server.ask(tickets.issue(uuid4(), [uuid4()], now())).status_code == 503
    publish(order_id, uuid4())
    for stream in streams:
        stream.next_hint()
    answer = requests.get(f"{server.url}/metrics", timeout=TIMEOUT)
    families = text_string_to_metric_families(answer.text)
    samples = [sample for family in families for sample in family.samples]
    assert [sample.name for sample in samples] == list(METRICS)
    assert [sample.value for sample in samples] == [2, 2, 1, 2, 0, 1]


def test_streams_outlive_redis_and_are_told_to_read_again(serve: Serve, tmp_path: Path) -> None:
    order_id = uuid4()
    with Redis(tmp_path / "redis") as server:
        events = serve(REDIS_URL=server.url)
        stream = events.open(order_id)
        server.kill()
        until(lambda: not events.is_ready(), "the loss of Redis", seconds=TIMEOUT)
        assert events.health()["watchers"] == 1
        server.start()
        assert stream.next_line(b"event: ") == b"event: refetch"
        with redis.Redis(port=server.port) as client:
            client.publish(redis_url.change_channel(order_id), "[]")
        assert json.loads(stream.next_hint()) == {"rootId": str(order_id), "moved": []}


def test_messages_of_earlier_releases_and_unknown_ones_are_understood(server: Server) -> None:
    order_id = uuid4()
    stream = server.open(order_id)
    with redis_url.connect(settings.redis_url) as client:
        client.publish("projectx:moved:nonsense", "[]")
        client.publish(redis_url.change_channel(order_id), "moved")
    assert json.loads(stream.next_hint()) == {"rootId": str(order_id), "moved": []}


def open_without_reading(server: Server, order_id: UUID) -> socket.socket:
    """Open a stream and read only its head."""
    place = urlsplit(server.url)
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.connect((place.hostname, place.port))
    ticket = tickets.issue(uuid4(), [order_id], now())
    slow.sendall(f"GET /events?ticket={ticket} HTTP/1.1\r\nHost: events\r\n\r\n".encode())
    assert slow.recv(12) == b"HTTP/1.1 200"
    return slow


def test_a_client_that_does_not_read_is_dropped_and_others_are_served(serve: Serve) -> None:
    server, order_id = serve(), uuid4()
    with closing(open_without_reading(server, order_id)):
        reading = server.open(order_id)

        def is_dropped() -> bool:
            for _ in range(20):
                publish(order_id)
                assert json.loads(reading.next_hint()) == as_hint(order_id)
            return bool(server.health()["dropped"])

        until(is_dropped, "the end of the slow client", seconds=TIMEOUT)
        until(lambda: server.health()["watchers"] == 1, "its removal", seconds=TIMEOUT)


def test_streams_end_in_order_when_the_process_is_stopped(serve: Serve) -> None:
    server = serve()
    streams = [server.open(uuid4()) for _ in range(20)]
    server.process.send_signal(signal.SIGTERM)
    for stream in streams:
        # A connection that is cut off would raise an error.
        assert not [line for line in stream.lines if line.startswith(b"data: ")]
    assert server.process.wait(TIMEOUT) == 0


@pytest.mark.slow
def test_an_idle_stream_has_heartbeats(server: Server) -> None:
    stream = server.open(uuid4())
    assert stream.next_line(b":") == b":"


@pytest.mark.slow
def test_a_thousand_watchers_each_get_the_hint_of_their_order(serve: Serve) -> None:
    port = urlsplit(serve().url).port
    assert port

    async def story() -> None:
        watching = Watching(port, 1000)
        try:
            await watching.open()
            assert len(await watching.publish(1000, 0)) == 1000
            assert watching.lost == 0
        finally:
            await watching.close()

    asyncio.run(story())
