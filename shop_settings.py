"""The settings of shipping costs, and of the ages at which Stripe is polled."""

import re
import warnings

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings

from addresses import CommaSeparated

# A currency with minor units. models/shipping.py knows which of them Stripe accepts.
COST = re.compile(r"\s*[A-Za-z]{3}\s*:\s*[0-9]{1,12}\s*")


class ShopSettings(BaseSettings):
    """The costs of shipping by currency, and the order of the ages at which Stripe is polled."""

    # Minor units by currency. A single number, as in the old SHIPPING_COST, is in usd.
    shipping_costs: CommaSeparated = Field(
        default=("usd:1000",), validation_alias=AliasChoices("shipping_costs", "shipping_cost")
    )

    @field_validator("shipping_costs")
    @classmethod
    def name_the_currency(cls, costs: tuple[str, ...]) -> tuple[str, ...]:
        if len(costs) == 1 and costs[0].isdecimal():
            message = "SHIPPING_COST is now SHIPPING_COSTS, with a currency: usd:{0} is assumed"
            warnings.warn(message.format(costs[0]), FutureWarning, stacklevel=2)
            costs = (f"usd:{costs[0]}",)
        if not costs or not all(map(COST.fullmatch, costs)):
            raise ValueError("each must be a currency and its minor units, such as usd:1000")
        return costs

    @field_validator("poll_ages", check_fields=False)
    @classmethod
    def refuse_unordered(cls, ages: tuple[float, ...]) -> tuple[float, ...]:
        if list(ages) != sorted(set(ages)):
            raise ValueError("each must be greater than the one before it")
        return ages
