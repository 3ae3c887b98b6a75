"""Counts of the calls that must not take effect twice."""

from collections.abc import Awaitable, Callable

from aiohttp import web

KINDS = {
    "/v1/payment_intents": "creates",
    "/v1/payment_intents/{id}/cancel": "cancels",
    "/v1/refunds": "refunds",
    "/v3/mail/send": "emails",
}


class Calls:
    """The number of calls since the process began, by kind.

    Of those `received`, some were `executed`, some `replayed` from the answer stored under their
    idempotency key, and the others refused.
    """

    def __init__(self) -> None:
        self.counts = {
            kind: {"received": 0, "executed": 0, "replayed": 0} for kind in KINDS.values()
        }

    @web.middleware
    async def count(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        resource = request.match_info.route.resource
        kind = KINDS.get(resource.canonical) if resource and request.method == "POST" else None
        if kind is None:
            return await handler(request)
        counts = self.counts[kind]
        counts["received"] += 1
        answer = await handler(request)
        if "Idempotent-Replayed" in answer.headers:
            counts["replayed"] += 1
        elif answer.status < 300:
            counts["executed"] += 1
        return answer
