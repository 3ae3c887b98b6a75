"""Staff serve an order: each change once, in the version that they have seen, and audited."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from models import Order, OrderState, PaymentState, Product, Refund, transaction
from tests.support.console import (
    assert_names,
    count_changes,
    keyed,
    needs_step_up,
    post,
    read_audit,
    sign_in_long_ago,
    step_up,
)
from tests.support.factories import a_dispute, a_payment, an_order
from tests.support.till import Till
from tests.support.web import Json, Person

SHIPPING = {"carrier": "DHL", "trackingNumber": "JD01"}


def read(person: Person, order_id: UUID) -> Json:
    answer = person.get(f"/admin/orders/{order_id}")
    assert answer.status_code == 200, answer.get_json()
    body: Json = answer.get_json()
    return body


def refusals(detail: Json) -> dict[str, bool]:
    return {option["action"]: option["allowed"] for option in detail["options"]}


def count_refunds() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Refund)) or 0


def a_paid_order(currency: str, total: int) -> UUID:
    """Return a confirmed order in a currency whose payment was captured."""
    with transaction():
        order = an_order(
            OrderState.CONFIRMED, currency=currency, subtotal=total, shipping_cost=0, total=total
        )
        money = {"currency": currency, "captured": total, "captured_currency": currency}
        return a_payment(PaymentState.SUCCESS, order=order, **money).order_id


def test_staff_read_an_order_with_its_money(clerk: Person, ann: Person, paid: UUID) -> None:
    answer = clerk.get(f"/admin/orders/{paid}")
    detail = answer.get_json()
    assert (detail["state"], detail["customer"]["email"]) == ("Confirmed", ann.user.email)
    money = detail["money"]
    assert (money["captured"], money["capturedMinor"], money["refundableMinor"]) == (59, 5900, 5900)
    assert (money["currency"], money["decimals"], money["step"]) == ("usd", 2, 1)
    assert detail["payments"][0]["last4"] == "4242"
    assert (detail["refunds"], detail["disputes"], detail["shipment"]) == ([], [], None)
    assert refusals(detail) == {
        "ship": True, "deliver": False, "cancel": True, "refund": True, "accept": False,
    }  # fmt: skip
    again = clerk.get(f"/admin/orders/{paid}", **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_staff_see_what_the_customer_sees(clerk: Person, ann: Person, paid: UUID) -> None:
    shown = ann.get(f"/order/summary/{paid}").get_json()
    assert read(clerk, paid)["customerView"] == shown


def test_an_order_is_shipped_and_delivered(clerk: Person, paid: UUID) -> None:
    seen = read(clerk, paid)["version"]
    path = f"/admin/orders/{paid}"
    shipped = post(clerk, f"{path}/ship", SHIPPING | {"ifVersion": seen}).get_json()
    assert (shipped["state"], shipped["shipment"]["trackingNumber"]) == ("Shipped", "JD01")
    assert [option["action"] for option in shipped["options"] if option["allowed"]] == [
        "deliver",
        "refund",
    ]
    again = post(clerk, f"{path}/ship", SHIPPING | {"ifVersion": seen})
    assert again.status_code == 409, "a double click ships once"
    assert str(clerk.user.id) in again.get_json()["detail"], "it says who was faster"
    delivery = {"ifVersion": shipped["version"], "reason": "the carrier called"}
    assert post(clerk, f"{path}/deliver", delivery).get_json()["state"] == "Delivered"
    assert post(clerk, f"{path}/deliver", delivery).status_code == 409
    assert read_audit() == [
        (str(clerk.user.id), "orders ship", str(paid), {"carrier": "DHL", "tracking": "JD01"}),
        (str(clerk.user.id), "orders deliver", str(paid), {"reason": "the carrier called"}),
    ]


def test_a_paid_order_is_cancelled_and_refunded_once(clerk: Person, paid: UUID, till: Till) -> None:
    body = {"reason": "the customer called", "ifVersion": read(clerk, paid)["version"]}
    cancelled = post(clerk, f"/admin/orders/{paid}/cancel", body).get_json()
    assert (cancelled["state"], cancelled["money"]["refundableMinor"]) == ("Cancelled", 0)
    assert post(clerk, f"/admin/orders/{paid}/cancel", body).status_code == 409
    assert count_refunds() == 1
    till.run("refunds.submit")
    assert read(clerk, paid)["refunds"][0]["state"] == "Succeeded"


def test_an_unpaid_order_is_cancelled(clerk: Person, ann: Person, lamp: Product) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    body = {"reason": "by phone", "ifVersion": read(clerk, order_id)["version"]}
    shown = post(clerk, f"/admin/orders/{order_id}/cancel", body).get_json()
    assert shown["payments"][0]["state"] == "Cancelling"
    assert post(clerk, f"/admin/orders/{order_id}/cancel", body).status_code == 200
    assert read(clerk, order_id)["payments"][0]["version"] == shown["payments"][0]["version"]
    assert len(read_audit("orders cancel")) == 1


def test_a_refund_sent_twice_is_made_once(clerk: Person, paid: UUID, till: Till) -> None:
    path, key = f"/admin/orders/{paid}/refund", keyed()
    body = {"amount": 12.5, "currency": "USD", "reason": "a scratch"}
    first, second = (post(clerk, path, body, **key) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json()["money"]["refundableMinor"] == 5900 - 1250
    assert first.get_json()["money"]["refundRequestedMinor"] == 1250, "not yet at the bank"
    assert (count_refunds(), len(read_audit("orders refund"))) == (1, 1)
    assert_names(post(clerk, path, body | {"amount": 13}, **key), "Idempotency-Key")
    till.run("refunds.submit")
    assert read(clerk, paid)["refunds"][0]["stripeId"].startswith("re_")
    assert read(clerk, paid)["money"]["refundRequestedMinor"] == 0
    assert post(clerk, path, body, **keyed()).get_json()["money"]["refundedMinor"] == 2500
    assert count_refunds() == 2


def test_a_refund_without_a_key_is_refused(clerk: Person, paid: UUID) -> None:
    before = count_changes()
    answer = post(clerk, f"/admin/orders/{paid}/refund", {"reason": "x"})
    assert_names(answer, "Idempotency-Key")
    assert count_changes() == before


def test_all_that_is_left_is_refunded_by_default(clerk: Person, paid: UUID) -> None:
    path = f"/admin/orders/{paid}/refund"
    post(clerk, path, {"amount": 9, "reason": "a scratch"}, **keyed())
    shown = post(clerk, path, {"reason": "it never came"}, **keyed()).get_json()
    assert (shown["state"], shown["money"]["refundableMinor"]) == ("Cancelled", 0)
    refused = post(clerk, path, {"reason": "again"}, **keyed())
    assert (refused.status_code, count_refunds()) == (409, 2)


@pytest.mark.parametrize(
    ("currency", "total", "amount"),
    [
        ("usd", 5900, 0), ("usd", 5900, -1), ("usd", 5900, 59.01), ("usd", 5900, 1.005),
        ("usd", 5900, 10**13), ("usd", 5900, 1e300), ("usd", 5900, "NaN"), ("usd", 5900, "1e9999"),
        ("usd", 5900, "1e1"), ("usd", 5900, "1_0"), ("usd", 5900, "+10"),
        ("usd", 5900, "\u0661\u0660"),
        ("usd", 5900, "12,50"), ("usd", 5900, ""), ("usd", 5900, True), ("usd", 5900, [1]),
        ("usd", 5900, {"minor": 1}), ("usd", 5900, "9" * 41), ("jpy", 5000, 0.5),
        ("jpy", 5000, 5001), ("kwd", 59000, 1.2345), ("kwd", 59000, 1.234), ("kwd", 59000, 59.01),
        ("ugx", 590000, 1.5),
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_refunded_is_named(
    clerk: Person, currency: str, total: int, amount: object
) -> None:
    order_id = a_paid_order(currency, total)
    before = count_changes()
    body = {"amount": amount, "reason": "x"}
    assert_names(post(clerk, f"/admin/orders/{order_id}/refund", body, **keyed()), "amount")
    assert (count_changes(), count_refunds()) == (before, 0)


@pytest.mark.parametrize(
    ("currency", "total", "amount", "minor"),
    [("jpy", 5000, 100, 100), ("kwd", 59000, 1.25, 1250), ("ugx", 590000, 5, 500)],
)
def test_other_currencies_are_refunded_exactly(
    clerk: Person, currency: str, total: int, amount: float, minor: int
) -> None:
    order_id = a_paid_order(currency, total)
    body = {"amount": amount, "currency": currency, "reason": "x"}
    shown = post(clerk, f"/admin/orders/{order_id}/refund", body, **keyed()).get_json()
    (refund,) = shown["refunds"]
    assert (refund["amountMinor"], refund["amount"], refund["currency"]) == (
        minor,
        amount,
        currency,
    )


def test_refunds_above_the_limit_need_a_recent_sign_in(clerk: Person) -> None:
    order_id = a_paid_order("usd", 100_000)
    path = f"/admin/orders/{order_id}/refund"
    sign_in_long_ago(clerk)
    assert post(clerk, path, {"amount": 150, "reason": "x"}, **keyed()).status_code == 200
    before = count_changes()
    split = {"amount": 50.01, "reason": "in small pieces"}
    assert needs_step_up(post(clerk, path, split, **keyed())), "refunds count together"
    whole = {"reason": "x", "ifVersion": read(clerk, order_id)["version"]}
    assert needs_step_up(post(clerk, f"/admin/orders/{order_id}/cancel", whole))
    assert (count_changes(), count_refunds()) == (before, 1)
    assert post(clerk, path, {"amount": 50, "reason": "x"}, **keyed()).status_code == 200
    step_up(clerk)
    assert post(clerk, path, split, **keyed()).status_code == 200


def test_only_an_admin_accepts_another_amount(clerk: Person, admin: Person) -> None:
    with transaction():
        order = an_order(OrderState.PENDING)
        paid = {"captured": 5000, "captured_currency": "usd"}
        order_id = a_payment(PaymentState.SUCCESS, order=order, **paid).order_id
    path, body = f"/admin/orders/{order_id}/accept", {"reason": "a discount", "ifVersion": 0}
    assert post(clerk, path, body).status_code == 403
    assert post(admin, path, body).get_json()["state"] == "Confirmed"
    assert post(admin, path, body).status_code == 409


def test_a_disputed_order_is_neither_shipped_nor_refunded(clerk: Person) -> None:
    order_id = a_paid_order("usd", 5900)
    with transaction() as session:
        a_dispute(order=session.get_one(Order, order_id))
    detail = read(clerk, order_id)
    assert not any(refusals(detail).values())
    assert "dispute" in next(o["refusal"] for o in detail["options"] if o["action"] == "ship")
    path, before = f"/admin/orders/{order_id}", count_changes()
    assert post(clerk, f"{path}/ship", SHIPPING | {"ifVersion": 0}).status_code == 409
    assert post(clerk, f"{path}/refund", {"reason": "x"}, **keyed()).status_code == 409
    assert count_changes() == before


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("ship", {"carrier": "DHL", "ifVersion": 0}, "trackingNumber"),
        ("ship", SHIPPING, "ifVersion"),
        ("ship", SHIPPING | {"ifVersion": -1}, "ifVersion"),
        ("ship", SHIPPING | {"ifVersion": "0"}, "ifVersion"),
        ("ship", SHIPPING | {"ifVersion": 2**31}, "ifVersion"),
        ("ship", SHIPPING | {"ifVersion": 0, "carrier": " "}, "carrier"),
        ("ship", SHIPPING | {"ifVersion": 0, "carrier": "x" * 101}, "carrier"),
        ("ship", SHIPPING | {"ifVersion": 0, "trackingNumber": "a\x00b"}, "trackingNumber"),
        ("ship", SHIPPING | {"ifVersion": 0, "state": "Shipped"}, "state"),
        ("cancel", {"ifVersion": 0}, "reason"),
        ("cancel", {"ifVersion": 0, "reason": " "}, "reason"),
        ("cancel", {"ifVersion": 0, "reason": "x" * 10_000}, "reason"),
        ("cancel", {"ifVersion": 0, "reason": 7}, "reason"),
        ("refund", {}, "reason"),
        ("refund", {"reason": "x", "currency": "euro"}, "currency"),
        ("refund", {"reason": "x", "currency": "eur"}, "currency"),
        ("deliver", {}, "ifVersion"),
    ],
)
def test_an_invalid_field_is_named_and_nothing_changes(
    clerk: Person, action: str, body: Json, field: str
) -> None:
    order_id = a_paid_order("usd", 5900)
    before = count_changes()
    assert_names(post(clerk, f"/admin/orders/{order_id}/{action}", body, **keyed()), field)
    assert (count_changes(), count_refunds()) == (before, 0)


def test_ids_of_other_things_are_not_found(clerk: Person, paid: UUID) -> None:
    payment_id = read(clerk, paid)["payments"][0]["id"]
    before = count_changes()
    for other in (payment_id, str(uuid4())):
        path = f"/admin/orders/{other}"
        assert clerk.get(path).status_code == 404
        assert clerk.get(f"{path}/bank").status_code == 404
        assert post(clerk, f"{path}/ship", SHIPPING | {"ifVersion": 0}).status_code == 404
        assert post(clerk, f"{path}/cancel", {"reason": "x", "ifVersion": 0}).status_code == 404
        assert post(clerk, f"{path}/refund", {"reason": "x"}, **keyed()).status_code == 404
    assert clerk.get("/admin/orders/1").status_code == 404
    assert count_changes() == before
