"""The whole order, as its customer sees it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import Flask

import redis_url
from models import Product
from state_machines.durable import unit_of_work
from state_machines.durable.unit_of_work import Committed
from state_machines.payment import PaymentSignal
from tests.support.web import Json, Person, record_card_of, stripe_says, until
from web import changes


def pay_without_a_card(order_id: UUID) -> None:
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded", latest_charge="ch_1")


def test_the_summary_right_after_the_payment_has_the_card(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    order_id = UUID(ann.order(lamp).get_json()["orderId"])
    pay_without_a_card(order_id)

    def look() -> Json:
        person = Person(shop.test_client(), ann.user, ann.session_id, ann.headers)
        answer: Json = person.get(f"/order/summary/{order_id}").get_json()
        return answer

    def is_listening() -> bool:
        ((_, number),) = changes.redis_client().pubsub_numsub(redis_url.change_channel(order_id))
        return bool(number)

    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(look)
        until(lambda: is_listening() or pending.done() or None)
        assert not pending.done(), "it waits for the card"
        record_card_of(order_id)
        payment = pending.result()["payment"]
    assert (payment["status"], payment["cardBrand"], payment["last4"]) == (
        "Success",
        "visa",
        "4242",
    )


def test_a_card_that_does_not_arrive_is_left_out(ann: Person, lamp: Product) -> None:
    order_id = UUID(ann.order(lamp).get_json()["orderId"])
    pay_without_a_card(order_id)
    answer = ann.get(f"/order/summary/{order_id}")
    assert answer.status_code == 200
    assert answer.get_json()["payment"]["cardBrand"] is None


def test_a_request_that_waits_for_a_card_is_woken(ann: Person, lamp: Product) -> None:
    order_id = UUID(ann.order(lamp).get_json()["orderId"])
    pay_without_a_card(order_id)
    commits: list[Committed] = []
    unit_of_work.after_commit(commits.append)
    try:
        record_card_of(order_id)
    finally:
        unit_of_work.remove_listener(commits.append)
    (committed,) = commits
    assert [(move.machine, move.root_id) for move in committed.moves] == [("payment", order_id)]
