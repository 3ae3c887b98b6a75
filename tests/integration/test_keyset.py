"""Keyset pages: each row comes once, and a cursor that is none of ours is refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from models import Product, reading, transaction
from models.keyset import Count, CursorError, count_rows, decode_cursor, encode_cursor, load_page
from tests.support.factories import a_product

BY_PRICE = (Product.price, Product.id)


@pytest.fixture
def seven(app: Flask) -> list[int]:
    """Return the ids of seven products, of which some have the same price."""
    with transaction():
        return [a_product(price=price).id for price in (5, 5, 5, 7, 7, 9, 11)]


def walk(query: Any, *, descending: bool) -> list[Any]:
    rows: list[Any] = []
    cursor, is_first = None, True
    while is_first or cursor:
        with reading():
            page = load_page(query, BY_PRICE, cursor, 2, descending=descending)
        assert len(page.rows) <= 2
        rows, cursor, is_first = [*rows, *page.rows], page.next, False
    return rows


def test_all_pages_together_are_the_list(seven: list[int]) -> None:
    assert walk(select(Product.id), descending=False) == seven
    assert walk(select(Product.id), descending=True) == seven[::-1]
    pairs = walk(select(Product.id, Product.price), descending=False)
    assert pairs[0] == (seven[0], 5)
    assert [product.id for product in walk(select(Product), descending=True)] == seven[::-1]


def test_a_count_stops_at_its_limit(seven: list[int]) -> None:
    query = select(Product.id).order_by(Product.id)
    with reading():
        assert count_rows(query) == Count(7, is_exact=True)
        assert count_rows(query, 7) == Count(7, is_exact=True)
        assert count_rows(query, 6) == Count(6, is_exact=False)
        assert count_rows(query.where(Product.price > 100)) == Count(0, is_exact=True)


def test_a_cursor_keeps_its_values(app: Flask) -> None:
    moment = datetime.fromisoformat("2026-11-28T13:20:00.123456+00:00")
    values = [moment, UUID(int=7), 2**62, "a,b"]
    assert decode_cursor(encode_cursor(values), [datetime, UUID, int, str]) == values


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "", "null", "=", "AAAA", "\x00", "W10", encode_cursor([5]), encode_cursor([5, 6, 7]),
     encode_cursor(["a", "b"]), encode_cursor([2**63, 1]), encode_cursor([5, "1\x00"]),
     encode_cursor(["9" * 5000, 1])],
)  # fmt: skip
def test_any_other_text_is_no_cursor(seven: list[int], cursor: str) -> None:
    with reading(), pytest.raises(CursorError):
        load_page(select(Product.id), BY_PRICE, cursor, 2)


def test_a_time_without_a_zone_is_no_cursor() -> None:
    with pytest.raises(CursorError):
        decode_cursor(encode_cursor(["2026-11-28T13:20:00"]), [datetime])
