"""Delivery of events to webhook listeners, repeated until they answer 2xx.

Stripe repeats for three days, with minutes between attempts. Here the first pause is a second and
the longest a minute, so that a demonstration can wait for it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

import aiohttp

from sandbox import clock
from sandbox.events import Delivery, Event, Source
from sandbox.faults import Fate, Faults
from sandbox.store import Store

FIRST_PAUSE = 1.0
MAX_PAUSE = 60.0
# Seconds in which SendGrid's events are gathered into a batch; the real ones take half a minute.
BATCH_WINDOW = 1.0
CONNECTIONS = 64
# Shorter than the two seconds after which gunicorn hangs up on an idle connection.
KEEP_ALIVE = 1.5
# A sandbox under load has very many events: the attempts of older ones are forgotten.
MAX_EVENTS_WITH_ATTEMPTS = 2000


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook URL. `sign` returns the signature headers of a body; empty `types` mean all."""

    url: str
    sign: Callable[[bytes], dict[str, str]]
    types: frozenset[str] = frozenset()

    def wants(self, event: Event) -> bool:
        return bool(self.url) and (not self.types or event.type in self.types)


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One request to a listener. `at` is in Unix seconds; `result` is a status or an error."""

    at: float
    result: str


class UnsubscribedError(Exception):
    """No listener takes events of this type."""


class Webhooks:
    """`attempts` are those of the newest events since the process began, by the event's id."""

    def __init__(self, store: Store, faults: Faults, listeners: dict[Source, Listener]) -> None:
        self._store = store
        self._faults = faults
        self._listeners = listeners
        self._tasks: set[asyncio.Task[None]] = set()
        self._together: list[Event] = []
        self.attempts: dict[str, list[DeliveryAttempt]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Start delivering, first the pending events of an earlier process."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        )
        for event in list(self._store.undelivered.values()):
            if event.state == Delivery.PENDING:
                self._begin(event, wait=0)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._session is not None:
            await self._session.close()

    def publish(self, event: Event) -> None:
        """Save the event and start its delivery, unless a fault drops it."""
        fate = self._faults.fate() if event.source == Source.STRIPE else Fate()
        if not self._listeners[Source(event.source)].wants(event):
            event.state = Delivery.UNWANTED
        elif fate.dropped:
            event.state = Delivery.DROPPED
        self._store.save(event)
        if event.state == Delivery.PENDING:
            for _ in range(2 if fate.doubled else 1):
                self._begin(event, fate.wait)

    def redeliver(self, event: Event) -> None:
        """Deliver an event again now, without faults. Raises UnsubscribedError."""
        if not self._listeners[Source(event.source)].wants(event):
            raise UnsubscribedError
        if event.undelivered:
            event.state = Delivery.PENDING
            self._store.save_state(event)
        self._begin(event, wait=0)

    def _begin(self, event: Event, wait: float) -> None:
        listener = self._listeners[Source(event.source)]
        if not listener.wants(event):
            return
        if event.source == Source.STRIPE:
            self._start(self._deliver([event], listener, wait))
            return
        self._together.append(event)
        if len(self._together) == 1:
            self._start(self._deliver_together(listener))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_together(self, listener: Listener) -> None:
        """Deliver all events of a batch window as one array, as SendGrid does."""
        await asyncio.sleep(BATCH_WINDOW)
        events, self._together = self._together, []
        await self._deliver(events, listener, 0)

    async def _deliver(self, events: list[Event], listener: Listener, wait: float) -> None:
        if wait:
            await asyncio.sleep(wait)
        body = _join_bodies(events).encode()
        pause = FIRST_PAUSE
        while not await self._try(events, listener, body):
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)
        for event in events:
            event.state = Delivery.DELIVERED
            self._store.save_state(event)

    async def _try(self, events: list[Event], listener: Listener, body: bytes) -> bool:
        """Post a body, record the attempt, and return whether the listener answered 2xx."""
        result = await self._post(listener, body)
        for event in events:
            self.attempts.setdefault(event.id, []).append(DeliveryAttempt(clock.now(), result))
            if len(self.attempts) > MAX_EVENTS_WITH_ATTEMPTS:
                del self.attempts[next(iter(self.attempts))]
        return result.startswith("2")

    async def _post(self, listener: Listener, body: bytes) -> str:
        """Return the status of the answer, or the name of the error."""
        if self._session is None:
            return "not started"
        headers = {"Content-Type": "application/json; charset=utf-8", **listener.sign(body)}
        try:
            async with self._session.post(
                listener.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return str(answer.status)
        except (aiohttp.ClientError, OSError) as error:
            return type(error).__name__


def _join_bodies(events: list[Event]) -> str:
    """Return one body for all events: Stripe's are sent alone, SendGrid's are arrays."""
    if len(events) == 1:
        return events[0].body
    return f"[{','.join(event.body[1:-1] for event in events)}]"
