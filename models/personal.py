"""Declarations of personal data, which each model has beside its columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, literal

# Replaces a text that is erased.
ERASED = "(erased)"
# The domain of the addresses that replace erased ones: undeliverable (RFC 2606).
ERASED_DOMAIN = "@erased.invalid"


def is_erased(address: str) -> bool:
    """Return whether an address replaces an erased one."""
    return address.endswith(ERASED_DOMAIN)


@dataclass(frozen=True, slots=True)
class Person:
    """One user. Rows about sign-ins are found by the address `email`."""

    user_id: UUID
    email: str

    @property
    def pseudonym(self) -> str:
        """The address that replaces the erased one."""
        return f"{self.user_id}{ERASED_DOMAIN}"

    def replace(self, column: Any) -> ColumnElement[str]:
        """Return the column with the pseudonym in place of the address."""
        return case((column == self.email, literal(self.pseudonym)), else_=column)


def pseudonym(person: Person) -> str:
    """Return the address that replaces the erased one, as a value of `Personal.erase`."""
    return person.pseudonym


@dataclass(frozen=True, slots=True)
class Personal:
    """The personal data in one table: `belongs_to` is the condition of a person's rows.

    `erase` has the new value of each personal column, or a function of the person that returns it;
    the rows of a `deleted` table are deleted instead. `keeps` names the columns with text that stay
    after an erasure, since they name nobody. `hidden` columns are secrets of ours, or mean nothing
    outside, and are not exported.
    """

    belongs_to: Callable[[Person], ColumnElement[bool]]
    erase: Mapping[str, Any] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    deleted: bool = False

    def new_values(self, person: Person) -> dict[str, Any]:
        """Return the new values of a person's erased columns."""
        return {
            name: value(person) if callable(value) else value for name, value in self.erase.items()
        }
