"""The web application of the sandbox: rows, webhooks, faults, and both services."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.calls import Calls
from sandbox.compact import compact
from sandbox.events import Source
from sandbox.fault_calls import FaultCalls
from sandbox.faults import Faults
from sandbox.ledger import ledger
from sandbox.row_log import RowLog
from sandbox.sendgrid_api.erase_job import EraseJob
from sandbox.sendgrid_api.mail_send import MailSend
from sandbox.sendgrid_api.mailbox import Mailbox
from sandbox.sendgrid_api.scopes import list_scopes
from sandbox.signatures import SendGridKey, load_key, stripe_signature
from sandbox.site.bank import BankPages
from sandbox.site.mail import MailPages
from sandbox.site.shell import static_routes
from sandbox.store import Store
from sandbox.stripe_api import attempts, chargebacks, refund_calls
from sandbox.stripe_api.bank import Bank
from sandbox.stripe_api.challenge import Challenge
from sandbox.stripe_api.routes import routes
from sandbox.webhooks import Listener, Webhooks

ROW_LOG_FILE = "journal.jsonl"  # its name in earlier releases, whose data stays readable
STRIPE_JS = Path(__file__).with_name("stripe.js")
MAX_BODY_SIZE = 30 * 1024 * 1024  # SendGrid's limit


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a sandbox. `data` is a directory for data that survives restarts, if any.

    A webhook URL may be empty. An empty set of events means all of them.
    """

    data: Path | None
    stripe_webhook_url: str
    stripe_webhook_secret: str
    stripe_webhook_events: frozenset[str]
    sendgrid_webhook_url: str
    sendgrid_webhook_events: frozenset[str]
    sendgrid_private_key: str
    settle_seconds: float


def make_app(options: Options) -> web.Application:
    """Return the application. Raises ValueError when the SendGrid key is malformed."""
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)
    key = load_key(options.sendgrid_private_key, options.data)
    store = Store(RowLog(options.data / ROW_LOG_FILE if options.data else None))
    faults = Faults()
    webhooks = Webhooks(store, faults, _listeners(options, key))
    bank = Bank(store, webhooks, options.settle_seconds)
    calls = Calls()

    async def run(_: web.Application) -> AsyncIterator[None]:
        store.load()
        await webhooks.start()
        _resume(bank)
        yield
        await webhooks.stop()
        store.row_log.close()

    app = web.Application(client_max_size=MAX_BODY_SIZE, middlewares=[calls.count])
    app.cleanup_ctx.append(run)
    app.add_routes(
        [
            *routes(bank, faults),
            *Challenge(bank).routes(),
            *FaultCalls(faults).routes(),
            *_sendgrid_routes(store, webhooks, faults),
            *static_routes(),
            *BankPages(store, webhooks, faults).routes(),
            *_status_routes(store, key, calls),
        ]
    )
    return app


def _sendgrid_routes(store: Store, webhooks: Webhooks, faults: Faults) -> list[web.RouteDef]:
    return [
        web.post("/v3/mail/send", MailSend(store, webhooks, faults).send),
        web.post("/v3/recipients/erasejob", EraseJob(store, faults).begin),
        web.get("/v3/scopes", list_scopes),
        web.get("/mail.json", Mailbox(store).list_all),
        *MailPages(store).routes(),
    ]


def _status_routes(store: Store, key: SendGridKey, calls: Calls) -> list[web.RouteDef]:
    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def public_key(_: web.Request) -> web.Response:
        return web.json_response({"public_key": key.public})

    async def stripe_js(_: web.Request) -> web.FileResponse:
        return web.FileResponse(STRIPE_JS, headers={"Access-Control-Allow-Origin": "*"})

    async def show_ledger(_: web.Request) -> web.Response:
        return web.Response(text=compact(ledger(store)), content_type="application/json")

    async def show_calls(_: web.Request) -> web.Response:
        return web.json_response(calls.counts)

    return [
        web.get("/health", health),
        web.get("/sendgrid/public_key", public_key),
        web.get("/stripe.js", stripe_js),
        web.get("/ledger.json", show_ledger),
        web.get("/calls.json", show_calls),
    ]


def _listeners(options: Options, key: SendGridKey) -> dict[Source, Listener]:
    return {
        Source.STRIPE: Listener(
            options.stripe_webhook_url,
            stripe_signature(options.stripe_webhook_secret),
            options.stripe_webhook_events,
        ),
        Source.SENDGRID: Listener(
            options.sendgrid_webhook_url, key.sign, options.sendgrid_webhook_events
        ),
    }


def _resume(bank: Bank) -> None:
    """Resume the slow payments, refunds and disputes of an earlier process."""
    for intent in bank.store.intents.values():
        if intent.settles_at is not None:
            bank.at(intent.settles_at, attempts.settle, intent.id)
    for refund in bank.store.refunds.values():
        if refund.settles_at is not None:
            bank.at(refund.settles_at, refund_calls.settle, refund.id)
    for dispute in bank.store.disputes.values():
        if dispute.settles_at is not None:
            bank.at(dispute.settles_at, chargebacks.settle, dispute.id)
    for charge in bank.store.charges.values():
        chargebacks.expect_dispute(bank, charge)
