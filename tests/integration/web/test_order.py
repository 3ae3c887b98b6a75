"""Tests of the routes of orders: placing, following and cancelling them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import Order, OrderState, Payment, Product, transaction
from state_machines.durable.unit_of_work import Move
from state_machines.payment import PaymentSignal
from tasks import dispatch
from tests.support.factories import a_product
from tests.support.statements import statements_of
from tests.support.web import Person, SignIn, count_orders, stripe_says, until
from web.changes import MAX_WAIT, subscribe


def test_prices_come_from_the_catalogue(ann: Person, lamp: Product) -> None:
    answer = ann.order(lamp, items=[{"productId": lamp.id, "quantity": 3}])
    assert answer.status_code == 202
    placed = answer.get_json()
    assert placed["clientSecret"] is None
    assert answer.headers["Location"] == (f"http://localhost/order/status/{placed['referenceId']}")
    summary = ann.get(f"/order/summary/{placed['orderId']}").get_json()
    assert (summary["subtotal"], summary["shippingCost"], summary["totalPrice"]) == (147, 10, 157)
    (item,) = summary["items"]
    assert (item["quantity"], item["priceAtPurchase"]) == (3, 49)
    assert item["product"]["name"] == "Desk lamp"
    assert summary["payment"]["amount"] == 157
    assert summary["payment"]["provider"] == "Stripe"


def test_a_placed_order_has_its_total(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp, items=[{"productId": lamp.id, "quantity": 2}]).get_json()
    total = {"currency": "usd", "totalPrice": 108, "totalMinor": 10800}
    assert placed.items() >= total.items()
    status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
    assert status.items() >= total.items()


def test_a_price_that_changes_does_not_change_the_order(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    with transaction() as session:
        session.execute(update(Product).values(price=1))
    summary = ann.get(f"/order/summary/{placed['orderId']}").get_json()
    assert summary["items"][0]["priceAtPurchase"] == 49
    assert summary["items"][0]["product"]["estimatedPrice"] == 0.01


def test_the_secret_is_returned_as_soon_as_stripe_has_answered(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    reference, answers = uuid4().hex, []

    def buy() -> None:
        answers.append(ann.order(lamp, referenceId=reference, wait=10))

    waiting = Thread(target=buy)
    waiting.start()
    order_id = until(lambda: _order_of(reference))
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    waiting.join()
    (answer,) = answers
    assert answer.status_code == 201
    assert answer.get_json()["clientSecret"] == f"cs_{order_id.hex}"
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_a_client_without_prefer_gets_the_secret_in_the_answer(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    reference, answers = uuid4().hex, []

    def buy() -> None:
        answers.append(ann.order(lamp, referenceId=reference, wait=None))

    waiting = Thread(target=buy)
    waiting.start()
    order_id = until(lambda: _order_of(reference))
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    waiting.join()
    (answer,) = answers
    assert (answer.status_code, answer.get_json()["clientSecret"]) == (201, f"cs_{order_id.hex}")
    assert "Preference-Applied" not in answer.headers


def test_a_subscription_receives_only_the_changes_of_its_order(app: Flask) -> None:
    mine, other = uuid4(), uuid4()
    with subscribe(mine) as subscription:
        dispatch.publish_change([Move("order", other, 1, other)])
        assert not subscription.wait_for_change(0.2)
        dispatch.publish_change([Move("payment", uuid4(), 2, mine)])
        assert subscription.wait_for_change(MAX_WAIT)


def test_a_rejected_payment_is_reported_at_once(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    stripe_says(UUID(placed["orderId"]), PaymentSignal.REJECTED, "canceled")
    status = ann.get(f"/order/status/{placed['referenceId']}", Prefer="wait=10").get_json()
    assert (status["status"], status["payment"]["status"]) == ("Failed", "Failure")
    assert status["clientSecret"] is None


def test_the_status_waits_no_longer_than_requested(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    answer = ann.get(f"/order/status/{placed['referenceId']}", Prefer="wait=1")
    assert answer.get_json()["status"] == "Pending"
    assert answer.headers["Preference-Applied"] == "wait=1"


def test_the_secret_is_shown_only_while_it_can_be_paid(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    order_id, path = UUID(placed["orderId"]), f"/order/status/{placed['referenceId']}"
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    assert ann.get(path).get_json()["clientSecret"]
    stripe_says(order_id, PaymentSignal.DECLINED, "requires_payment_method")
    assert ann.get(path).get_json()["clientSecret"], "another card may follow"
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded")
    paid = ann.get(path).get_json()
    assert (paid["status"], paid["payment"]["status"]) == ("Confirmed", "Success")
    assert paid["clientSecret"] is None


def test_the_decline_reason_is_shown_until_another_card_is_tried(
    ann: Person, lamp: Product
) -> None:
    placed = ann.order(lamp).get_json()
    order_id, path = UUID(placed["orderId"]), f"/order/status/{placed['referenceId']}"
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    stripe_says(
        order_id,
        PaymentSignal.DECLINED,
        "requires_payment_method",
        last_payment_error={"decline_code": "insufficient_funds"},
    )
    declined = {
        "status": "Declined",
        "processing": False,
        "declineReason": "insufficient_funds",
    }
    assert ann.get(path).get_json()["payment"] == declined
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded")
    paid = declined | {"status": "Success", "declineReason": None}
    assert ann.get(path).get_json()["payment"] == paid


def test_the_same_reference_returns_the_same_order(ann: Person, lamp: Product) -> None:
    first = ann.order(lamp, referenceId="mine")
    again = ann.order(lamp, referenceId="mine")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.get_json()["orderId"] == first.get_json()["orderId"]
    assert count_orders() == 1


def test_the_same_reference_with_another_body_is_refused(ann: Person, lamp: Product) -> None:
    ann.order(lamp, referenceId="mine")
    other = ann.order(lamp, referenceId="mine", billingAddress="elsewhere")
    assert other.status_code == 422
    assert other.get_json()["errors"][0]["field"] == "referenceId"
    assert count_orders() == 1


def test_a_reference_belongs_to_its_user(ann: Person, sign_in: SignIn, lamp: Product) -> None:
    bob = sign_in()
    mine = ann.order(lamp, referenceId="same").get_json()["orderId"]
    theirs = bob.order(lamp, referenceId="same").get_json()["orderId"]
    assert mine != theirs


@pytest.mark.parametrize("stock", [100, 1])
def test_ten_clicks_at_once_are_one_order(
    shop: Flask, ann: Person, lamp: Product, stock: int
) -> None:
    with transaction() as session:
        session.execute(update(Product).values(stock=stock))

    def click(_: int) -> tuple[int, str]:
        person = Person(shop.test_client(), ann.user, ann.session_id, ann.headers)
        answer = person.order(lamp, referenceId="double")
        return answer.status_code, answer.get_json()["orderId"]

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(click, range(10)))
    assert sorted(code for code, _ in answers) == [200] * 9 + [202]
    assert len({order_id for _, order_id in answers}) == 1
    assert count_orders() == 1


def test_the_shipping_cost_is_that_of_the_order_s_currency(ann: Person) -> None:
    with transaction():
        products = [a_product(price=1000, currency=code) for code in ("eur", "jpy", "kwd", "chf")]
    summaries = [
        ann.get(f"/order/summary/{ann.order(product).get_json()['orderId']}").get_json()
        for product in products
    ]
    assert [summary["shippingCost"] for summary in summaries] == [9, 500, 1.5, 0]


def test_the_summary_shows_the_captured_amount(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    path, order_id = f"/order/summary/{placed['orderId']}", UUID(placed["orderId"])
    payment = ann.get(path).get_json()["payment"]
    assert (payment["amount"], payment["currency"]) == (59, "usd"), "what is asked for"
    euros = {"amount_received": 5000, "currency": "eur"}
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded", **euros)
    summary = ann.get(path).get_json()
    assert (summary["payment"]["amount"], summary["payment"]["currency"]) == (50, "eur")
    assert (summary["totalPrice"], summary["currency"]) == (59, "usd")


def test_a_cancelled_order_waits_for_stripe(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    path, order_id = f"/order/{placed['referenceId']}", UUID(placed["orderId"])
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    assert ann.delete(path).status_code == 202
    status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
    assert (status["status"], status["closing"], status["clientSecret"]) == ("Pending", True, None)
    assert status["payment"]["status"] == "Initiated"
    assert ann.delete(path).status_code == 202
    stripe_says(order_id, PaymentSignal.CANCELED, "canceled")
    again = ann.delete(path)
    assert (again.status_code, again.get_json()["status"]) == (200, "Cancelled")


@pytest.mark.parametrize(
    "state",
    [OrderState.SHIPPED, OrderState.DELIVERED, OrderState.FAILED],
)
def test_a_shipped_or_ended_order_is_not_cancelled(
    ann: Person, lamp: Product, state: OrderState
) -> None:
    placed = ann.order(lamp).get_json()
    with transaction() as session:
        session.execute(update(Order).values(state=state))
    answer = ann.delete(f"/order/{placed['referenceId']}")
    assert answer.status_code == 409
    assert answer.get_json()["detail"]


def test_orders_are_listed_in_pages(ann: Person, sign_in: SignIn, lamp: Product) -> None:
    sign_in().order(lamp)
    placed = [ann.order(lamp).get_json()["orderId"] for _ in range(5)]
    seen, path = [], "/order?size=2"
    while path:
        answer = ann.get(path)
        seen += [order["id"] for order in answer.get_json()]
        path = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert seen == placed[::-1]


def test_the_history_hides_internal_causes(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    stripe_says(UUID(placed["orderId"]), PaymentSignal.SUCCEEDED, "succeeded")
    steps = ann.get(f"/order/{placed['referenceId']}/history").get_json()
    assert [(step["machine"], step["from"], step["to"]) for step in steps] == [
        ("order", None, "Pending"),
        ("payment", None, "Pending"),
        ("payment", "Pending", "Success"),
        ("order", "Pending", "Confirmed"),
    ]
    assert not {"cause", "actor"} & set(steps[0])


def test_placing_an_order_takes_few_statements(shop: Flask, ann: Person, lamp: Product) -> None:
    with statements_of(shop) as statements:
        ann.order(lamp)
    # Neither the load while waiting, nor the count of those that wait, once a second.
    others = ("payment.client_secret", "FROM activity")
    placing = [each for each in statements if not any(other in each for other in others)]
    assert len(placing) == 9, "\n".join(placing)


def _order_of(reference: str) -> UUID | None:
    with transaction() as session:
        query = select(Payment.order_id).join(Payment.order)
        return session.scalar(query.where(Order.reference_id == reference))
