"""The sandbox inside this process, on the moved clock.

A thread serves its HTTP. Its later steps and webhooks wait until the machinery does them.
"""

import asyncio
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests
from aiohttp import web

from config import settings
from launch.processes import SENDGRID_EVENTS, STRIPE_EVENTS
from models import clock
from sandbox import clock as sandbox_clock
from sandbox.app import ROW_LOG_FILE
from sandbox.events import Source
from sandbox.faults import Fault, Faults
from sandbox.row_log import RowLog
from sandbox.scheduled import Post, ScheduledBank
from sandbox.sendgrid_api.mail_send import MailSend
from sandbox.store import Store
from sandbox.stripe_api.attempts import ITSELF, attempt
from sandbox.stripe_api.chargebacks import open_dispute
from sandbox.stripe_api.routes import routes

R = TypeVar("R")
SUBSCRIPTIONS = {
    Source.STRIPE: STRIPE_EVENTS.split(","),
    Source.SENDGRID: SENDGRID_EVENTS.split(","),
}
# Days that a bank transfer or a refund takes, and days until a customer disputes a payment.
SETTLE_DAYS, DISPUTE_DAYS = 2, 9
DAY = 86_400.0
# Shares of the calls that meet a fault at first.
STRIPE_ERRORS, STRIPE_LIMITS, SENDGRID_ERRORS, BOUNCES = 0.02, 0.01, 0.02, 0.012
# Share of Stripe's events that are lost; a poll finds out about them.
LOST_EVENTS = 0.02


class PastFaults(Faults):
    """Faults of workers' calls, by chance.

    `activity` is the name of the activity whose call is being made, or "". While `sendgrid` is set,
    every email meets that fault.
    """

    hold = 0.0

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice
        self.sendgrid = Fault.NONE
        self.activity = ""

    def of_stripe(self) -> Fault:
        chance = self._dice.random() if self.activity else 1.0
        if chance < STRIPE_LIMITS:
            return Fault.RATE_LIMIT
        return Fault.ERROR if chance < STRIPE_LIMITS + STRIPE_ERRORS else Fault.NONE

    def of_sendgrid(self) -> Fault:
        if self.sendgrid != Fault.NONE:
            return self.sendgrid
        return Fault.ERROR if self._dice.random() < SENDGRID_ERRORS else Fault.NONE

    def bounces(self) -> bool:
        # A sign-in code that bounces would stop the customer's story.
        return self.activity.startswith("emails.order_") and self._dice.random() < BOUNCES

    def loses_event(self) -> bool:
        # The email that meets the fault follows an event: without it the incident would not happen.
        return self.sendgrid == Fault.NONE and self._dice.random() < LOST_EVENTS


class PastBank(ScheduledBank):
    """A bank whose customers take days until they dispute a payment."""

    def at(self, moment: float, act: Callable[[Any, str], None], row_id: str) -> None:
        delay = DISPUTE_DAYS * DAY if act is open_dispute else 0
        super().at(moment + delay, act, row_id)


class Outside:
    """The sandbox of the past, with its data in `data`, on the port of the sandbox."""

    def __init__(self, dice: random.Random, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.store = Store(RowLog(data / ROW_LOG_FILE))
        self.post = Post(self.store, SUBSCRIPTIONS)
        self.faults = PastFaults(dice)
        self.bank = PastBank(self.store, self.post, SETTLE_DAYS * DAY)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox", daemon=True)
        self._runner = web.AppRunner(self._make_app(), access_log=None)
        self._browser = requests.Session()

    def start(self) -> None:
        """Serve on the port of STRIPE_API_BASE. Raises OSError when it is taken."""
        sandbox_clock.source = lambda: clock.now().timestamp()
        self._thread.start()
        self.store.load()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()

    def stop(self) -> None:
        """Stop serving, and write what is not written yet."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self.run(self.store.row_log.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._browser.close()

    def run(self, act: Callable[..., R], *arguments: Any) -> R:
        """Run `act` in the sandbox's thread, where its rows are written."""

        async def run_there() -> R:
            return act(*arguments)

        return asyncio.run_coroutine_threadsafe(run_there(), self._loop).result()

    def pay(self, intent_id: str, method: str) -> None:
        """Pay as a customer does with Stripe's form, and pass the challenge if there is one."""
        self._post(
            f"payment_intents/{intent_id}/confirm",
            payment_method=method,
            return_url="http://localhost",
        )
        intent = self.store.intents[intent_id]
        if "redirect_to_url" in (intent.next_action or {}):
            paid_with = self.store.methods[intent.payment_method or ""]
            self.run(attempt, self.bank, intent, paid_with, ITSELF)

    def submit_evidence(self, dispute_id: str, evidence: str) -> None:
        """Send evidence to the customer's bank, as a person does in Stripe's dashboard."""
        self._post(f"disputes/{dispute_id}", **{"evidence[uncategorized_text]": evidence})

    def change_amount(self, intent_id: str, amount: int) -> None:
        """Change the amount of an intent, in minor units, as a person does in the dashboard."""
        self._post(f"payment_intents/{intent_id}", amount=str(amount))

    def _post(self, path: str, **form: str) -> None:
        """Call the API as a person or a browser does. A refusal is part of the story."""
        url = f"{settings.stripe_api_base}/v1/{path}"
        self._browser.post(url, data=form, auth=(settings.stripe_secret_key, ""), timeout=60)

    def _make_app(self) -> web.Application:
        app = web.Application()
        app.add_routes(routes(self.bank, self.faults))
        send = MailSend(self.store, self.post, self.faults).send  # type: ignore[arg-type]
        app.add_routes([web.post("/v3/mail/send", send)])
        return app

    async def _serve(self) -> None:
        await self._runner.setup()
        port = int(settings.stripe_api_base.rpartition(":")[2])
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()
