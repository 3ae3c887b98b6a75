"""The common part of all Stripe calls: key, faults, idempotency, envelope, headers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox import clock
from sandbox.compact import Json, compact
from sandbox.faults import Fault, Faults
from sandbox.hang_up import hang_up
from sandbox.ids import new_id
from sandbox.rows.answers import Answer
from sandbox.stripe_api.authentication import PUBLISHABLE, api_key, refuse_publishable
from sandbox.stripe_api.bank import Bank, Cause
from sandbox.stripe_api.call import Call, Handler
from sandbox.stripe_api.errors import StripeError, broken, rate_limited, refused
from sandbox.stripe_api.expand import expand
from sandbox.stripe_api.forms import parse
from sandbox.stripe_api.idempotency import Idempotency, fingerprint
from sandbox.stripe_api.params import strings

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Version, Idempotent-Replayed",
}


@dataclass(slots=True)
class Reply:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    def __init__(self, bank: Bank, faults: Faults) -> None:
        self._bank = bank
        self._faults = faults
        self._idempotency = Idempotency(bank.store.answers)

    def serve(
        self, run: Handler, *, public: bool = False
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return a handler of requests; `public` ones accept the publishable key, too."""

        async def answer(request: web.Request) -> web.Response:
            request_id = new_id("req")
            fault = self._faults.of_stripe()
            try:
                reply = await self._reply(run, request, request_id, fault, public=public)
            except StripeError as error:
                reply = Reply(error.status, compact(error.envelope(request_id)))
            self._bank.store.row_log.flush()
            if fault == Fault.TIMEOUT:
                await hang_up(request, self._faults.hold)
            headers = {"Request-Id": request_id, **reply.headers}
            if "Origin" in request.headers:
                headers |= OPEN
            if reply.status == 401:
                headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
            return web.Response(
                text=reply.body,
                status=reply.status,
                content_type="application/json",
                headers=headers,
            )

        return answer

    async def _reply(
        self, run: Handler, request: web.Request, request_id: str, fault: Fault, *, public: bool
    ) -> Reply:
        raw = (await request.read()).decode(errors="replace")
        params = parse(raw if request.method == "POST" else request.query_string)
        owner = api_key(request, params)
        if not public:
            refuse_publishable(owner)
        idempotency_key = (
            request.headers.get("Idempotency-Key") if request.method == "POST" else None
        )
        call = Call(
            self._bank,
            request.path,
            request.match_info.get("id", ""),
            params,
            Cause(request_id, idempotency_key),
            public=owner.startswith(PUBLISHABLE),
            base=f"{request.scheme}://{request.host}",
        )
        if fault == Fault.RATE_LIMIT:
            raise rate_limited()
        if idempotency_key is None:
            return await self._execute(run, call, fault)
        stored = self._idempotency.claim(owner, idempotency_key, call.path, params)
        if stored is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": stored.request}
            return Reply(stored.status, stored.body, headers)
        try:
            return await self._execute(run, call, fault, owner)
        finally:
            self._idempotency.release(owner, idempotency_key)

    async def _execute(
        self, run: Handler, call: Call, fault: Fault, owner: str | None = None
    ) -> Reply:
        """Execute a call; with an `owner`, store the answer under the idempotency key."""
        if milliseconds := self._faults.plan.stripe.latencyMs:
            await asyncio.sleep(milliseconds / 1000)
        if fault == Fault.ERROR:
            raise broken()
        if fault == Fault.REFUSED:
            raise refused()
        sent = fingerprint(call.params) if owner else ""
        try:
            paths = strings(call.params, "expand")
            call.params.pop("expand", None)
            seen: Json = expand(self._bank.store, run(call), paths)
            reply = Reply(200, compact(seen))
        except StripeError as error:
            if not error.executed:
                raise
            reply = Reply(error.status, compact(error.envelope(call.cause.request or "")))
        if owner:
            self._keep(owner, call, sent, reply)
        return reply

    def _keep(self, owner: str, call: Call, sent: str, reply: Reply) -> None:
        self._bank.store.save(
            Answer(
                f"{owner}/{call.cause.idempotency_key}",
                call.path,
                sent,
                clock.now(),
                reply.status,
                reply.body,
                call.cause.request or "",
            )
        )
