"""Schemas of lists: keyset pages and bounded counts."""

from typing import Self

from pydantic import Field

from models.keyset import Count
from web.schemas.base import Incoming, Outgoing

MAX_CURSOR_LENGTH = 1000  # characters


class PageQuery(Incoming):
    """The page of a list. `cursor` is `next` of the page before it."""

    cursor: str | None = Field(None, min_length=1, max_length=MAX_CURSOR_LENGTH)
    size: int = Field(50, ge=1, le=200)


class Page(Outgoing):
    """A page of a list; subclasses add `items`. `next` is null on the last page."""

    next: str | None


class CountView(Outgoing):
    """A number of rows. Unless `isExact`, there may be more.

    Counting stops at 1,000, and some filters look at no more than 5,000 rows.
    """

    number: int
    is_exact: bool

    @classmethod
    def of(cls, count: Count) -> Self:
        return cls(number=count.number, is_exact=count.is_exact)
