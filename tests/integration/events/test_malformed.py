"""Messages and requests that are none: they end no stream, and fill no log."""

import json
import socket
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

import redis_url
from config import settings
from tests.support.streams import TIMEOUT, Serve, Server, as_hint, publish

MALFORMED = (
    b"GET /events?ticket=secret HTTP/9.9\r\n\r\n",
    b"GET /events?ticket=secret\xff HTTP/1.1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nsecret\r\n",
    b"GET /" + b"secret" * 3000 + b" HTTP/1.1\r\n\r\n",
)


def test_a_message_that_does_not_decode_ends_no_stream(server: Server) -> None:
    order_id = uuid4()
    stream = server.open(order_id)
    channel = redis_url.change_channel(order_id)
    with redis_url.connect(settings.redis_url) as client:
        client.publish(channel, b"\xff")
        client.publish(channel[:-1].encode() + b"\xff", b"[]")
        # It would look like two events.
        client.publish(channel, '[]}\n\ndata: {"rootId": "forged"}')
    assert json.loads(stream.next_hint()) == {"rootId": str(order_id), "moved": []}
    publish(order_id)
    assert json.loads(stream.next_hint()) == as_hint(order_id)


def test_a_malformed_request_is_one_line_of_the_log_and_shows_nothing(
    serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    server = serve()
    place = urlsplit(server.url)
    for request in MALFORMED:
        with socket.create_connection((place.hostname, place.port), timeout=TIMEOUT) as client:
            client.sendall(request)
            assert b" 400 " in client.recv(100)
    server.process.terminate()
    server.process.wait()
    log = capfd.readouterr().err
    assert log.count("refused a malformed request") == len(MALFORMED)
    assert "secret" not in log
    assert "Traceback" not in log
