"""The routes of the shop on DBOS, for gunicorn: those that an order passes, as ours are. Each of
gunicorn's processes runs the workflows that it starts.
"""

from http import HTTPStatus
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from dbos import DBOS, SetWorkflowID  # type: ignore[import-not-found]  # of .venv-bench
from flask import request as flask_request
from flask_openapi.blueprint import APIBlueprint
from sqlalchemy import select

from bench.shops.on_dbos import buy
from config import settings
from models import Order, Payment, base, reading
from models.errors import NotFoundError
from models.text import parse
from web import authentication, errors, prefer, request, security_headers
from web.openapi import Api
from web.routes import health, product
from web.schemas.order import OrderPlaced, OrderRequest, OrderStatus, ReferencePath
from web.schemas.webhook import Received
from web.signatures import check_stripe

PATIENCE = 10.0
api = APIBlueprint("order", __name__, url_prefix="/order")
events = APIBlueprint("events", __name__, url_prefix="/order")
api.before_request(authentication.require_session)


@api.post("")
def place(body: OrderRequest) -> Any:
    """Place an order: the same reference is the same workflow."""
    who = authentication.caller()
    order_id = str(uuid5(NAMESPACE_URL, f"{who.user_id}/{body.reference_id}"))
    wish = {
        "user_id": str(who.user_id),
        "session_id": str(who.session_id),
        "reference_id": body.reference_id,
        "lines": [{"product_id": x.product_id, "quantity": x.quantity} for x in body.items],
        "billing_address": body.billing_address,
        "shipping_address": body.shipping_address,
    }
    with SetWorkflowID(order_id):
        DBOS.start_workflow(buy, order_id, wish)
    secret = DBOS.get_event(order_id, "client_secret", prefer.wait(PATIENCE))
    answer = OrderPlaced(
        order_id=order_id, reference_id=body.reference_id, client_secret=secret, message=""
    )
    return answer.json_ready(), HTTPStatus.CREATED if secret else HTTPStatus.ACCEPTED


@api.get("/status/<referenceId>")
def status(path: ReferencePath) -> Any:
    """How far the order has come."""
    mine = (Order.reference_id == path.reference_id) & (
        Order.user_id == authentication.caller().user_id
    )
    with reading() as session:
        payment = session.scalar(select(Payment).join(Payment.order).where(mine))
    if payment is None:
        raise NotFoundError("There is no such order")
    return OrderStatus.of(payment).json_ready()


@events.post("/webhook")
def stripe_event() -> Any:
    """Hand on what was paid, once for each event."""
    body = flask_request.get_data(cache=False)
    check_stripe(body)
    event = parse(body)
    if event["type"] == "payment_intent.succeeded":
        intent = event["data"]["object"]
        wanted = ("id", "amount_received", "currency", "latest_charge")
        paid = {name: intent[name] for name in wanted}
        DBOS.send(intent["metadata"]["orderId"], paid, "paid", idempotency_key=event["id"])
    return Received().json_ready()


@events.post("/email-events")
def email_events() -> Any:
    """Nobody asks for them here."""
    return Received().json_ready()


def _app() -> Api:
    made = Api("shop-on-dbos")
    base.attach(made, pool_size=settings.database_pool)
    for part in (request, errors, security_headers):
        part.register(made)
    for one in (api, events, product.api, health.api):
        made.register_api(one)
    DBOS.launch()
    return made


app = _app()
