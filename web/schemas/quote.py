"""Schemas of a quote: the prices of a cart, and the problems of its lines."""

from pydantic import Field

from models import Product
from models.money import to_decimal
from state_machines.actions.pricing import LineProblem
from state_machines.actions.quote import Quote, QuotedLine
from web.schemas.base import Incoming, Outgoing
from web.schemas.order import Line
from web.schemas.problem import FieldProblem
from web.schemas.product import Amount
from web.urls import make_absolute


class QuoteRequest(Incoming):
    items: list[Line] = Field(min_length=1, max_length=100)


class QuotedProduct(Outgoing):
    id: int
    name: str
    image_url: str

    @classmethod
    def of(cls, product: Product) -> "QuotedProduct":
        return cls(id=product.id, name=product.name, image_url=make_absolute(product.image_url))


class QuotedLineView(Outgoing):
    """A line of a quote. Amounts are in major units of its `currency`, the product's.

    `unitPrice` is the current price. A line with a `problem` cannot be bought: it has no
    `lineTotal`, and does not count in the totals. `maxQuantity` is set where fewer pieces can be
    bought, and `stockLeft` is the product's.
    """

    product_id: int
    quantity: int
    product: QuotedProduct | None
    currency: str | None
    unit_price: Amount | None
    line_total: Amount | None
    problem: LineProblem | None
    stock_left: int | None
    max_quantity: int | None

    @classmethod
    def of(cls, quoted: QuotedLine) -> "QuotedLineView":
        line, product = quoted.line, quoted.line.product
        price = to_decimal(product.price, product.currency) if product else None
        return cls(
            product_id=line.product_id,
            quantity=line.quantity,
            product=QuotedProduct.of(product) if product else None,
            currency=product.currency if product else None,
            unit_price=price,
            line_total=None if quoted.problem or price is None else price * line.quantity,
            problem=quoted.problem,
            stock_left=product.stock_left if product else None,
            max_quantity=quoted.max_quantity,
        )


class QuoteView(Outgoing):
    """The prices of a cart. The totals are those of an order of the lines without a `problem`.

    `totalMinor` is the total in Stripe's minor units, for its Payment Element. `canOrder` is true
    when all lines can be ordered together. `message` says why Stripe would not accept the total,
    and `refusal` says it to programs.
    """

    items: list[QuotedLineView]
    currency: str
    subtotal: Amount
    shipping_cost: Amount
    tax_amount: Amount
    total_price: Amount
    total_minor: int
    can_order: bool
    message: str | None
    refusal: FieldProblem | None

    @classmethod
    def of(cls, quote: Quote) -> "QuoteView":
        totals = quote.totals
        names = ("subtotal", "shipping_cost", "tax_amount")
        amounts = {name: to_decimal(getattr(totals, name), totals.currency) for name in names}
        return cls(
            items=[QuotedLineView.of(line) for line in quote.lines],
            currency=totals.currency,
            total_price=to_decimal(totals.total, totals.currency),
            total_minor=totals.total,
            can_order=quote.can_order,
            message=quote.refusal.message if quote.refusal else None,
            refusal=FieldProblem.of(quote.refusal) if quote.refusal else None,
            **amounts,
        )
