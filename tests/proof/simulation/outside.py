"""The sandbox inside this process, on the simulation's time.

A thread serves its HTTP; its later steps and posts wait until the scheduler chooses them.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from launch.processes import SENDGRID_EVENTS, STRIPE_EVENTS
from models import clock
from sandbox import clock as sandbox_clock
from sandbox.events import Source
from sandbox.fault_plan import FaultPlan, SendGridFaults
from sandbox.faults import Fault, Faults
from sandbox.ledger import ledger
from sandbox.row_log import RowLog
from sandbox.rows.intents import Intent
from sandbox.scheduled import Post, ScheduledBank
from sandbox.sendgrid_api.erase_job import EraseJob
from sandbox.sendgrid_api.mail_send import MailSend
from sandbox.store import Store
from sandbox.stripe_api.routes import routes

Json = dict[str, Any]
SUBSCRIPTIONS = {
    Source.STRIPE: STRIPE_EVENTS.split(","),
    Source.SENDGRID: SENDGRID_EVENTS.split(","),
}
SETTLE_SECONDS = 120
BOUNCES = 0.15
# Seconds by which Stripe's search of intents is behind, in half of the seeds.
SEARCH_LAG = 900


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
        self.post = Post(self.store, SUBSCRIPTIONS)
        self.bank = ScheduledBank(self.store, self.post, SETTLE_SECONDS)
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
