"""Staff write into the catalogue: strictly judged, all or nothing, with a row in the audit."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from models import AuditRow, Product, ProductStatus, User, transaction
from tests.support.factories import a_product
from tests.support.products import count_rows, load_product
from tests.support.web import Json, Person, SignIn

NEW: Json = {
    "sku": "M-1",
    "name": "Mug",
    "description": "It holds tea.\nOr coffee.",
    "imageUrl": "/static/mug.svg",
    "estimatedPrice": 12.5,
    "currency": "EUR",
    "tags": ["stoneware", "blue"],
    "category": "Coffee",
    "stock": 7,
}


@pytest.fixture
def clerk(sign_in: SignIn) -> Person:
    return sign_in(roles=["staff"])


@pytest.fixture
def pen(client: FlaskClient) -> Product:
    with transaction():
        return a_product(sku="P-1", name="Pen", price=900, currency="jpy", stock=10, reserved=4)


def send(person: Person, method: str, path: str, body: object, **headers: str) -> TestResponse:
    return person.client.open(path, method=method, json=body, headers=person.headers | headers)


def read_audit() -> list[tuple[str, str, str | None, Json]]:
    with transaction() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    return [(row.actor, row.action, row.subject, row.details) for row in rows]


def assert_names(answer: TestResponse, field: str, status: int = 422) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["errors"][0]["field"] == field


def test_staff_add_a_product(clerk: Person) -> None:
    answer = send(clerk, "POST", "/product", NEW)
    assert answer.status_code == 201
    shown = answer.get_json()
    assert answer.headers["Location"] == f"http://localhost/product/{shown['id']}"
    looked_up = clerk.get(f"/product/{shown['id']}")
    assert looked_up.get_json() == shown
    assert looked_up.headers["ETag"] == answer.headers["ETag"]
    assert (shown["estimatedPrice"], shown["currency"], shown["status"]) == (
        12.5,
        "eur",
        "Available",
    )
    assert (shown["inStock"], shown["createdBy"]) == (True, str(clerk.user.id))
    mug = load_product("M-1")
    assert (mug.price, mug.stock, mug.tags) == (1250, 7, ["stoneware", "blue"])
    assert mug.image_url == "/static/mug.svg"
    about = {"name": "Mug", "price": 1250, "currency": "eur", "stock": 7, "status": "Available"}
    assert read_audit() == [(str(clerk.user.id), "products create", "M-1", {"product": about})]


def test_a_new_product_has_defaults(clerk: Person) -> None:
    needed = {name: NEW[name] for name in ("sku", "name", "estimatedPrice", "currency")}
    shown = send(clerk, "POST", "/product", needed).get_json()
    assert (shown["description"], shown["imageUrl"], shown["tags"]) == ("", "", [])
    assert (shown["category"], shown["status"], shown["inStock"]) == ("Other", "Available", False)
    for name in needed:
        assert_names(send(clerk, "POST", "/product", needed | {name: None}), name)
        left = {other: value for other, value in needed.items() if other != name}
        assert_names(send(clerk, "POST", "/product", left), name)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", ""), ("sku", "x" * 101), ("sku", "M\N{ZERO WIDTH SPACE}1"), ("sku", 7),
        ("sku", "=1+1"), ("sku", "a\nb"), ("name", " "), ("name", "\ud800"), ("name", "a\x00b"),
        ("name", "x" * 1_000_00), ("description", "\N{RIGHT-TO-LEFT OVERRIDE}x"),
        ("imageUrl", "javascript:alert(1)"), ("imageUrl", "http://elsewhere.example/x.svg"),
        ("estimatedPrice", -1), ("estimatedPrice", "cheap"), ("estimatedPrice", True),
        ("estimatedPrice", 1.005), ("estimatedPrice", 1e300), ("estimatedPrice", 10**40),
        ("estimatedPrice", [1]), ("estimatedPrice", ""), ("estimatedPrice", 2**63),
        ("currency", "xyz"), ("currency", "euro"), ("currency", 7), ("tags", ["a;b"]),
        ("tags", ["x"] * 51), ("tags", "led"), ("tags", [7]), ("tags", ["-led"]),
        ("category", "+x"), ("status", "Gone"), ("status", None), ("stock", -1), ("stock", 1.5),
        ("stock", "5"), ("stock", 2**31), ("stock", True), ("reserved", 1), ("id", 5),
        ("createdBy", "x"), ("price", 1),
    ],
)  # fmt: skip
def test_an_invalid_field_is_named_and_nothing_is_written(
    clerk: Person, pen: Product, field: str, value: object
) -> None:
    before = clerk.get(f"/product/{pen.id}").get_json()
    for method, path in (("POST", "/product"), ("PATCH", f"/product/{pen.id}")):
        body = (NEW if method == "POST" else {}) | {field: value}
        answer = send(clerk, method, path, body)
        assert answer.status_code == 422, answer.get_json()
        assert answer.get_json()["errors"][0]["field"].split(".")[0] == field
    assert (count_rows(), count_rows(AuditRow)) == (1, 0)
    assert clerk.get(f"/product/{pen.id}").get_json() == before


def test_a_currency_needs_a_shipping_cost_before_it_is_sold(clerk: Person, pen: Product) -> None:
    assert_names(send(clerk, "POST", "/product", NEW | {"currency": "gbp"}), "currency")
    hidden = NEW | {"currency": "gbp", "status": "Unavailable"}
    mug = send(clerk, "POST", "/product", hidden).get_json()
    path = f"/product/{mug['id']}"
    assert_names(send(clerk, "PATCH", path, {"status": "Available"}), "status")
    both = {"currency": "gbp", "estimatedPrice": 9}
    assert_names(send(clerk, "PATCH", f"/product/{pen.id}", both), "currency")
    assert load_product("M-1").status == ProductStatus.UNAVAILABLE
    assert load_product("P-1").currency == "jpy"


def test_two_products_cannot_have_one_sku(clerk: Person, pen: Product) -> None:
    assert_names(send(clerk, "POST", "/product", NEW | {"sku": " P-1 "}), "sku", 409)
    mug = send(clerk, "POST", "/product", NEW).get_json()
    assert_names(send(clerk, "PATCH", f"/product/{mug['id']}", {"sku": "P-1"}), "sku", 409)
    assert [action for _, action, *_ in read_audit()] == ["products create"]


def test_a_change_keeps_fields_that_it_leaves_out(clerk: Person, pen: Product) -> None:
    path, tags = f"/product/{pen.id}", pen.tags
    before = clerk.get(path).get_json()
    new = {"estimatedPrice": 1200, "tags": ["ink"], "sku": "P-2"}
    shown = send(clerk, "PATCH", path, new).get_json()
    assert (shown["estimatedPrice"], shown["currency"], shown["name"]) == (1200, "jpy", "Pen")
    after = load_product("P-2")
    assert (after.price, after.tags, after.stock, after.reserved) == (1200, ["ink"], 10, 4)
    changes = {"estimatedPrice", "tags", "sku", "updatedAt"}
    assert {name for name in shown if shown[name] != before[name]} == changes
    changed = {
        "sku": {"before": "P-1", "after": "P-2"},
        "price": {"before": 900, "after": 1200},
        "tags": {"before": tags, "after": ["ink"]},
    }
    assert read_audit() == [(str(clerk.user.id), "products change", "P-1", {"changed": changed})]
    as_it_is = {name: shown[name] for name in ("sku", "name", "imageUrl", "estimatedPrice", "tags")}
    again = send(clerk, "PATCH", path, as_it_is)
    assert (again.status_code, again.get_json()) == (200, shown), "nothing has changed"
    assert send(clerk, "PATCH", path, {}).get_json() == shown
    assert len(read_audit()) == 1
    assert_names(send(clerk, "PATCH", path, {"estimatedPrice": 12.5}), "estimatedPrice")


def test_a_new_currency_needs_a_new_price(clerk: Person, pen: Product) -> None:
    path = f"/product/{pen.id}"
    assert_names(send(clerk, "PATCH", path, {"currency": "usd"}), "estimatedPrice")
    shown = send(clerk, "PATCH", path, {"currency": "USD", "estimatedPrice": "8.90"}).get_json()
    assert (shown["currency"], shown["estimatedPrice"], load_product("P-1").price) == (
        "usd",
        8.9,
        890,
    )


def test_the_stock_is_changed_and_counted(clerk: Person, pen: Product) -> None:
    path = f"/product/{pen.id}/stock"
    answer = send(clerk, "POST", path, {"change": 5, "reason": "delivery 17"})
    assert answer.get_json() == {
        "id": pen.id, "sku": "P-1", "stock": 15, "reserved": 4, "available": 11,
    }  # fmt: skip
    assert send(clerk, "POST", path, {"change": -2, "reason": "broken"}).get_json()["stock"] == 13
    assert send(clerk, "POST", path, {"stock": 4, "reason": "counted"}).get_json()["available"] == 0
    assert send(clerk, "POST", path, {"stock": 4, "reason": "counted"}).status_code == 200
    assert [(action, details) for _, action, _, details in read_audit()] == [
        ("products stock", {"stock": {"before": 10, "after": 15}, "reason": "delivery 17"}),
        ("products stock", {"stock": {"before": 15, "after": 13}, "reason": "broken"}),
        ("products stock", {"stock": {"before": 13, "after": 4}, "reason": "counted"}),
    ]


@pytest.mark.parametrize("change", [{"change": -7}, {"stock": 3}, {"change": 2**31 - 1}])
def test_the_stock_cannot_fall_below_the_reserved_pieces(
    clerk: Person, pen: Product, change: Json
) -> None:
    answer = send(clerk, "POST", f"/product/{pen.id}/stock", change | {"reason": "x"})
    assert answer.status_code == 409
    assert load_product("P-1").stock == 10
    assert read_audit() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "x"}, "change"),
        ({"reason": "x", "change": 1, "stock": 1}, "change"),
        ({"reason": "x", "change": 1.0}, "change"),
        ({"reason": "x", "change": "1"}, "change"),
        ({"reason": "x", "change": True}, "change"),
        ({"reason": "x", "change": 2**63}, "change"),
        ({"reason": "x", "stock": -1}, "stock"),
        ({"change": 1}, "reason"),
        ({"change": 1, "reason": " "}, "reason"),
        ({"change": 1, "reason": "x", "quantity": 1}, "quantity"),
    ],
)
def test_an_invalid_change_of_the_stock_names_the_field(
    clerk: Person, pen: Product, body: Json, field: str
) -> None:
    assert_names(send(clerk, "POST", f"/product/{pen.id}/stock", body), field)
    assert load_product("P-1").stock == 10
    assert read_audit() == []


def test_a_repeated_request_is_applied_once(clerk: Person, pen: Product) -> None:
    path = f"/product/{pen.id}"
    tag = clerk.get(path).headers["ETag"]
    more = {"change": 5, "reason": "delivery 17"}
    first, second = (
        send(clerk, "POST", f"{path}/stock", more, **{"If-Match": tag}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.mimetype == "application/problem+json"
    stale = send(clerk, "PATCH", path, {"name": "Biro"}, **{"If-Match": tag})
    assert stale.status_code == 412
    fresh = clerk.get(path).headers["ETag"]
    changed = send(clerk, "PATCH", path, {"name": "Biro"}, **{"If-Match": fresh})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == clerk.get(path).headers["ETag"]
    assert load_product("P-1").stock == 15


def test_an_etag_that_a_compressing_proxy_has_weakened_still_matches(
    clerk: Person, pen: Product
) -> None:
    path = f"/product/{pen.id}"
    weak = "W/" + clerk.get(path).headers["ETag"]
    stale = send(clerk, "PATCH", path, {"name": "Biro"}, **{"If-Match": 'W/"other"'})
    changed = send(clerk, "PATCH", path, {"name": "Biro"}, **{"If-Match": weak})
    assert (stale.status_code, changed.status_code) == (412, 200)


@pytest.mark.parametrize("tag", ["", ",", '"', ", ,", 'W/"', "x" * 5000])
def test_an_if_match_that_cannot_be_read_matches_nothing(
    clerk: Person, pen: Product, tag: str
) -> None:
    path = f"/product/{pen.id}"
    for method, where, body in (
        ("PATCH", path, {"name": "Biro"}),
        ("POST", f"{path}/stock", {"change": 1, "reason": "came in"}),
    ):
        answer = send(clerk, method, where, body, **{"If-Match": tag})
        assert answer.status_code == 412
    assert read_audit() == []


def writes(number: int) -> list[tuple[str, str, Json]]:
    return [
        ("POST", "/product", NEW),
        ("PATCH", f"/product/{number}", {"name": "Biro"}),
        ("POST", f"/product/{number}/stock", {"change": 1, "reason": "x"}),
    ]


def test_only_staff_change_the_catalogue(
    client: FlaskClient, pen: Product, sign_in: SignIn
) -> None:
    former, customer = sign_in(roles=["admin"]), sign_in()
    with transaction() as session:
        session.execute(update(User).where(User.id == former.user.id).values(roles=[]))
    for method, path, body in writes(pen.id):
        assert client.open(path, method=method, json=body).status_code == 401
        assert send(customer, method, path, body).status_code == 403
        assert send(former, method, path, body).status_code == 403, "whatever the token says"
    assert (count_rows(), load_product("P-1").name, load_product("P-1").stock) == (1, "Pen", 10)


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_staff_and_admins_change_the_catalogue(sign_in: SignIn, pen: Product, role: str) -> None:
    person = sign_in(roles=[role])
    codes = [send(person, *write).status_code for write in writes(pen.id)]
    assert codes == [201, 200, 200]
    assert [send(person, *write).status_code for write in writes(99)[1:]] == [404, 404]


def test_a_placed_order_keeps_its_price_when_the_product_changes(
    clerk: Person, lamp: Product
) -> None:
    placed: Any = clerk.order(lamp).get_json()
    send(clerk, "PATCH", f"/product/{lamp.id}", {"estimatedPrice": 1, "name": "Other"})
    summary = clerk.get(f"/order/summary/{placed['orderId']}").get_json()
    (item,) = summary["items"]
    assert (item["priceAtPurchase"], item["product"]["name"]) == (49, "Desk lamp")
    assert summary["subtotal"] == 49
