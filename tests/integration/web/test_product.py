"""Tests of the routes of the catalogue."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from models import ProductStatus, User, transaction
from tests.support.factories import a_product
from tests.support.statements import statements_of
from tests.support.web import SignIn


@pytest.fixture(autouse=True)
def catalogue(client: FlaskClient) -> None:
    with transaction():
        a_product(name="Arc lamp 100%", price=14900, category="Lighting", tags=["led", "steel"],
                  image_url="/static/products/arc.svg")  # fmt: skip
        a_product(name="Halo lamp", price=8900, category="Lighting", stock=0, tags=["led"])
        a_product(name="Oak desk", description="For lamps and books.", price=64900,
                  category="Furniture", tags=["oak"])  # fmt: skip
        a_product(name="Old 100% mug", price=900, category="Coffee", tags=[],
                  status=ProductStatus.DISCONTINUED)  # fmt: skip
        a_product(name="Yen pen", price=900, currency="jpy", category="Stationery", tags=[])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Arc lamp 100%", "Halo lamp", "Oak desk", "Yen pen"]),
        ("status=Available", ["Arc lamp 100%", "Halo lamp", "Oak desk", "Yen pen"]),
        ("q=lamp", ["Arc lamp 100%", "Halo lamp", "Oak desk"]),
        ("q=lamp -halo", ["Arc lamp 100%", "Oak desk"]),
        ("q=100%25", ["Arc lamp 100%"]),
        ("q=_", []),
        ("q=')--", []),
        ("category=Lighting", ["Arc lamp 100%", "Halo lamp"]),
        ("tag=led", ["Arc lamp 100%", "Halo lamp"]),
        ("minPrice=89.00&maxPrice=149", ["Arc lamp 100%", "Halo lamp"]),
        ("minPrice=900", ["Yen pen"]),
        ("available=true", ["Arc lamp 100%", "Oak desk", "Yen pen"]),
        ("available=false", ["Halo lamp"]),
        ("sort=-price&category=Lighting", ["Arc lamp 100%", "Halo lamp"]),
        ("sort=price&category=Lighting", ["Halo lamp", "Arc lamp 100%"]),
        ("sort=createdAt&size=1", ["Arc lamp 100%"]),
        ("size=2&page=2", ["Oak desk", "Yen pen"]),
        ("page=9", []),
    ],
)
def test_a_search_finds_matching_products(
    client: FlaskClient, query: str, names: list[str]
) -> None:
    answer = client.get(f"/product?{query}")
    assert answer.status_code == 200
    assert [product["name"] for product in answer.get_json()] == names


def test_pages_are_linked(client: FlaskClient) -> None:
    answer = client.get("/product?size=2&page=2&sort=-name")
    assert answer.headers["X-Total-Count"] == "4"
    here = "http://localhost/product"
    assert f'<{here}?size=2&page=1&sort=-name>; rel="prev"' in answer.headers["Link"]
    assert f'<{here}?size=2&page=2&sort=-name>; rel="last"' in answer.headers["Link"]


def test_an_unchanged_list_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/product").headers["ETag"]
    again = client.get("/product", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with transaction():
        a_product()
    assert client.get("/product", headers={"If-None-Match": tag}).status_code == 200


def test_a_product_is_shown(client: FlaskClient) -> None:
    arc, *_, pen = client.get("/product").get_json()
    assert (arc["estimatedPrice"], arc["inStock"], arc["status"]) == (149, True, "Available")
    assert pen["estimatedPrice"] == 900, "the yen has no decimals"
    assert client.get(f"/product/{arc['id']}").get_json() == arc


@pytest.mark.parametrize(
    ("number", "status"),
    [("999999", 404), ("0", 422), (str(2**53), 422), (str(2**63), 422), ("-1", 404), ("1.0", 404),
     ("x", 404)],
)  # fmt: skip
def test_an_impossible_product_number_is_not_found(
    client: FlaskClient, number: str, status: int
) -> None:
    answer = client.get(f"/product/{number}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_the_pieces_that_are_left_are_shown_when_they_are_few(client: FlaskClient) -> None:
    with transaction():
        numbers = {a_product(stock=stock, reserved=1).id: stock for stock in (1, 11, 12)}
    answer = client.get(f"/product?ids={','.join(map(str, numbers))}")
    left = {numbers[each["id"]]: each["stockLeft"] for each in answer.get_json()}
    assert left == {1: 0, 11: 10, 12: None}


def test_products_are_found_by_their_ids_even_if_they_are_not_for_sale(client: FlaskClient) -> None:
    with transaction():
        mug, pen = a_product(name="A", status=ProductStatus.DISCONTINUED), a_product(name="B")
        a_product()
    answer = client.get(f"/product?ids={pen.id},{mug.id},{pen.id + 1000}")
    assert [product["id"] for product in answer.get_json()] == [mug.id, pen.id]
    assert answer.headers["X-Total-Count"] == "2"
    for_sale = client.get(f"/product?ids={pen.id},{mug.id}&status=Available").get_json()
    assert [product["id"] for product in for_sale] == [pen.id]
    assert client.get(f"/product?ids={mug.id}&status=any").status_code == 401


@pytest.mark.parametrize(
    "ids", ["", "x", "1,", "-1", "1 2", "1.5", ",".join(["1"] * 101), "9" * 17, "42" * 8]
)
def test_malformed_ids_are_refused(client: FlaskClient, ids: str) -> None:
    answer = client.get("/product", query_string={"ids": ids})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "ids"


def test_a_page_of_the_catalogue_takes_few_statements(shop: Flask, client: FlaskClient) -> None:
    for query in ("size=2", "size=100"):
        # Its version; then both of one snapshot, since no process has rendered this page.
        for number in (3, 1):
            with statements_of(shop) as statements:
                assert client.get(f"/product?{query}").status_code == 200
            assert len(statements) == number, "\n".join(statements)


def test_categories_are_listed_with_their_products(client: FlaskClient) -> None:
    categories = client.get("/product/categories").get_json()
    picture = "http://localhost/static/products/arc.svg"
    assert {"name": "Lighting", "products": 2, "imageUrl": picture} in categories
    assert [category["name"] for category in categories] == [
        "Furniture", "Lighting", "Stationery",
    ]  # fmt: skip


def test_a_page_without_a_size_has_a_hundred_products(client: FlaskClient) -> None:
    with transaction():
        for _ in range(100):
            a_product()
    assert len(client.get("/product").get_json()) == 100
    assert client.get("/product?size=101").status_code == 422


@pytest.mark.parametrize("role", ["staff", "admin"])
@pytest.mark.parametrize(
    ("status", "names"),
    [("any", ["Arc lamp 100%", "Old 100% mug"]), ("Discontinued", ["Old 100% mug"]),
     ("Unavailable", [])],
)  # fmt: skip
def test_staff_find_products_that_are_not_for_sale(
    sign_in: SignIn, role: str, status: str, names: list[str]
) -> None:
    answer = sign_in(roles=[role]).get(f"/product?q=100%25&status={status}")
    assert [product["name"] for product in answer.get_json()] == names


@pytest.mark.parametrize("status", ["any", "Discontinued", "Unavailable"])
def test_only_staff_find_products_that_are_not_for_sale(
    client: FlaskClient, sign_in: SignIn, status: str
) -> None:
    assert client.get(f"/product?status={status}").status_code == 401
    customer = sign_in()
    assert customer.get(f"/product?status={status}").status_code == 403
    former = sign_in(roles=["staff"])
    with transaction() as session:
        session.execute(update(User).values(roles=[]))
    assert former.get(f"/product?status={status}").status_code == 403, "whatever the token says"
    answer = client.get("/product?status=all")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"].startswith("status")


def test_a_product_that_is_no_longer_for_sale_is_still_shown(client: FlaskClient) -> None:
    with transaction():
        mug = a_product(status=ProductStatus.DISCONTINUED)
    shown = client.get(f"/product/{mug.id}").get_json()
    assert (shown["status"], shown["inStock"]) == ("Discontinued", False)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("minPrice=12.5&maxPrice=12.5", ["Dinar vase"]),
        ("minPrice=12.501&maxPrice=13", []),
        ("minPrice=1000&maxPrice=1000", ["Krona tray"]),
        ("sort=price", ["Dinar vase", "Halo lamp", "Arc lamp 100%", "Oak desk",
                        "Yen pen", "Krona tray"]),
    ],
)  # fmt: skip
def test_prices_are_compared_in_major_units(
    client: FlaskClient, query: str, names: list[str]
) -> None:
    with transaction():
        a_product(name="Dinar vase", price=12500, currency="kwd")
        a_product(name="Krona tray", price=100_000, currency="isk")
    answer = client.get(f"/product?{query}")
    assert [product["name"] for product in answer.get_json()] == names


def test_a_price_has_the_decimals_of_its_currency(client: FlaskClient) -> None:
    with transaction():
        a_product(name="AA dinar vase", price=12500, currency="kwd")
        a_product(name="AB krona tray", price=100_000, currency="isk")
    vase, tray, *_ = client.get("/product").get_json()
    assert (vase["estimatedPrice"], tray["estimatedPrice"]) == (12.5, 1000)
