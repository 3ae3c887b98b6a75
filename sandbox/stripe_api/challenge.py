"""The 3-D Secure challenge of a bank: a page with two buttons."""

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from sandbox.compact import compact
from sandbox.pages import page
from sandbox.rows.intents import Intent
from sandbox.stripe_api.attempts import ITSELF, attempt, fail_challenge
from sandbox.stripe_api.bank import Bank
from sandbox.stripe_api.errors import StripeError
from sandbox.stripe_api.money import worded

OPEN = {"Access-Control-Allow-Origin": "*"}
FORM = """
<h1>3-D Secure</h1>
<p>Your bank asks: is it you who pays <b>{amount}</b>?</p>
<form method="post" action="/3ds/{id}/complete?client_secret={secret}">
  <button class="main">Complete</button></form>
<form method="post" action="/3ds/{id}/fail?client_secret={secret}"><button>Fail</button></form>
"""


class Challenge:
    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/3ds/{id}", self.show),
            web.post("/3ds/{id}/complete", self.complete),
            web.post("/3ds/{id}/fail", self.fail),
        ]

    async def show(self, request: web.Request) -> web.Response:
        intent = self._intent(request)
        form = FORM.format(
            amount=escape(worded(intent.amount, intent.currency)),
            id=intent.id,
            secret=intent.client_secret,
        )
        return page("3-D Secure", form)

    async def complete(self, request: web.Request) -> web.Response:
        """Pass the challenge and charge the card, which may still be declined."""
        intent = self._intent(request)
        return_url = intent.return_url
        if intent.status == "requires_action":
            try:
                attempt(self._bank, intent, self._bank.store.methods[_method(intent)], ITSELF)
            except StripeError:
                # The error is in the intent's last_payment_error.
                return self._answer(intent, "failed", return_url)
        return self._answer(intent, "succeeded", return_url)

    async def fail(self, request: web.Request) -> web.Response:
        intent = self._intent(request)
        return_url = intent.return_url
        if intent.status == "requires_action":
            fail_challenge(self._bank, intent, self._bank.store.methods[_method(intent)])
        return self._answer(intent, "failed", return_url)

    def _intent(self, request: web.Request) -> Intent:
        intent = self._bank.store.intents.get(request.match_info["id"])
        if intent is None or request.query.get("client_secret") != intent.client_secret:
            raise web.HTTPNotFound
        return intent

    def _answer(self, intent: Intent, outcome: str, return_url: str | None) -> web.Response:
        """Redirect to the shop's return URL, or return the intent without one."""
        self._bank.store.row_log.flush()
        if return_url:
            query = urlencode(
                {
                    "payment_intent": intent.id,
                    "payment_intent_client_secret": intent.client_secret,
                    "redirect_status": outcome,
                }
            )
            joint = "&" if "?" in return_url else "?"
            raise web.HTTPSeeOther(f"{return_url}{joint}{query}")
        return web.Response(
            text=compact(intent.view(public=True)), content_type="application/json", headers=OPEN
        )


def _method(intent: Intent) -> str:
    return intent.payment_method or ""
