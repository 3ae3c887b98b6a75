"""Looking through the catalogue."""

import pytest
from flask.testing import FlaskClient

from models import ProductStatus, transaction
from tests.factories import a_product


@pytest.fixture(autouse=True)
def catalogue(client: FlaskClient) -> None:
    with transaction():
        a_product(name="Arc lamp", price=14900, category="Lighting", tags=["led", "steel"])
        a_product(name="Halo lamp", price=8900, category="Lighting", stock=0, tags=["led"])
        a_product(name="Oak desk", description="For lamps and books.", price=64900,
                  category="Furniture", tags=["oak"])  # fmt: skip
        a_product(name="Old 100% mug", price=900, category="Coffee", tags=[],
                  status=ProductStatus.DISCONTINUED)  # fmt: skip
        a_product(name="Yen pen", price=900, currency="jpy", category="Stationery", tags=[])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Arc lamp", "Halo lamp", "Oak desk", "Old 100% mug", "Yen pen"]),
        ("q=lamp", ["Arc lamp", "Halo lamp", "Oak desk"]),
        ("q=lamp -halo", ["Arc lamp", "Oak desk"]),
        ("q=100%25", ["Old 100% mug"]),
        ("q=_", []),
        ("q=')--", []),
        ("category=Lighting", ["Arc lamp", "Halo lamp"]),
        ("tag=led", ["Arc lamp", "Halo lamp"]),
        ("minPrice=89.00&maxPrice=149", ["Arc lamp", "Halo lamp"]),
        ("minPrice=900", ["Yen pen"]),
        ("available=true", ["Arc lamp", "Oak desk", "Yen pen"]),
        ("available=false", ["Halo lamp", "Old 100% mug"]),
        ("sort=-price&category=Lighting", ["Arc lamp", "Halo lamp"]),
        ("sort=price&category=Lighting", ["Halo lamp", "Arc lamp"]),
        ("sort=createdAt&size=1", ["Arc lamp"]),
        ("size=2&page=2", ["Oak desk", "Old 100% mug"]),
        ("page=9", []),
    ],
)
def test_what_is_found(client: FlaskClient, query: str, names: list[str]) -> None:
    answer = client.get(f"/product?{query}")
    assert answer.status_code == 200
    assert [product["name"] for product in answer.get_json()] == names


def test_pages_are_linked(client: FlaskClient) -> None:
    answer = client.get("/product?size=2&page=2&sort=-name")
    assert answer.headers["X-Total-Count"] == "5"
    assert '</product?size=2&page=3&sort=-name>; rel="next"' in answer.headers["Link"]
    assert '</product?size=2&page=1&sort=-name>; rel="prev"' in answer.headers["Link"]


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/product").headers["ETag"]
    again = client.get("/product", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with transaction():
        a_product()
    assert client.get("/product", headers={"If-None-Match": tag}).status_code == 200


def test_a_product_as_the_shop_shows_it(client: FlaskClient) -> None:
    arc, *_, pen = client.get("/product").get_json()
    assert (arc["estimatedPrice"], arc["inStock"], arc["status"]) == (149, True, "Available")
    assert pen["estimatedPrice"] == 900, "the yen has no decimals"
    assert client.get(f"/product/{arc['id']}").get_json() == arc


@pytest.mark.parametrize(
    ("number", "status"),
    [("999999", 404), ("0", 422), (str(2**53), 422), (str(2**63), 422), ("-1", 404), ("1.0", 404),
     ("x", 404)],
)  # fmt: skip
def test_no_product_has_such_a_number(client: FlaskClient, number: str, status: int) -> None:
    answer = client.get(f"/product/{number}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_categories(client: FlaskClient) -> None:
    found = client.get("/product/categories").get_json()
    assert {"name": "Lighting", "products": 2} in found
    assert [category["name"] for category in found] == [
        "Coffee", "Furniture", "Lighting", "Stationery",
    ]  # fmt: skip
