"""Lengths of time in filters, such as 30m, 2h or 1d."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
AGE = "[0-9]{1,5}[smhd]"
# A text of this form.
Age = Annotated[str, Field(pattern=f"^{AGE}$")]


def read_age(age: str) -> timedelta:
    """Return the length of time that an `Age` names."""
    return timedelta(**{UNITS[age[-1]]: int(age[:-1])})
