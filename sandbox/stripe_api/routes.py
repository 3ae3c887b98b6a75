"""The routes of Stripe's API in the sandbox."""

from aiohttp import web

from sandbox.faults import Faults
from sandbox.stripe_api import (
    dispute_calls,
    endpoint_calls,
    payment_intents,
    payment_methods,
    records,
    refund_calls,
)
from sandbox.stripe_api.api import OPEN, Api
from sandbox.stripe_api.bank import Bank
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.confirmations import confirm
from sandbox.stripe_api.errors import StripeError


def routes(bank: Bank, faults: Faults) -> list[web.RouteDef]:
    api = Api(bank, faults)
    intents, intent = "/v1/payment_intents", "/v1/payment_intents/{id}"
    endpoints = "/v1/webhook_endpoints"
    return [
        web.options("/v1/{rest:.*}", _preflight),
        web.post(intents, api.serve(payment_intents.create)),
        web.get(intents, api.serve(payment_intents.list_all)),
        web.get(f"{intents}/search", api.serve(payment_intents.search)),
        web.get(intent, api.serve(payment_intents.retrieve, public=True)),
        web.post(intent, api.serve(payment_intents.update)),
        web.post(f"{intent}/confirm", api.serve(confirm, public=True)),
        web.post(f"{intent}/cancel", api.serve(payment_intents.cancel)),
        web.post("/v1/refunds", api.serve(refund_calls.create)),
        web.get("/v1/refunds", api.serve(refund_calls.list_all)),
        web.get("/v1/refunds/{id}", api.serve(refund_calls.retrieve)),
        web.post("/v1/refunds/{id}", api.serve(refund_calls.update)),
        web.post("/v1/refunds/{id}/cancel", api.serve(refund_calls.cancel)),
        web.get("/v1/disputes", api.serve(dispute_calls.list_all)),
        web.get("/v1/disputes/{id}", api.serve(dispute_calls.retrieve)),
        web.post("/v1/disputes/{id}", api.serve(dispute_calls.update)),
        web.post("/v1/disputes/{id}/close", api.serve(dispute_calls.close)),
        web.post("/v1/payment_methods", api.serve(payment_methods.create, public=True)),
        web.get("/v1/payment_methods/{id}", api.serve(payment_methods.retrieve)),
        web.get("/v1/charges", api.serve(records.list_charges)),
        web.get("/v1/charges/{id}", api.serve(records.retrieve_charge)),
        web.post(endpoints, api.serve(endpoint_calls.create)),
        web.get(endpoints, api.serve(endpoint_calls.list_all)),
        web.get(f"{endpoints}/{{id}}", api.serve(endpoint_calls.retrieve)),
        web.post(f"{endpoints}/{{id}}", api.serve(endpoint_calls.update)),
        web.get("/v1/events", api.serve(records.list_events)),
        web.get("/v1/events/{id}", api.serve(records.retrieve_event)),
        web.route("*", "/v1/{rest:.*}", api.serve(_unknown, public=True)),
    ]


def _unknown(call: Call) -> dict[str, object]:
    raise StripeError(
        f"Unrecognized request URL ({call.path}). Please see https://stripe.com/docs or we can "
        "help at https://support.stripe.com/.",
        status=404,
        executed=False,
    )


async def _preflight(_: web.Request) -> web.Response:
    return web.Response(status=204, headers=OPEN)
