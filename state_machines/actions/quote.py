"""A quote: the prices and problems of an order that nobody has placed yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import InvalidInputError
from models.shipping import SHIPPING_COSTS
from state_machines.actions.order_limits import max_pieces
from state_machines.actions.pricing import (
    Line,
    LineProblem,
    PricedLine,
    Totals,
    price_lines,
    require_chargeable_total,
    total_of,
)


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A priced line and its problem. `max_quantity` is set when it has too many pieces."""

    line: PricedLine
    problem: LineProblem | None
    max_quantity: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The lines of a cart, and the totals of those that can be bought.

    `refusal` is the reason for which Stripe would not accept the total.
    """

    lines: Sequence[QuotedLine]
    totals: Totals
    refusal: InvalidInputError | None

    @property
    def can_order(self) -> bool:
        """True when all lines can be ordered together."""
        return self.refusal is None and not any(line.problem for line in self.lines)


def quote(lines: Sequence[Line]) -> Quote:
    """Price lines as the checkout does, and change nothing.

    Raises InvalidInputError for two lines of one product.
    """
    quoted = [_quote_line(line) for line in price_lines(lines)]
    good = [each.line for each in quoted if each.problem is None]
    if not good:
        return Quote(quoted, Totals(next(iter(SHIPPING_COSTS)), 0, 0, 0), None)
    totals, refusal = total_of(good), None
    try:
        require_chargeable_total(totals)
    except InvalidInputError as error:
        refusal = error
    return Quote(quoted, totals, refusal)


def _quote_line(line: PricedLine) -> QuotedLine:
    """Return a line, also checked against the limit of unpaid pieces."""
    problem, limit = line.problem, None
    if line.product is not None and problem in (None, LineProblem.TOO_MANY):
        limit = min(line.product.available, max_pieces(line.product))
        problem = LineProblem.TOO_MANY if line.quantity > limit else None
    return QuotedLine(line, problem, limit if problem else None)
