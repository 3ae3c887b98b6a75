"""The catalogue from the command line: products, their pieces and their statuses."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update

from models import AuditRow, Product, ProductStatus, transaction
from tests.support.commands import flask, read
from tests.support.products import a_lamp, count_rows, load_product

pytestmark = pytest.mark.usefixtures("app")


def test_products_with_low_stock_are_listed(shop: Flask) -> None:
    a_lamp(stock=10, reserved=8, price=149999)
    a_lamp(sku="D-1", name="Desk", category="Furniture", status=ProductStatus.UNAVAILABLE)
    (low,) = read(shop, "products", "list", "--low", "2")
    assert low == {
        "sku": "L-1", "name": "Lamp", "price": "$1,499.99",
        "stock": 10, "reserved": 8, "available": 2, "status": "Available",
    }  # fmt: skip
    for words in (["--q", "desk"], ["--q", "d-"], ["--category", "Furniture"],
                  ["--status", "Unavailable"], ["--limit", "1"]):  # fmt: skip
        assert [row["sku"] for row in read(shop, "products", "list", *words)] == ["D-1"], words
    assert read(shop, "products", "list", "--low", "1") == []


def test_the_stock_is_increased_and_decreased(shop: Flask) -> None:
    a_lamp(stock=10, reserved=4)
    assert read(shop, "products", "stock", "L-1", "--set", "7")["stock"] == 7
    assert read(shop, "products", "stock", "L-1", "--add", "-3")["available"] == 0
    assert "4 pieces" in flask(shop, "products", "stock", "L-1", "--add", "0").stdout
    hidden = flask(shop, "products", "stock", "L-1", "--add", "1", "--reason", "found\x1b[2J")
    assert (hidden.exit_code, "U+001B" in hidden.stderr) == (2, True)
    flask(shop, "products", "stock", "L-1", "--add", "1", "--reason", "found")
    newest, *_ = read(shop, "audit", "list", "--subject", "L-1")
    assert newest["details"] == {"stock": {"before": 4, "after": 5}, "reason": "found"}
    entry = read(shop, "audit", "list", "--subject", "L-1")[-1]
    assert entry["action"] == "products stock"
    assert entry["details"] == {"stock": {"before": 10, "after": 7}}


@pytest.mark.parametrize("change", [("--set", "3"), ("--add", "-7"), ("--add", str(2**31 - 1))])
def test_reserved_pieces_cannot_be_removed(shop: Flask, change: tuple[str, str]) -> None:
    a_lamp(stock=10, reserved=4)
    refused = flask(shop, "products", "stock", "L-1", *change)
    assert refused.exit_code == 1
    assert "4 of them are reserved" in refused.stderr or "more than" in refused.stderr
    assert load_product("L-1").stock == 10
    assert count_rows(AuditRow) == 0


def test_a_sku_is_found_in_whatever_form_it_is_typed(shop: Flask) -> None:
    a_lamp(sku="M\u00d6B-1", stock=10)
    assert read(shop, "products", "stock", "MO\u0308B-1", "--set", "7")["stock"] == 7
    refused = flask(shop, "products", "stock", "M\u00d6B-1\u200b", "--set", "7")
    assert (refused.exit_code, "U+200B" in refused.stderr) == (2, True)


def test_an_unknown_product_is_reported(shop: Flask) -> None:
    for words in (["stock", "X", "--set", "1"], ["status", "X", "Available"]):
        refused = flask(shop, "products", *words)
        assert refused.exit_code == 1
        assert "There is no product X" in refused.stderr
    assert flask(shop, "products", "stock", "X").exit_code == 2
    assert flask(shop, "products", "stock", "X", "--set", "1", "--add", "1").exit_code == 2
    assert flask(shop, "products", "status", "X", "Gone").exit_code == 2


def test_a_product_is_made_unavailable(shop: Flask) -> None:
    a_lamp()
    assert read(shop, "products", "status", "L-1", "Discontinued")["status"] == "Discontinued"
    assert load_product("L-1").status == ProductStatus.DISCONTINUED


def test_a_currency_without_a_shipping_cost_is_not_made_available(shop: Flask) -> None:
    a_lamp(currency="gbp", status=ProductStatus.UNAVAILABLE)
    refused = flask(shop, "products", "status", "L-1", "Available")
    assert refused.exit_code == 1
    assert "status: there is no shipping cost in gbp" in refused.stderr
    assert load_product("L-1").status == ProductStatus.UNAVAILABLE
    assert read(shop, "products", "status", "L-1", "Discontinued")["status"] == "Discontinued"


SEED = {"sku": "L-1", "name": "Lamp", "price": "12.5", "currency": "kwd", "stock": 3}


def test_a_seed_has_stripes_minor_units(shop: Flask, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps([SEED | {"image": "/a.svg", "tags": ["a", "b"]}]))
    assert read(shop, "products", "seed", "--file", str(path)) == {"added": 1, "updated": 0}
    lamp = load_product("L-1")
    assert (lamp.price, lamp.currency, lamp.tags, lamp.stock) == (12500, "kwd", ["a", "b"], 3)


def test_a_null_in_a_seed_is_the_same_as_nothing(shop: Flask, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps([SEED | {"description": None, "tags": None}]))
    assert read(shop, "products", "seed", "--file", str(path)) == {"added": 1, "updated": 0}
    lamp = load_product("L-1")
    assert (lamp.description, lamp.tags) == ("", [])


def test_a_product_of_the_shop_s_own_does_not_refuse_a_seed(shop: Flask, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps([SEED, SEED | {"sku": "L-2"}]))
    seed = ("products", "seed", "--file", str(path))
    read(shop, *seed)
    with transaction() as session:
        # In this currency nothing can be shipped.
        session.execute(update(Product).where(Product.sku == "L-1").values(currency="gbp"))
        session.execute(delete(Product).where(Product.sku == "L-2"))
    assert read(shop, *seed) == {"added": 1, "updated": 0}


def test_a_folder_is_no_seed(shop: Flask, tmp_path: Path) -> None:
    refused = flask(shop, "products", "seed", "--file", str(tmp_path))
    assert refused.exit_code == 2
    assert f"Invalid value for '--file': File '{tmp_path}' is a directory." in refused.stderr


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ([SEED | {"currency": "xyz"}], "product 1: currency: 'xyz' is not a currency"),
        ([SEED | {"price": "5.124"}], "product 1: price: 5.124 is not a multiple of 0.01 kwd"),
        ([SEED, SEED | {"sku": ""}], "product 2: sku: is empty"),
        ([{"sku": "L-1"}], "product 1: name: is empty"),
        ([SEED | {"colour": "red"}], "product 1: is malformed"),
        ([SEED | {"sku": "L\u200b1"}], "product 1: sku: contains an invisible character"),
        ([SEED | {"currency": "gbp"}], "L-1: currency: there is no shipping cost in gbp"),
        (["x"], "product 1: is malformed"),
        ([SEED, SEED | {"name": "Other"}], "product 2: sku: is there more than once"),
        ([SEED | {"sku": None}], "product 1: sku: is empty"),
        ([SEED | {"tags": "lamp"}], "product 1: tags: is not a list of texts without semicolons"),
        ([SEED | {"tags": ["a;b"]}], "product 1: tags: is not a list of texts without semicolons"),
        ([SEED | {"tags": [1]}], "product 1: tags: is not a list of texts without semicolons"),
        ([SEED | {"name": ["Lamp"]}], "product 1: name: is neither a text nor a number"),
        ([SEED | {"stock": True}], "product 1: stock: is neither a text nor a number"),
        ("[" * 100_000, "is not JSON"),
        ('[{"sku": "L-1", "sku": "L-2"}]', "sku: is there more than once"),
        ({}, "is not an array of products"),
        ("{", "is not JSON"),
    ],
)
def test_a_bad_seed_changes_nothing(
    shop: Flask, tmp_path: Path, content: object, what: str
) -> None:
    path = tmp_path / "seed.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    refused = flask(shop, "products", "seed", "--file", str(path))
    assert refused.exit_code == 1
    assert what in refused.stderr
    assert (count_rows(), count_rows(AuditRow)) == (0, 0)
