"""The routes of the shop on DBOS, for gunicorn: the same as ours, as far as an order needs them.

Each process of gunicorn runs the workflows that it starts.
"""

from http import HTTPStatus
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from dbos import DBOS, SetWorkflowID  # type: ignore[import-not-found]  # of .venv-bench
from flask import request as flask_request
from sqlalchemy import select

from bench.shops.on_dbos import buy
from config import settings
from models import Order, Payment, connection, reading
from models.errors import NotFoundError
from models.text import parse
from web import authentication, errors, prefer, request, security_headers
from web.blueprint import ApiBlueprint
from web.openapi import Api
from web.routes import health, product
from web.schemas.order import OrderRequest, OrderStatus, ReferencePath
from web.schemas.webhook import Received
from web.signatures import check_stripe

MAX_WAIT = 10.0  # seconds for the client secret
api = ApiBlueprint("order", __name__, url_prefix="/order")
events = ApiBlueprint("events", __name__, url_prefix="/order")
api.before_request(authentication.require_session)


@api.post("")
def place(body: OrderRequest) -> Any:
    """Place an order. The same reference starts the same workflow."""
    caller = authentication.caller()
    order_id = str(uuid5(NAMESPACE_URL, f"{caller.user_id}/{body.reference_id}"))
    checkout = {
        "user_id": str(caller.user_id),
        "session_id": str(caller.session_id),
        "reference_id": body.reference_id,
        "lines": [{"product_id": x.product_id, "quantity": x.quantity} for x in body.items],
        "billing_address": body.billing_address,
        "shipping_address": body.shipping_address,
    }
    with SetWorkflowID(order_id):
        DBOS.start_workflow(buy, order_id, checkout)
    secret = DBOS.get_event(order_id, "client_secret", prefer.wait(MAX_WAIT))
    answer = {"orderId": order_id, "referenceId": body.reference_id, "clientSecret": secret}
    return answer, HTTPStatus.CREATED if secret else HTTPStatus.ACCEPTED


@api.get("/status/<referenceId>")
def status(path: ReferencePath) -> Any:
    """Return the status of an order."""
    is_own = (Order.reference_id == path.reference_id) & (
        Order.user_id == authentication.caller().user_id
    )
    with reading() as session:
        payment = session.scalar(select(Payment).join(Payment.order).where(is_own))
    if payment is None:
        raise NotFoundError("There is no such order")
    return OrderStatus(**OrderStatus.base_fields(payment)).json_ready()


@events.post("/webhook")
def stripe_event() -> Any:
    """Send a payment to its workflow, once per event."""
    body = flask_request.get_data(cache=False)
    check_stripe(body)
    event = parse(body)
    if event["type"] == "payment_intent.succeeded":
        intent = event["data"]["object"]
        fields = ("id", "amount_received", "currency", "latest_charge")
        payment = {name: intent[name] for name in fields}
        DBOS.send(intent["metadata"]["orderId"], payment, "paid", idempotency_key=event["id"])
    return Received().json_ready()


@events.post("/email-events")
def email_events() -> Any:
    """Accept the events of emails, and ignore them."""
    return Received().json_ready()


def _make_app() -> Api:
    flask_app = Api("shop-on-dbos")
    connection.attach(flask_app, pool_size=settings.database_pool)
    for part in (request, errors, security_headers):
        part.register(flask_app)
    for blueprint in (api, events, product.api, health.api):
        flask_app.register_api(blueprint)
    DBOS.launch()
    return flask_app


app = _make_app()
