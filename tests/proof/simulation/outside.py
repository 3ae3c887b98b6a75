"""The sandbox inside this process, on the simulation's time.

A thread serves its HTTP; its later steps and posts wait until the scheduler chooses them.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from aiohttp import web

from launch.processes import STRIPE_EVENTS
from models import clock
from sandbox import clock as sandbox_clock
from sandbox.events import Delivery, Event, Source
from sandbox.fault_plan import FaultPlan, SendGridFaults
from sandbox.faults import Fault, Faults
from sandbox.ledger import ledger
from sandbox.row_log import RowLog
from sandbox.rows.intents import Intent
from sandbox.sendgrid_api.erase_job import EraseJob
from sandbox.sendgrid_api.mail_send import MailSend
from sandbox.store import Store
from sandbox.stripe_api.bank import Bank
from sandbox.stripe_api.routes import routes
from state_machines.durable.handling import ProviderEvent

Json = dict[str, Any]
WANTED = {
    Source.STRIPE: STRIPE_EVENTS.split(","),
    Source.SENDGRID: ["delivered", "bounce", "dropped"],
}
SETTLE_SECONDS = 120
BOUNCES = 0.15
# Seconds by which Stripe's search of intents is behind, in half of the seeds.
SEARCH_LAG = 900


class Later(NamedTuple):
    """A later step of the bank, at `moment` in Unix seconds."""

    moment: float
    act: Callable[[Bank, str], None]
    row_id: str


class Post:
    """Takes the place of the webhooks: keeps what is to be posted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.waiting: list[Event] = []

    def publish(self, event: Event) -> None:
        subscribed = event.type in WANTED[Source(event.source)]
        event.state = Delivery.PENDING if subscribed else Delivery.UNWANTED
        self._store.save(event)
        if subscribed:
            self.waiting.append(event)

    def take(self, event: Event, state: Delivery) -> None:
        """Remove an event that has arrived or never will."""
        self.waiting.remove(event)
        event.state = state
        self._store.save_state(event)


def as_posted(event: Event) -> ProviderEvent:
    """Return the posted object: Stripe's, or the one in SendGrid's list."""
    body = json.loads(event.body)
    return event.id, event.type, body if event.source == Source.STRIPE else body[0]


class Fates(Faults):
    """The results of requests, which the scheduler decides."""

    hold = 0.0  # what was done is done: nothing else moves until then

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.set(FaultPlan(seed, sendgrid=SendGridFaults(bounceRate=BOUNCES)))
        self._next: list[Fault] = []

    @contextmanager
    def meeting(self, faults: list[Fault]) -> Iterator[None]:
        """Let the requests of the block have these results, one after the other."""
        self._next = list(faults)
        yield
        self._next = []

    def of_stripe(self) -> Fault:
        return self._next.pop(0) if self._next else Fault.NONE

    def of_sendgrid(self) -> Fault:
        return self.of_stripe()


class PatientBank(Bank):
    def __init__(self, store: Store, post: Post) -> None:
        super().__init__(store, post, SETTLE_SECONDS)  # type: ignore[arg-type]
        self.later: list[Later] = []

    def at(self, moment: float, act: Callable[[Bank, str], None], row_id: str) -> None:
        self.later.append(Later(moment, act, row_id))

    def do(self, later: Later) -> None:
        self.later.remove(later)
        later.act(self, later.row_id)


class Outside:
    """One sandbox at a time on one port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        threading.Thread(target=self._loop.run_forever, name="sandbox", daemon=True).start()
        sandbox_clock.source = lambda: clock.now().timestamp()
        self.begin(0)

    def begin(self, seed: int) -> None:
        """Return a world without any event yet."""
        self.store = Store(RowLog(None))
        self.post = Post(self.store)
        self.bank = PatientBank(self.store, self.post)
        self.bank.search_lag = SEARCH_LAG * (seed % 2)
        self.faults = Fates(seed)
        self._forgotten: list[Json] = []
        self._run(self._serve())

    def ledger(self) -> list[Json]:
        return ledger(self.store) + self._forgotten

    def forget(self, intent: Intent) -> None:
        """Make Stripe forget this open intent."""
        (entry,) = [row for row in ledger(self.store) if row["paymentIntent"] == intent.id]
        self._forgotten.append(entry | {"status": "canceled"})
        del self.store.intents[intent.id]

    def mails(self) -> list[Json]:
        return [email.view() for email in self.store.emails.values()]

    async def _serve(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        app = web.Application()
        app.add_routes(routes(self.bank, self.faults))
        send = MailSend(self.store, self.post, self.faults).send  # type: ignore[arg-type]
        app.add_routes([web.post("/v3/mail/send", send)])
        erase = EraseJob(self.store, self.faults).begin
        app.add_routes([web.post("/v3/recipients/erasejob", erase)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)
