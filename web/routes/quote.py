"""Route of the prices of a cart."""

from typing import Any

from flask_openapi.models.tag import Tag

from models import reading
from state_machines.actions.pricing import Line
from state_machines.actions.quote import quote
from web.blueprint import ApiBlueprint
from web.schemas.quote import QuoteRequest, QuoteView

api = ApiBlueprint("quote", __name__, url_prefix="/order", abp_tags=[Tag(name="order")])


@api.post("/quote", responses={200: QuoteView})
def show(body: QuoteRequest) -> Any:
    """Return the prices of a cart, and the problems of its lines. Nothing is changed.

    They are calculated as those of an order. A product that no longer exists is a problem of its
    line, because a cart may be older than the catalogue.
    """
    with reading():
        quoted = quote([Line(line.product_id, line.quantity) for line in body.items])
    return QuoteView.of(quoted).json_ready()
