"""Tests of limits for one customer: unpaid orders, reserved stock and declined cards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from config import settings
from models import Order, Payment, PaymentState, Product, Transition, transaction
from models.clock import now
from models.ids import first_of
from state_machines.payment import PaymentSignal
from tests.support.factories import a_product
from tests.support.web import Person, SignIn, stripe_says


def assert_told_to_wait(answer: TestResponse, limit: int) -> None:
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.headers["RateLimit-Policy"] == f'"1";q={limit}'
    assert answer.headers["RateLimit"].startswith('"1";r=0;t=')


def count_orders() -> int:
    with transaction() as session:
        return session.scalar(select(func.count(Order.id))) or 0


def several(product: Product, quantity: int) -> list[dict[str, int]]:
    return [{"productId": product.id, "quantity": quantity}]


def decline(placed: TestResponse) -> None:
    order_id = UUID(placed.get_json()["orderId"])
    problem = {"last_payment_error": {"decline_code": "generic_decline"}}
    stripe_says(order_id, PaymentSignal.DECLINED, "requires_payment_method", **problem)


def open_payment(placed: TestResponse) -> None:
    order_id = UUID(placed.get_json()["orderId"])
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")


def state(placed: TestResponse) -> str:
    with transaction() as session:
        order_id = UUID(placed.get_json()["orderId"])
        return session.scalars(select(Payment.state).where(Payment.order_id == order_id)).one()


def test_sixty_orders_at_once_do_not_exceed_the_limit_of_unpaid_orders(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    def buy(_: int) -> int:
        person = Person(shop.test_client(), ann.user, ann.session_id, ann.headers)
        return person.order(lamp).status_code

    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(buy, range(60)))
    assert codes.count(202) == settings.unpaid_orders == count_orders()
    assert codes.count(429) == 60 - settings.unpaid_orders


def test_paying_or_cancelling_makes_room_for_another_order(
    ann: Person, sign_in: SignIn, lamp: Product
) -> None:
    placed = [ann.order(lamp) for _ in range(settings.unpaid_orders)]
    assert_told_to_wait(ann.order(lamp), settings.unpaid_orders)
    assert sign_in().order(lamp).status_code == 202, "others may buy"
    again = placed[0].get_json()["referenceId"]
    assert ann.order(lamp, referenceId=again).status_code == 200, "the same order is no new one"
    stripe_says(UUID(placed[0].get_json()["orderId"]), PaymentSignal.SUCCEEDED, "succeeded")
    assert ann.order(lamp).status_code == 202


def test_the_hourly_limit_counts_paid_and_unpaid_orders(ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    with transaction() as session:
        first = session.scalars(select(Order)).one()
        same = {c.name: getattr(first, c.key) for c in Order.__table__.columns if c.key != "id"}
        made = {"state": "Confirmed", "created_at": now()}
        start = first_of(now()).int
        session.execute(
            Order.__table__.insert(),  # type: ignore[attr-defined]
            [
                same | made | {"id": UUID(int=start + number), "reference_id": f"paid-{number}"}
                for number in range(settings.orders_per_hour)
            ],
        )
    assert_told_to_wait(ann.order(lamp), settings.orders_per_hour)
    with transaction() as session:
        session.execute(update(Order).values(created_at=now() - timedelta(hours=2)))
    assert ann.order(lamp).status_code == 202


def test_one_customer_reserves_at_most_half_of_the_stock(ann: Person, sign_in: SignIn) -> None:
    with transaction():
        many, few = a_product(stock=100), a_product(stock=8)
    assert ann.order(many, items=several(many, 51)).status_code == 422
    assert ann.order(many, items=several(many, 30)).status_code == 202
    refused = ann.order(many, items=several(many, 21))
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "items.0.quantity"
    assert ann.order(many, items=several(many, 20)).status_code == 202
    assert sign_in().order(many, items=several(many, 50)).status_code == 202
    assert ann.order(few, items=several(few, 8)).status_code == 202, "the last pieces are anybody's"


def test_an_order_with_many_declined_cards_is_closed(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp)
    open_payment(placed)
    for _ in range(settings.declines_per_order - 1):
        decline(placed)
    path = f"/order/status/{placed.get_json()['referenceId']}"
    assert ann.get(path).get_json()["clientSecret"], "another card may follow"
    decline(placed)
    assert state(placed) == PaymentState.EXPIRING
    assert ann.get(path).get_json()["clientSecret"] is None
    with transaction() as session:
        last = session.scalars(select(Transition).order_by(Transition.at.desc())).first()
    assert last is not None
    assert last.reason == "too many declined cards"


def test_a_customer_with_many_declined_cards_waits_before_the_next_order(
    ann: Person, sign_in: SignIn, lamp: Product
) -> None:
    orders = [ann.order(lamp) for _ in range(5)]
    for placed in orders:
        open_payment(placed)
        for _ in range(settings.declines_per_hour // 5):
            decline(placed)
    assert state(orders[-1]) == PaymentState.EXPIRING, "its decline was one too many"
    assert state(orders[0]) == PaymentState.DECLINED
    decline(orders[0])
    assert state(orders[0]) == PaymentState.EXPIRING
    assert_told_to_wait(ann.order(lamp), settings.declines_per_hour)
    assert sign_in().order(lamp).status_code == 202, "others may buy"
