"""After a body that was too long to be read, a client knows whether its connection goes on."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.support.served import serving

PATHS = ("/auth/login", "/order", "/order/webhook", "/admin/bulk", "/nowhere")


@pytest.mark.slow
def test_a_connection_that_ends_after_a_long_body_is_announced(database: Flask) -> None:
    with serving() as (url, _):
        place = urlsplit(url).netloc
        for path in PATHS:
            for length in (0, 1000, 64 * 1024 - 1, 64 * 1024, 1_500_000, 3_000_000):
                connection = HTTPConnection(place, timeout=60)
                connection.request("POST", path, b"x" * length)
                answer = connection.getresponse()
                answer.read()
                assert 400 <= answer.status < 500, (path, length)
                # http.client opens another connection only when the answer announced its end.
                connection.request("GET", "/health")
                assert connection.getresponse().status == 200, (path, length)
                connection.close()
