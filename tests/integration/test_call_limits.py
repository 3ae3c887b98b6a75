"""A provider's call ends in time, however slowly its answer comes, and says whether it was made."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
import requests

from models import ActivityState
from state_machines.durable import Call, CallError, UnknownOutcomeError, time_left
from state_machines.durable.activity import time_limit
from tasks.gateways import connection, sendgrid
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, ParcelState

HEADER = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
# Seconds; the bytes come far more often than a call may last.
LIMIT, BETWEEN = 0.5, 0.02


class Slow(socketserver.BaseRequestHandler):
    """Answers with `begin`, and then with one byte after the other until it is left alone."""

    begin = b""
    drips = True

    def handle(self) -> None:
        self.request.recv(65536)
        self.request.sendall(self.begin)
        self.server.asked.append(self.client_address)  # type: ignore[attr-defined]
        try:
            while not self.server.over.wait(BETWEEN):  # type: ignore[attr-defined]
                if self.drips:
                    self.request.sendall(b"x")
        except OSError:
            pass


class Prompt(BaseHTTPRequestHandler):
    """Answers at once, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.client_address)  # type: ignore[attr-defined]
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, kind: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), kind)
        self.asked: list[object] = []
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(kind: type[socketserver.BaseRequestHandler]) -> Iterator[Server]:
    with Server(kind) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()


class SilentAnswer(Slow):
    drips = False


class DrippingStatus(Slow):
    begin = b"HTTP/1.1 200 "


class DrippingHeader(Slow):
    begin = b"HTTP/1.1 200 OK\r\nX-Slow: "


class DrippingBody(Slow):
    begin = HEADER


class SilentBody(Slow):
    begin, drips = HEADER, False


KINDS = (SilentAnswer, DrippingStatus, DrippingHeader, DrippingBody, SilentBody)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_does_not_end_is_cut_off(kind: type[Slow]) -> None:
    calls = connection.session("stripe")
    with serving(kind) as server, time_limit(LIMIT):
        for _ in range(2):
            with pytest.raises((requests.RequestException, CallError)):
                calls.post(server.url, json={})
        assert time_left() <= 0
    assert len(server.asked) == 1, "the second was not begun"


def test_a_call_that_was_not_begun_is_no_unknown_outcome() -> None:
    with (
        serving(SilentAnswer) as server,
        time_limit(0),
        pytest.raises(connection.NoTimeLeftError) as refused,
    ):
        connection.session("stripe").get(server.url)
    assert not isinstance(refused.value, UnknownOutcomeError)
    assert server.asked == []


@pytest.mark.parametrize(("idle", "connections"), [(60.0, 1), (0.0, 3)], ids=["busy", "idle"])
def test_emails_share_a_connection_until_it_was_idle(
    monkeypatch: pytest.MonkeyPatch, idle: float, connections: int
) -> None:
    monkeypatch.setattr(sendgrid, "MAX_IDLE", idle)
    with serving(Prompt) as server:
        for _ in range(3):
            sendgrid.post(server.url, {})
    assert len(server.asked) == 3
    assert len({*server.asked}) == connections


class Carrier(Courier):
    """Announces parcels over HTTP, to a server that never ends its answer."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def announce(self, label: str, call: Call) -> str:
        self.calls.append(call)
        sendgrid.post(self.url, {"label": label})
        return label


@pytest.mark.parametrize("kind", [SilentAnswer, DrippingBody])
def test_an_unanswered_attempt_ends_within_the_timeout_as_an_unknown_outcome(
    depot: Depot,
    courier: Courier,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Slow],
) -> None:
    monkeypatch.setattr(Announce, "timeout", LIMIT)
    (parcel_id,) = depot.pack("vase")
    with serving(kind) as server:
        Announce.courier = Carrier(server.url)
        depot.run(parcel_id)
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.unknown_outcomes) == (ActivityState.WAITING, 1)
    assert str(activity.last_error).startswith("UnknownOutcomeError: SendGrid: ")
    assert depot.state(parcel_id) == ParcelState.PACKED
