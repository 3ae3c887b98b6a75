"""Tests of the web processes' worker: which requests a thread answers before it is free again."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn

from web.steady_worker import SteadyWorker

REQUEST = b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"
ANSWER = b"HTTP/1.1 204 No Content\r\n"


@pytest.fixture
def answers() -> Iterator[Callable[[int], int]]:
    """Return a function that counts what a worker with so many threads answers at a time.

    The client sends its second request as soon as it has its first answer.
    """
    server, client = socket.socketpair()

    def count(threads: int) -> int:
        config = Config()
        config.set("threads", threads)
        worker = SteadyWorker(1, 1, [], None, 30, config, Logger(config))
        requests = [REQUEST]

        def application(_: Any, start_response: Any) -> list[bytes]:
            if requests:
                client.sendall(requests.pop())
            start_response("204 No Content", [])
            return []

        worker.wsgi, worker.nr_conns = application, 1
        client.sendall(REQUEST)
        with closing(worker.tmp):
            assert worker.handle(TConn(config, server, ("127.0.0.1", 1), ("127.0.0.1", 2))) is True
        return client.recv(4096).count(ANSWER)

    with server, client:
        yield count


def test_a_thread_stays_with_a_connection_that_sends_more(answers: Callable[[int], int]) -> None:
    assert answers(2) == 2


def test_the_last_thread_does_not_stay(answers: Callable[[int], int]) -> None:
    assert answers(1) == 1
