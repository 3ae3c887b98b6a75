"""The page about scale uses the measured figures, and statements are judged as it says."""

import re
from pathlib import Path
from typing import cast

import pytest

from celeryconfig import beat_schedule
from models import retention
from tests.support.shards import Crossing, judge

ROOT = Path(__file__).parents[2]
SCALE = (ROOT / "docs/explanation/scale.md").read_text(encoding="utf-8")
PERFORMANCE = (ROOT / "docs/explanation/performance.md").read_text(encoding="utf-8")
SHOP = re.compile(r"^\| 32 \| ours \| ([\d.]+) \|.*\| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
ROW = re.compile(r"^\| ([\d,.]+) \| ([\d,]+) \| ([\d,]+) \| (\d+) million orders \|$", re.MULTILINE)


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_the_figures_are_the_measured_ones() -> None:
    ((rate, commits, milliseconds),) = SHOP.findall(PERFORMANCE)
    for text in (f"receipt | {rate} |", f"included | {commits} |", f"{milliseconds} ms |"):
        assert text in SCALE
    assert "it reached 734 flows a second" in PERFORMANCE
    assert "| 734 flows a second |" in SCALE
    assert re.search(r"^\| 10 million \| [\d.]+ \| 102 % \|", PERFORMANCE, re.MULTILINE)


@pytest.mark.parametrize("row", ROW.findall(SCALE), ids=lambda row: row[0])
def test_the_arithmetic_follows_from_them(row: tuple[str, ...]) -> None:
    ((_, commits, milliseconds),) = SHOP.findall(PERFORMANCE)
    rate, cores, commits_a_second, millions = map(number, row)
    assert cores == round(rate * float(milliseconds) / 1000)
    assert commits_a_second == round(rate * float(commits))
    assert millions == round(rate * 86_400 / 1e6)


JOIN = "SELECT orders.id FROM orders JOIN payment ON payment.order_id = orders.id"
OWN = """SELECT notice.id FROM notice WHERE notice.order_id IN
(SELECT orders.id FROM orders WHERE orders.user_id = %(id)s)"""
# A sign-in and its calls are distributed by different things.
OTHER = "SELECT activity.id FROM activity JOIN login ON login.id = activity.subject_id"

ALL_ORDERS = Crossing("orders", "SELECT", "all")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE payment SET state = 'x' WHERE payment.id = %(id)s::UUID", None),
        (f"{JOIN} WHERE orders.user_id = %(user)s", None),
        (OWN, None),
        ("INSERT INTO activity (id) VALUES (%(id)s)", None),
        ("SELECT product.id FROM product WHERE product.name = 'lamp'", None),
        ("INSERT INTO activity (id) VALUES (%(a)s), (%(b)s)",
         Crossing("activity", "INSERT", "of a list")),
        ("SELECT orders.id FROM orders WHERE orders.id IN (%(a)s)",
         Crossing("orders", "SELECT", "of a list")),
        ("SELECT orders.id FROM orders WHERE orders.id = %(a)s OR orders.state = 'x'",
         Crossing("orders", "SELECT", "all")),
        (f"{JOIN} FOR UPDATE", Crossing("orders payment", "SELECT FOR UPDATE", "all")),
        (f"{OTHER} WHERE login.id = %(id)s", Crossing("activity", "SELECT", "all")),
        # A name in a result, in a new value or in an order narrows nothing.
        ("SELECT orders.user_id = %(id)s FROM orders ORDER BY orders.id = %(id)s", ALL_ORDERS),
        ("UPDATE orders SET user_id = %(id)s", Crossing("orders", "UPDATE", "all")),
        ("SELECT count(*) FILTER (WHERE orders.user_id = %(id)s) FROM orders", ALL_ORDERS),
        ("SELECT id FROM orders WHERE coalesce(user_id = %(id)s, true)", ALL_ORDERS),
        (f"{JOIN.replace('JOIN', 'LEFT JOIN')} AND orders.user_id = %(id)s",
         Crossing("orders payment", "SELECT", "all")),
        # So does a column of the same row, of a table on all nodes, or of a list.
        ("SELECT id FROM orders WHERE user_id = id", ALL_ORDERS),
        ("SELECT orders.id FROM orders JOIN bulk ON orders.id = bulk.id::uuid",
         Crossing("orders", "SELECT", "of a list")),
        ("SELECT orders.id FROM orders JOIN (VALUES (%(a)s), (%(b)s)) AS a(id) ON a.id = orders.id",
         Crossing("orders", "SELECT", "of a list")),
        ("SELECT id FROM orders WHERE user_id = %(id)s UNION SELECT id FROM orders",
         Crossing("orders", "UNION", "all")),
        ("WITH o AS (SELECT id FROM orders) SELECT id FROM o", ALL_ORDERS),
        ("SELECT id FROM product WHERE EXISTS (SELECT 1 FROM orders)", ALL_ORDERS),
    ],
)  # fmt: skip
def test_a_statement_is_judged_by_its_tables_and_conditions(
    statement: str, expected: Crossing | None
) -> None:
    assert judge(statement) == expected


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError, match="parcel"):
        judge("SELECT parcel.id FROM parcel")


@pytest.mark.parametrize("statement", ["TRUNCATE orders", "LOCK TABLE activity"])
def test_a_statement_without_a_rule_is_an_error(statement: str) -> None:
    with pytest.raises(ValueError, match="no rule"):
        judge(statement)


def test_retention_deletes_more_than_the_measured_orders_make() -> None:
    ((rate, _, _),) = SHOP.findall(PERFORMANCE)
    minutes = cast("float", beat_schedule["maintenance"]["schedule"]) / 60
    rows = round(retention.BATCH_SIZE * retention.MAX_BATCHES / minutes)
    assert f"at most {rows:,} rows of each table a minute" in SCALE
    # Ten are more than the events of an order's intent, its charge and its emails.
    assert rows > 10 * float(rate) * 60
