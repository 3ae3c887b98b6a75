"""The open streams of this process: the executions that each watches, limits, and sending."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from uuid import UUID

from tickets import Ticket

# Bytes that a watcher has not read. The system's buffers hold about as much again.
MAX_UNREAD = 16 * 1024
HEARTBEAT_INTERVAL = 15  # seconds
# A stream ends after this time, so that nobody watches for long after signing out.
MAX_STREAM_AGE = 900  # seconds
# Streams that are asked in a second to read everything again: all at once would be a storm of
# requests.
REFETCHES_PER_SECOND = 200


class FullError(Exception):
    """The process has as many watchers as it may have."""


class TooManyStreamsError(Exception):
    """The user has as many streams as one user may have."""


def chunk(event: str) -> bytes:
    """Return an event as a chunk of an HTTP/1.1 response."""
    body = f"{event}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(body), body)


HEARTBEAT = chunk(":")
REFETCH = chunk("event: refetch\ndata: {}")


class Watcher:
    """One stream. `ended` is done when the process ends it; nothing is sent before `is_open`."""

    __slots__ = ("beat", "ended", "is_open", "opened_at", "ticket", "transport")

    def __init__(self, ticket: Ticket, transport: asyncio.WriteTransport, beat: int) -> None:
        loop = asyncio.get_running_loop()
        self.ticket, self.transport, self.beat = ticket, transport, beat
        self.opened_at, self.is_open = loop.time(), False
        self.ended: asyncio.Future[None] = loop.create_future()

    def send(self, data: bytes) -> bool:
        """Send a chunk. Return False and drop the connection if its client reads too slowly."""
        if not self.is_open or self.transport.is_closing():
            return True
        if self.transport.get_write_buffer_size() > MAX_UNREAD:
            self.transport.abort()
            return False
        self.transport.write(data)
        return True

    def end(self) -> None:
        """End the stream in order; the client may open another."""
        if not self.ended.done():
            self.ended.set_result(None)


class Watchers:
    """All open streams: at most `limit`, and `user_limit` of each user."""

    def __init__(self, limit: int, user_limit: int) -> None:
        self.limit, self._user_limit = limit, user_limit
        self._numbers = count()
        self._by_user: Counter[UUID] = Counter()
        self._by_execution: defaultdict[UUID, set[Watcher]] = defaultdict(set)
        self._of_all: set[Watcher] = set()
        # Each second the watchers of one beat get a heartbeat.
        self._by_beat: tuple[set[Watcher], ...] = tuple(set() for _ in range(HEARTBEAT_INTERVAL))
        # Since the start of the process.
        self.announced = self.dropped = self.refused = 0

    def __len__(self) -> int:
        return self._by_user.total()

    @contextmanager
    def watch(self, ticket: Ticket, transport: asyncio.WriteTransport) -> Iterator[Watcher]:
        """Send events to a client while the block runs.

        Raises FullError or TooManyStreamsError.
        """
        if len(self) >= self.limit:
            self.refused += 1
            raise FullError
        if self._by_user[ticket.user_id] >= self._user_limit:
            self.refused += 1
            raise TooManyStreamsError
        watcher = Watcher(ticket, transport, next(self._numbers) % HEARTBEAT_INTERVAL)
        self._by_user[ticket.user_id] += 1
        self._by_beat[watcher.beat].add(watcher)
        for group in self._groups(ticket):
            group.add(watcher)
        try:
            yield watcher
        finally:
            self._remove(watcher)

    def _groups(self, ticket: Ticket) -> Iterable[set[Watcher]]:
        if ticket.executions is None:
            return (self._of_all,)
        return [self._by_execution[execution_id] for execution_id in ticket.executions]

    def _remove(self, watcher: Watcher) -> None:
        user_id = watcher.ticket.user_id
        self._by_user[user_id] -= 1
        if not self._by_user[user_id]:
            del self._by_user[user_id]
        self._by_beat[watcher.beat].discard(watcher)
        self._of_all.discard(watcher)
        for execution_id in watcher.ticket.executions or ():
            self._by_execution[execution_id].discard(watcher)
            if not self._by_execution[execution_id]:
                del self._by_execution[execution_id]

    def announce(self, root_id: UUID, moves: str) -> None:
        """Send the moves of an execution (JSON) to all who may see them."""
        watching = self._by_execution.get(root_id, ())
        if watching or self._of_all:
            data = chunk(f'data: {{"rootId":"{root_id}","moved":{moves}}}')
            self.announced += len(watching) + len(self._of_all)
            self._send((*watching, *self._of_all), data)

    def _send(self, watchers: Iterable[Watcher], data: bytes) -> None:
        for watcher in watchers:
            self.dropped += not watcher.send(data)

    async def beat(self) -> None:
        """Send heartbeats for ever, and end streams that are old."""
        for second in count():
            now = asyncio.get_running_loop().time()
            group = tuple(self._by_beat[second % HEARTBEAT_INTERVAL])
            self._send(group, HEARTBEAT)
            for watcher in group:
                if now - watcher.opened_at > MAX_STREAM_AGE:
                    watcher.end()
            await asyncio.sleep(1)

    async def refetch(self) -> None:
        """Tell all watchers, some at a time, that events may have been lost."""
        watchers = [watcher for group in self._by_beat for watcher in group]
        for start in range(0, len(watchers), REFETCHES_PER_SECOND):
            self._send(watchers[start : start + REFETCHES_PER_SECOND], REFETCH)
            await asyncio.sleep(1)

    def end_all(self) -> None:
        """End all streams in order."""
        for group in self._by_beat:
            for watcher in group:
                watcher.end()
