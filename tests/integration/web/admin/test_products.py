"""Staff keep the catalogue in the console: every status, moves with reasons, and imports."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Product, ProductStatus, StockMove, transaction
from models.base import db
from models.clock import MovableClock
from tests.support.console import assert_names, count_changes, keyed, post, read_audit
from tests.support.factories import a_product, an_order
from tests.support.products import count_rows, load_product
from tests.support.web import Json, Person

HEADER = "sku,name,price,currency,stock\n"
NEW: Json = {"sku": "M-1", "name": "Mug", "estimatedPrice": 12.5, "currency": "EUR", "stock": 7}


def upload(
    person: Person, text: str | bytes, query: str = "", kind: str = "text/csv"
) -> TestResponse:
    body = text.encode() if isinstance(text, str) else text
    headers = person.headers | {"Content-Type": kind}
    return person.client.post(f"/admin/products/import{query}", data=body, headers=headers)


def skus(person: Person, query: str = "") -> list[str]:
    return [item["sku"] for item in person.get(f"/admin/products{query}").get_json()["items"]]


def test_products_in_every_status_are_listed_and_filtered(clerk: Person) -> None:
    with transaction():
        a_product(sku="A", name="Pen", stock=3, reserved=2)
        a_product(sku="B", name="Pencil", status=ProductStatus.UNAVAILABLE, category="Ink")
        a_product(sku="C", name="Lamp 100%", status=ProductStatus.DISCONTINUED)
    assert skus(clerk) == ["C", "B", "A"]
    assert skus(clerk, "?q=pen") == ["B", "A"]
    assert skus(clerk, "?q=100%25") == ["C"], "a percent sign is a percent sign"
    assert skus(clerk, "?status=Discontinued") == ["C"]
    assert skus(clerk, "?low=1") == ["A"]
    assert skus(clerk, "?category=Ink&q=b") == ["B"]
    first = clerk.get("/admin/products?size=2").get_json()
    assert first["count"] == {"number": 3, "isExact": True}
    assert skus(clerk, f"?size=2&cursor={first['next']}") == ["A"]
    pen = clerk.get("/admin/products?q=a&low=1").get_json()["items"][0]
    assert (pen["stock"], pen["reserved"], pen["available"]) == (3, 2, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [("cursor=x", "cursor"), ("size=0", "size"), ("size=201", "size"), ("status=Gone", "status"),
     ("low=-1", "low"), ("low=9999999999", "low"), ("q=", "q"), ("colour=red", "colour")],
)  # fmt: skip
def test_a_bad_filter_is_named(clerk: Person, query: str, field: str) -> None:
    assert_names(clerk.get(f"/admin/products?{query}"), field)


def test_a_product_is_created_changed_and_counted(clerk: Person) -> None:
    created = post(clerk, "/admin/products", NEW)
    assert created.status_code == 201
    path = f"/admin/products/{created.get_json()['id']}"
    assert created.headers["Location"].endswith(path)
    assert_names(post(clerk, "/admin/products", NEW), "sku", 409)
    tag = clerk.get(path).headers["ETag"]
    headers = clerk.headers | {"If-Match": tag}
    changed = clerk.client.patch(path, json={"estimatedPrice": 13}, headers=headers)
    assert (changed.status_code, changed.get_json()["estimatedPrice"]) == (200, 13)
    assert clerk.client.patch(path, json={"name": "Cup"}, headers=headers).status_code == 412
    assert_names(clerk.client.patch(path, json={"price": 1}, headers=clerk.headers), "price")
    assert [action for _, action, *_ in read_audit()] == ["products create", "products change"]


def test_a_correction_sent_twice_is_made_once(clerk: Person, lamp: Product) -> None:
    path, key = f"/admin/products/{lamp.id}/stock", keyed()
    body = {"change": 5, "reason": "delivery 17"}
    first, second = (post(clerk, path, body, **key).get_json() for _ in range(2))
    assert (first["stock"], second["stock"], load_product(lamp.sku).stock) == (105, 105, 105)
    assert len(read_audit("products stock")) == 1
    before = count_changes()
    assert_names(post(clerk, path, body | {"change": 6}, **key), "Idempotency-Key")
    assert_names(post(clerk, path, body), "Idempotency-Key")
    assert_names(post(clerk, path, {"change": 1}, **keyed()), "reason")
    assert_names(post(clerk, path, {"change": 1, "stock": 1, "reason": "x"}, **keyed()), "change")
    assert post(clerk, path, {"change": -106, "reason": "x"}, **keyed()).status_code == 409
    assert post(clerk, "/admin/products/99/stock", body, **keyed()).status_code == 404
    assert (count_changes(), load_product(lamp.sku).stock) == (before, 105)


def test_the_moves_of_a_product_name_their_reasons(clerk: Person, ann: Person) -> None:
    product = post(clerk, "/admin/products", NEW | {"currency": "usd", "sku": "M-2"}).get_json()
    path = f"/admin/products/{product['id']}"
    post(clerk, f"{path}/stock", {"stock": 9, "reason": "counted"}, **keyed())
    order_id = ann.order(Product(id=product["id"])).get_json()["orderId"]
    post(clerk, f"{path}/stock", {"change": -1, "reason": "broken"}, **keyed())
    rows = clerk.get(f"{path}/moves").get_json()["items"]
    assert [(row["kind"], row["stock"], row["reserved"], row["reason"]) for row in rows] == [
        ("corrected", -1, 0, "broken"),
        ("reserved", 0, 1, None),
        ("corrected", 2, 0, "counted"),
        ("created", 7, 0, None),
    ]
    assert (rows[1]["orderId"], rows[0]["actorEmail"]) == (order_id, clerk.user.email)
    seen, cursor = [], ""
    while cursor is not None:
        page = clerk.get(f"{path}/moves?size=1{cursor and f'&cursor={cursor}'}").get_json()
        seen += page["items"]
        cursor = page["next"]
    assert seen == rows, "page by page it is the same list"
    assert_names(clerk.get(f"{path}/moves?cursor=x"), "cursor")
    assert clerk.get("/admin/products/99/moves").status_code == 404


def test_moves_that_were_written_in_another_order_than_their_times_are_all_listed(
    clerk: Person, lamp: Product, time: MovableClock
) -> None:
    with transaction() as session:
        order = an_order()
        for seconds in (0, 9, 5, 3, 7):
            at = time() + timedelta(seconds=seconds)
            session.add(
                StockMove(order_id=order.id, product_id=lamp.id, stock=0, reserved=1, at=at)
            )
            session.flush()
    seen, cursor = [], ""
    while cursor is not None:
        path = f"/admin/products/{lamp.id}/moves?size=1{cursor and f'&cursor={cursor}'}"
        page = clerk.get(path).get_json()
        seen += [row["at"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_a_paid_order_is_a_sale(clerk: Person, paid: UUID, lamp: Product) -> None:
    rows = clerk.get(f"/admin/products/{lamp.id}/moves").get_json()["items"]
    assert [row["kind"] for row in rows] == ["sold", "reserved"]
    assert {row["orderId"] for row in rows} == {str(paid)}
    body = {"reason": "x", "ifVersion": clerk.get(f"/admin/orders/{paid}").get_json()["version"]}
    post(clerk, f"/admin/orders/{paid}/cancel", body)
    newest = clerk.get(f"/admin/products/{lamp.id}/moves?size=1").get_json()["items"][0]
    assert (newest["kind"], newest["stock"]) == ("restored", 1)


def test_a_file_is_checked_and_imported(admin: Person) -> None:
    text = f"{HEADER}P-1,Pen,9.50,eur,5\nP-2,Ink,1.25,eur,\n"
    checked = upload(admin, text, "?check=true&name=pens.csv").get_json()
    assert (checked["isCheck"], checked["badCount"], count_rows()) == (True, 1, 0)
    assert checked["bad"][0] | {"message": ""} == {"line": 3, "column": "stock", "message": ""}
    refused = upload(admin, text, "?name=pens.csv")
    assert_names(refused, "line 3")
    assert (count_rows(), read_audit()) == (0, [])
    good = text.replace("eur,\n", "eur,2\n")
    assert upload(admin, good, "?check=true").get_json()["imported"] == 2
    assert count_rows() == 0
    first, second = (upload(admin, good, "?name=pens.csv").get_json() for _ in range(2))
    assert (first["imported"], first["updated"]) == (2, 0)
    assert (second["imported"], second["updated"]) == (0, 2), "a double click imports once"
    assert load_product("P-1").price == 950
    actor, action, subject, details = read_audit()[0]
    assert (actor, action, subject) == (str(admin.user.id), "products import", "pens.csv")
    assert details == {"counts": {"imported": 2, "updated": 0}}


@pytest.mark.parametrize(
    ("body", "field"),
    [("", "line 1"), (HEADER, "line 2"), ("sku,colour\n", "line 1"), (b"\xff\xfe", "line 1"),
     (f"{HEADER}=1+1,Pen,9,eur,1\n", "line 2"), (f"{HEADER}P,Pen,9,eur\n", "line 2"),
     (f"{HEADER}P,Pen,9.5,jpy,1\n", "line 2"), (f"{HEADER}P,Pen,1.2345,kwd,1\n", "line 2"),
     (f"{HEADER}P,Pen,9,xxx,1\n", "line 2"), (f'{HEADER}P,"Pen,9,eur,1\n', "line 2")],
)  # fmt: skip
def test_a_bad_file_names_the_line(admin: Person, body: str | bytes, field: str) -> None:
    assert_names(upload(admin, body), field)
    assert (count_rows(), read_audit()) == (0, [])


def test_an_import_does_not_wait_long_for_what_others_hold(admin: Person) -> None:
    with transaction():
        held = a_product(sku="P-1", stock=3)
    before, file = count_changes(), f"{HEADER}N-1,Nib,1,USD,1\nP-1,Pen,2.50,USD,40\n"
    with db.engine.begin() as connection:
        connection.execute(select(Product.id).where(Product.id == held.id).with_for_update())
        refused = upload(admin, file)
    assert (refused.status_code, refused.get_json()["kind"]) == (409, "busy")
    assert "Nothing was imported" in refused.get_json()["detail"]
    assert (count_rows(Product), count_changes()) == (1, before)
    assert upload(admin, file).get_json()["imported"] == 1


def test_only_a_csv_file_of_an_admin_is_imported(admin: Person, clerk: Person) -> None:
    assert upload(clerk, HEADER).status_code == 403
    assert upload(admin, "{}", kind="application/json").status_code == 415
    assert upload(admin, HEADER + "x" * 1024 * 1024).status_code == 413
    assert_names(upload(admin, HEADER, "?check=perhaps"), "check")
    assert count_rows() == 0
