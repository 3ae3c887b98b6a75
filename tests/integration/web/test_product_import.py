"""Tests of imports of products: all lines of a file are written, or none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from models import AuditRow, ProductStatus
from tests.support.commands import flask, read
from tests.support.products import a_lamp, count_rows, load_product

pytestmark = pytest.mark.usefixtures("app")
HEADER = "sku,name,price,currency,stock,status,tags,description,category,image"
LAMP = "L-1,Lamp,49.00,usd,5,Available,desk;led,It shines.,Lighting,/lamp.svg"
Import = Callable[..., Result]


@pytest.fixture
def take_in(shop: Flask, tmp_path: Path) -> Import:
    """Write a file, and import it."""

    def importer(content: str | bytes, *words: str) -> Result:
        path = tmp_path / "products.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return flask(shop, "products", "import", str(path), *words)

    return importer


def test_a_file_adds_products(take_in: Import, shop: Flask) -> None:
    spoken = f'\ufeff{HEADER}\n{LAMP}\n"L-2","Lamp, the\nother",0,JPY,0,Unavailable,,,,\n\n'
    done = take_in(spoken, "--json")
    assert json.loads(done.stdout) == {"imported": 2, "updated": 0, "bad": [], "badCount": 0}
    lamp, other = load_product("L-1"), load_product("L-2")
    assert (lamp.price, lamp.currency, lamp.stock, lamp.tags) == (4900, "usd", 5, ["desk", "led"])
    assert (lamp.description, lamp.image_url) == ("It shines.", "/lamp.svg")
    assert (other.name, other.tags, other.category) == ("Lamp, the\nother", [], "Other")
    (entry,) = read(shop, "audit", "list", "--action", "products")
    assert entry["subject"] == "products.csv"
    assert entry["details"] == {"counts": {"imported": 2, "updated": 0}}


def test_an_import_changes_the_given_columns_only(take_in: Import) -> None:
    before = a_lamp(stock=9, reserved=3, status=ProductStatus.UNAVAILABLE)
    done = take_in("sku;name;price;currency;tags\r\nL-1;Lamp 2;12.5;EUR;new\r\n")
    assert done.stdout == "0 imported, 1 updated\n"
    after = load_product("L-1")
    assert (after.name, after.price, after.currency, after.tags) == ("Lamp 2", 1250, "eur", ["new"])
    same = ("id", "description", "category", "stock", "reserved", "status", "created_at")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    take_in(f"{HEADER}\n{LAMP}\n")
    after = load_product("L-1")
    assert (after.stock, after.reserved, after.status) == (5, 3, ProductStatus.AVAILABLE)


def test_products_are_numbered_in_the_order_of_their_lines(take_in: Import) -> None:
    take_in("sku,name,price,currency\nZ,Last,1,usd\nM,Middle,1,usd\nA,First,1,usd\n")
    assert load_product("Z").id < load_product("M").id < load_product("A").id


def test_a_check_changes_nothing(take_in: Import) -> None:
    assert take_in(f"{HEADER}\n{LAMP}\n", "--check").stdout.startswith("1 would be imported")
    assert take_in(f"{HEADER}\nL-1\n", "--check").exit_code == 1
    assert (count_rows(), count_rows(AuditRow)) == (0, 0)
    assert take_in(f"{HEADER}\n{LAMP}\n").exit_code == 0


def test_a_long_file_is_imported(take_in: Import) -> None:
    lines = [f"P-{n},Product {n},{n}.99,usd" for n in range(5000)]
    text = "\n".join(["sku,name,price,currency", *lines])
    assert take_in(text).stdout == "5000 imported, 0 updated\n"
    assert load_product("P-4999").price == 499999
    assert take_in(text).stdout == "0 imported, 5000 updated\n"
    assert count_rows() == 5000


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("sku", " ", "is empty"),
        ("sku", "x" * 101, "is longer than 100 characters"),
        ("name", "", "is empty"),
        ("name", "=1+1", "begins like a formula, with '='"),
        ("name", "\N{FULLWIDTH EQUALS SIGN}1+1", "begins like a formula"),
        ("name", "La\0mp", "contains an invisible character, U+0000"),
        ("description", "+1", "begins like a formula"),
        ("description", "x" * 10_001, "is longer than 10000 characters"),
        ("category", "-1", "begins like a formula"),
        ("category", " @x", "begins like a formula"),
        ("tags", "desk;\tled", "begins like a formula"),
        ("tags", ";".join(map(str, range(51))), "has more than 50 tags"),
        ("image", '"\rx"', "begins like a formula"),
        ("image", "javascript:alert(1)", "begins neither with / nor with https://"),
        ("price", "cheap", "'cheap' is not an amount such as 12.50"),
        ("price", "NaN", "'NaN' is not an amount"),
        ("price", "1e3", "'1e3' is not an amount"),
        ("price", "", "'' is not an amount"),
        ("price", "-0.01", "is negative"),
        ("price", "1.005", "1.005 has more decimals than usd has"),
        ("price", "1000000.00", "is more than $999,999.99"),
        ("price", '"12,50"', "'12,50' is not an amount"),
        ("currency", "dollars", "'dollars' is not three letters"),
        ("currency", "", "'' is not three letters"),
        ("currency", "xyz", "'xyz' is not a currency that Stripe takes"),
        ("currency", "gbp", "there is no shipping cost in gbp"),
        ("sku", "L-\u200b1", "contains an invisible character, U+200B"),
        ("sku", "L-\ufeff1", "contains an invisible character, U+FEFF"),
        ("sku", "L-\u00a01", "contains an unusual space or invisible character, U+00A0"),
        ("name", "La\u00admp", "contains an invisible character, U+00AD"),
        ("category", "Ligh\u2060ting", "contains an invisible character, U+2060"),
        ("tags", "desk;le\u202ed", "contains an invisible character, U+202E"),
        ("stock", "1.5", "'1.5' is not a whole number"),
        ("stock", "-1", "'-1' is not a whole number"),
        ("stock", "", "'' is not a whole number"),
        ("stock", str(2**31), "is not a whole number from 0 to 2147483647"),
        ("stock", "9" * 5000, "is not a whole number"),
        ("status", "Sold", "'Sold' is none of Available, Unavailable, Discontinued"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_imported(
    take_in: Import, column: str, cell: str, what: str
) -> None:
    cells = dict(zip(HEADER.split(","), LAMP.split(","), strict=True)) | {"sku": "L-2"}
    bad = ",".join((cells | {column: cell}).values())
    refused = take_in(f"{HEADER}\n{LAMP}\n{bad}\n")
    assert refused.exit_code == 1
    assert f"line 3: {column}: " in refused.stderr
    assert what in refused.stderr
    assert (count_rows(), count_rows(AuditRow)) == (0, 0)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "line 1: names no columns"),
        (b"\n", "line 1: names no columns"),
        (HEADER.encode(), "the file has no products"),
        (b"sku,name,price,currency,colour\n", "line 1: columns unknown: 'colour'"),
        (b"sku,name\n", "line 1: columns missing: 'price', 'currency'"),
        (b"sku,name,price,currency,sku\n", "line 1: columns duplicate: 'sku'"),
        (f"{HEADER}\n{LAMP}\n".encode("utf-16"), "line 1: is not UTF-8"),
        (f"{HEADER}\n{LAMP}\nL-2,Möbel".encode("latin-1"), "line 3: is not UTF-8"),
        (f"{HEADER}\n{LAMP},more\n".encode(), "line 2: has 11 cells, and the first line 10"),
        (f'{HEADER}\n{LAMP}\n"L-2,\n'.encode(), "line 3: is not CSV: unexpected end of data"),
        (f'{HEADER}\n"{"x" * 200_000}"\n'.encode(), "line 2: is not CSV: field larger than"),
        (f"{HEADER}\n{'x' * 1_000_001}".encode(), "line 2: is longer than 1000000 bytes"),
    ],
)
def test_a_bad_file_is_refused(take_in: Import, content: bytes, what: str) -> None:
    refused = take_in(content)
    assert refused.exit_code == 1
    assert what in refused.stderr
    assert (count_rows(), count_rows(AuditRow)) == (0, 0)


def test_bad_lines_are_numbered_as_in_the_file(take_in: Import) -> None:
    two_lines = LAMP.replace("Lamp", '"Lamp,\nbig"', 1)
    refused = take_in(f"{HEADER}\n{two_lines}\nL-2\n\n{LAMP}\n", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout) == {
        "imported": 0,
        "updated": 0,
        "bad": [
            {"line": 4, "column": None, "what": "has 1 cells, and the first line 10"},
            {"line": 6, "column": "sku", "what": "L-1 is already on line 2"},
        ],
        "badCount": 2,
    }
    assert count_rows() == 0


def test_an_import_cannot_remove_reserved_pieces(take_in: Import) -> None:
    a_lamp(stock=10, reserved=8)
    refused = take_in(f"{HEADER}\n{LAMP}\n")
    assert refused.exit_code == 1
    assert "line 2: stock: 5 is less than the 8 that are reserved" in refused.stderr
    assert load_product("L-1").stock == 10


def test_only_the_first_bad_lines_are_listed(take_in: Import) -> None:
    refused = take_in("sku,name,price,currency\n" + ",,,\n" * 15 + "L,Lamp,1,usd\n" * 11)
    report = refused.stderr.splitlines()
    assert "25 bad lines, nothing was imported; the first 20:" in report[0]
    assert report[1] == "line 2: sku: is empty"
    assert report[-1] == "line 22: sku: L is already on line 17"
    assert len(report) == 21


def test_a_missing_file_is_a_usage_error(shop: Flask) -> None:
    assert flask(shop, "products", "import", "nothing.csv").exit_code == 2


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("12.5", "kwd", 12500), ("5.12", "KWD", 5120), ("9999999999.99", "idr", 999_999_999_999)],
)
def test_a_price_is_converted_to_stripes_minor_units(
    take_in: Import, price: str, currency: str, minor: int
) -> None:
    assert take_in(f"sku,name,price,currency\nL-1,Lamp,{price},{currency}\n").exit_code == 0
    assert load_product("L-1").price == minor


@pytest.mark.parametrize(
    ("price", "currency", "what"),
    [("5.124", "kwd", "not a multiple of 0.01 kwd"), ("1.5", "jpy", "more decimals than jpy has")],
)
def test_a_price_between_two_steps_is_a_bad_line(
    take_in: Import, price: str, currency: str, what: str
) -> None:
    refused = take_in(f"sku,name,price,currency\nL-1,Lamp,{price},{currency}\n")
    assert refused.exit_code == 1
    assert "line 2: price: " in refused.stderr
    assert what in refused.stderr
    assert count_rows() == 0


def test_a_file_with_semicolons_has_decimal_commas(take_in: Import) -> None:
    head = "sku;name;price;currency"
    lines = ["L-1;Lamp;12,50;eur", "L-2;Desk;1.5;eur", "L-3;Pen;5,120;kwd", "L-4;Mug; 9 ;usd"]
    assert take_in("\n".join([head, *lines])).stdout == "4 imported, 0 updated\n"
    prices = [load_product(f"L-{n}").price for n in range(1, 5)]
    assert prices == [1250, 150, 5120, 900]
    for cell in ("1.234,50", "1,2,3", ",5", "5,", "12,505"):
        refused = take_in(f"{head}\nL-1;Lamp;{cell};eur\n")
        assert refused.exit_code == 1, cell
        assert "line 2: price: " in refused.stderr


def test_texts_that_look_the_same_are_one_product(take_in: Import) -> None:
    head = "sku,name,price,currency"
    assert take_in(f"{head}\nM\u00d6B-1,M\u00f6bel,1,usd\n").stdout == "1 imported, 0 updated\n"
    again = take_in(f"{head}\nMO\u0308B-1,Mo\u0308bel 2,1,usd\n")
    assert again.stdout == "0 imported, 1 updated\n"
    assert load_product("M\u00d6B-1").name == "M\u00f6bel 2"
    twice = take_in(f"{head}\nM\u00d6B-1,One,1,usd\nMO\u0308B-1,Two,1,usd\n")
    assert "line 3: sku: " in twice.stderr


def test_a_product_stays_unavailable_in_a_currency_without_a_shipping_cost(
    take_in: Import,
) -> None:
    head = "sku,name,price,currency"
    refused = take_in(f"{head}\nL-1,Lamp,1,gbp\n", "--check")
    assert "line 2: currency: there is no shipping cost in gbp" in refused.stderr
    hidden = take_in(f"{head},status\nL-1,Lamp,1,gbp,Unavailable\n")
    assert hidden.stdout == "1 imported, 0 updated\n"
    # Without a column for it, a known product keeps its status.
    assert take_in(f"{head}\nL-1,Lamp,2,gbp\n").stdout == "0 imported, 1 updated\n"
    assert load_product("L-1").status == ProductStatus.UNAVAILABLE
    a_lamp(sku="L-2")
    refused = take_in(f"{head}\nL-2,Lamp,1,gbp\n")
    assert "line 2: currency: there is no shipping cost in gbp" in refused.stderr
    assert load_product("L-2").currency == "usd"
