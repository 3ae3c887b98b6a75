"""Streams of the events process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID, uuid4

import requests

import tickets
from models.clock import now
from state_machines.durable.unit_of_work import Move
from tasks import dispatch
from tests.support import python

TIMEOUT = 60  # seconds


def publish(*root_ids: UUID) -> None:
    dispatch.publish_change([Move("order", root_id, 7, root_id) for root_id in root_ids])


def as_hint(order_id: UUID) -> dict[str, Any]:
    moved = [{"machine": "order", "id": str(order_id), "version": 7}]
    return {"rootId": str(order_id), "moved": moved}


@dataclass
class Stream:
    """An open stream, which is read line by line."""

    answer: requests.Response
    lines: Iterator[bytes]

    @classmethod
    def open(cls, url: str, ticket: str, **headers: str) -> Self:
        """Open a stream and read its first comment."""
        answer = requests.get(
            f"{url}/events", {"ticket": ticket}, headers=headers, stream=True, timeout=TIMEOUT
        )
        assert answer.status_code == 200, answer.text
        stream = cls(answer, answer.iter_lines(chunk_size=1))
        assert stream.next_line(b": open") == b": open"
        return stream

    def next_line(self, beginning: bytes) -> bytes:
        """Return the next line that begins so."""
        return next(line for line in self.lines if line.startswith(beginning))

    def next_hint(self) -> bytes:
        """Return the data of the next event that is no demand to read everything again."""
        return next(data for data in self._data() if data != b"{}")

    def _data(self) -> Iterator[bytes]:
        while True:
            yield self.next_line(b"data: ").removeprefix(b"data: ")

    def close(self) -> None:
        self.answer.close()


@dataclass
class Server:
    """A process of `python -m events`."""

    url: str
    process: python.Process
    closing: ExitStack

    def open(self, *execution_ids: UUID, user_id: UUID | None = None, **headers: str) -> Stream:
        """Open a stream of these executions."""
        return self.follow(tickets.issue(user_id or uuid4(), execution_ids, now()), **headers)

    def follow(self, ticket: str, **headers: str) -> Stream:
        """Open a stream with this ticket."""
        stream = Stream.open(self.url, ticket, **headers)
        self.closing.callback(stream.close)
        return stream

    def ask(self, ticket: str, **headers: str) -> requests.Response:
        """Send a request that is expected to be refused."""
        return requests.get(
            f"{self.url}/events", {"ticket": ticket}, headers=headers, timeout=TIMEOUT
        )

    def health(self) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/health", timeout=TIMEOUT)
        return dict(answer.json())

    def is_ready(self) -> bool:
        try:
            return bool(self.health()["status"] == "ok")
        except requests.ConnectionError:
            return False


Serve = Callable[..., Server]
