"""The prices of an order: its lines, checked against the catalogue, and their total."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, select

from models.base import db
from models.errors import InvalidInputError
from models.money import require_chargeable
from models.problem_codes import FieldCode, InvalidValueError
from models.product import Product, ProductStatus
from models.shipping import SHIPPING_COSTS, require_shipping_cost


class LineProblem(StrEnum):
    """The reason why a line cannot be bought."""

    UNKNOWN = "Unknown"
    UNAVAILABLE = "Unavailable"
    OTHER_CURRENCY = "OtherCurrency"  # than the first line that can be bought
    OUT_OF_STOCK = "OutOfStock"
    TOO_MANY = "TooMany"  # fewer pieces can be bought


@dataclass(frozen=True, slots=True)
class Line:
    """A number of pieces of one product."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its product, if there is one, and the reason why it cannot be bought."""

    product_id: int
    quantity: int
    product: Product | None
    problem: LineProblem | None = None

    @property
    def unit_price(self) -> int:
        return self.product.price if self.product else 0

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts of an order, in minor units of `currency`."""

    currency: str
    subtotal: int
    shipping_cost: int
    tax_amount: int

    @property
    def total(self) -> int:
        return self.subtotal + self.shipping_cost + self.tax_amount


# Built once: building it anew would cost half as much as executing it.
_PRODUCTS = (
    select(Product)
    .where(Product.id.in_(bindparam("ids", expanding=True)))
    .execution_options(populate_existing=True)
)


def price_lines(lines: Sequence[Line]) -> list[PricedLine]:
    """Return each line with its product and problem, as the catalogue is now.

    Raises InvalidInputError for two lines of one product.
    """
    ids = [line.product_id for line in lines]
    for number, product_id in enumerate(ids):
        if product_id in ids[:number]:
            field = f"items.{number}.productId"
            raise InvalidInputError(field, "is on an earlier line, too", FieldCode.DUPLICATE)
    catalogue = {product.id: product for product in db.session.scalars(_PRODUCTS, {"ids": ids})}
    currency: str | None = None
    priced = []
    for line in lines:
        product = catalogue.get(line.product_id)
        problem = _find_problem(line, product, currency)
        if product is not None and problem is None:
            currency = product.currency
        priced.append(PricedLine(line.product_id, line.quantity, product, problem))
    return priced


def total_of(lines: Sequence[PricedLine]) -> Totals:
    """Return the amounts of lines that can be bought, of which there is at least one."""
    currency = next(line.product.currency for line in lines if line.product)
    return Totals(
        currency=currency,
        subtotal=sum(line.total for line in lines),
        shipping_cost=SHIPPING_COSTS[currency],
        tax_amount=0,
    )


def require_chargeable_total(totals: Totals) -> None:
    """Raise InvalidInputError unless Stripe accepts a payment of the total."""
    try:
        require_chargeable(totals.total, totals.currency)
    except InvalidValueError as error:
        message = f"with shipping, they {error}"
        raise InvalidInputError("items", message, error.code, **error.parameters) from error


def require_buyable(number: int, priced: PricedLine) -> None:
    """Raise InvalidInputError when the line with this number, from 0, cannot be bought."""
    product, field = priced.product, f"items.{number}.productId"
    if product is None:
        raise InvalidInputError(field, "is not a known product", FieldCode.UNKNOWN_PRODUCT)
    if priced.problem == LineProblem.UNAVAILABLE:
        if product.status == ProductStatus.AVAILABLE:
            require_shipping_cost(product.currency, field)
        message = f"{product.name} is {product.status.lower()}"
        raise InvalidInputError(field, message, FieldCode.UNAVAILABLE, product=product.name)
    if priced.problem == LineProblem.OTHER_CURRENCY:
        message = "is sold in another currency than the first line"
        raise InvalidInputError(field, message, FieldCode.OTHER_CURRENCY)
    if priced.problem is not None:
        field, left = f"items.{number}.quantity", product.available
        message = f"{product.name} is out of stock: {left} left"
        raise InvalidInputError(
            field, message, FieldCode.OUT_OF_STOCK, product=product.name, left=left
        )


def _find_problem(line: Line, product: Product | None, currency: str | None) -> LineProblem | None:
    """Return the problem of a line in an order that is in `currency`, or has none yet."""
    if product is None:
        return LineProblem.UNKNOWN
    if product.status != ProductStatus.AVAILABLE:
        return LineProblem.UNAVAILABLE
    if currency not in (None, product.currency):
        return LineProblem.OTHER_CURRENCY
    if product.currency not in SHIPPING_COSTS:
        return LineProblem.UNAVAILABLE
    if product.available >= line.quantity:
        return None
    return LineProblem.TOO_MANY if product.available > 0 else LineProblem.OUT_OF_STOCK
