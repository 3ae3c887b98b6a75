"""Following an order: its version, conditional requests, and the offers that a page shows."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

import redis_url
from models import Order, Payment, Product, transaction
from models.clock import MovableClock
from models.payment import payment_of
from models.refund import RefundState
from state_machines import OrderMachine, RefundMachine
from state_machines.actions import edit_product, refund_order, ship_order
from state_machines.payment import PaymentSignal
from state_machines.refund import RefundSignal
from tests.support import factories
from tests.support.statements import statements_of
from tests.support.web import Json, Person, SignIn, record_card_of, stripe_says, until
from web import changes
from web.waiters import WAITERS

OFFERED = {"action": "cancel", "refundAmount": 0, "currency": "usd"}
REFUNDED = {"action": "cancelAndRefund", "refundAmount": 59, "currency": "usd"}


@pytest.fixture
def placed(ann: Person, lamp: Product) -> Json:
    answer: Json = ann.order(lamp).get_json()
    return answer


@pytest.fixture
def order_id(placed: Json) -> UUID:
    return UUID(placed["orderId"])


@pytest.fixture(params=["status", "summary", "summary by reference"])
def path(request: pytest.FixtureRequest, placed: Json) -> str:
    reference = placed["referenceId"]
    return {
        "status": f"/order/status/{reference}",
        "summary": f"/order/summary/{placed['orderId']}",
        "summary by reference": f"/order/summary?referenceId={reference}",
    }[str(request.param)]


def initiate(order_id: UUID) -> None:
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")


def process(order_id: UUID) -> None:
    stripe_says(order_id, PaymentSignal.PROCESSING, "processing")


def decline(order_id: UUID) -> None:
    stripe_says(order_id, PaymentSignal.DECLINED, "requires_payment_method")


def pay(order_id: UUID) -> None:
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded", latest_charge="ch_1")


def move_the_deadline(order_id: UUID) -> None:
    with transaction() as session:
        this = update(Payment).where(Payment.order_id == order_id)
        session.execute(this.values(deadline_at=Payment.created_at))


def edit_the_product(_: UUID) -> None:
    with transaction():
        edit_product.change("staff", edit_product.lock(Product.sku.is_not(None)), {"price": "50"})


def refund_a_part(order_id: UUID) -> None:
    with transaction():
        refund_order.refund(OrderMachine.lock([order_id])[order_id], 100, reason=None)


def finish_the_refund(order_id: UUID) -> None:
    with transaction() as session:
        order = session.get_one(Order, order_id)
        payment = payment_of(order.id)
        refund_id = session.scalars(select(RefundMachine.model.id)).one()
        refund = RefundMachine.lock([refund_id])[refund_id]
        assert (refund.order_id, refund.state) == (payment.order_id, RefundState.REQUESTED)
        RefundMachine.send(refund, RefundSignal.SUCCEEDED)


def dispute(order_id: UUID) -> None:
    with transaction() as session:
        factories.a_dispute(order=session.get_one(Order, order_id))


def ship(order_id: UUID) -> None:
    with transaction():
        ship_order.ship(OrderMachine.lock([order_id])[order_id], "DHL", "JJD0001")


def deliver(order_id: UUID) -> None:
    with transaction():
        ship_order.deliver(OrderMachine.lock([order_id])[order_id])


def conditional(person: Person, path: str, tag: str, wait: int = 0) -> TestResponse:
    headers = {"If-None-Match": tag} | ({"Prefer": f"wait={wait}"} if wait else {})
    return person.get(path, **headers)


def test_an_unchanged_order_is_not_sent_again(ann: Person, path: str) -> None:
    first = ann.get(path)
    tag = first.headers["ETag"]
    assert tag == f'"{first.get_json()["version"]}"'
    for known in (tag, f"W/{tag}", f'"another", {tag}', "*"):
        again = conditional(ann, path, known)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert conditional(ann, path, '"another"').get_json() == first.get_json()


def pay_by_card(order_id: UUID) -> None:
    """Pay, and record the card: a summary waits for it."""
    pay(order_id)
    record_card_of(order_id)


def test_the_version_differs_after_every_change(ann: Person, path: str, order_id: UUID) -> None:
    versions = [ann.get(path).get_json()["version"]]
    for change in (initiate, move_the_deadline, process, pay, record_card_of, edit_the_product,
                   refund_a_part, finish_the_refund, ship, deliver, dispute):  # fmt: skip
        change(order_id)
        answer = conditional(ann, path, f'"{versions[-1]}"')
        assert answer.status_code == 200, change.__name__
        versions.append(answer.get_json()["version"])
    assert len(set(versions)) == len(versions) == 12


def test_an_unchanged_order_takes_one_statement(shop: Flask, ann: Person, path: str) -> None:
    tag = ann.get(path).headers["ETag"]
    with statements_of(shop) as statements:
        assert conditional(ann, path, tag).status_code == 304
    # The session and the version.
    assert len(statements) == 1, "\n".join(statements)


@pytest.mark.parametrize("change", [initiate, pay])
def test_a_whole_order_takes_few_statements(
    shop: Flask, ann: Person, path: str, order_id: UUID, change: Callable[[UUID], None]
) -> None:
    change(order_id)
    record_card_of(order_id)
    with statements_of(shop) as statements:
        assert ann.get(path).status_code == 200
    # The session, the order with its payment; for a summary its refunds and items; once it is paid
    # the disputed and the refundable amount.
    number = 2 + 2 * ("summary" in path) + 2 * (change is pay)
    assert len(statements) == number, "\n".join(statements)


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def is_listened_to(order_id: UUID) -> bool:
    ((_, number),) = changes.redis_client().pubsub_numsub(redis_url.change_channel(order_id))
    return bool(number)


def test_a_request_waits_until_the_order_has_changed(
    shop: Flask, ann: Person, path: str, order_id: UUID, crowd: ThreadPoolExecutor
) -> None:
    tag = ann.get(path).headers["ETag"]
    person = Person(shop.test_client(), ann.user, ann.session_id, ann.headers)
    pending = crowd.submit(conditional, person, path, tag, 30)
    until(lambda: is_listened_to(order_id) or pending.done() or None)
    assert not pending.done(), "it waits for a change"
    initiate(order_id)
    answer = pending.result()
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=30")
    assert answer.headers["ETag"] != tag
    assert conditional(ann, path, tag, 30).get_json() == answer.get_json(), "it does not wait"


@pytest.mark.parametrize("answer", [pay_by_card, decline])
def test_a_payment_says_while_its_bank_is_processing_it(
    ann: Person, path: str, order_id: UUID, answer: Callable[[UUID], None]
) -> None:
    def is_processing() -> bool:
        flag: bool = ann.get(path).get_json()["payment"]["processing"]
        return flag

    assert not is_processing()
    for change, expected in ((initiate, False), (process, True), (answer, False)):
        change(order_id)
        assert is_processing() is expected


def test_a_request_that_waits_hears_that_the_bank_is_processing(
    shop: Flask, ann: Person, path: str, order_id: UUID, crowd: ThreadPoolExecutor
) -> None:
    initiate(order_id)
    tag = ann.get(path).headers["ETag"]
    person = Person(shop.test_client(), ann.user, ann.session_id, ann.headers)
    pending = crowd.submit(conditional, person, path, tag, 30)
    until(lambda: is_listened_to(order_id) or pending.done() or None)
    process(order_id)
    assert pending.result().get_json()["payment"]["processing"] is True


def test_an_order_that_does_not_change_is_304_after_the_wait(ann: Person, path: str) -> None:
    tag = ann.get(path).headers["ETag"]
    answer = conditional(ann, path, tag, 1)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (304, "wait=1")


def test_beyond_the_cap_a_request_is_answered_at_once(ann: Person, path: str) -> None:
    tag = ann.get(path).headers["ETag"]
    with ExitStack() as places:
        while places.enter_context(WAITERS.place(ann.user.id)):
            pass
        answer = conditional(ann, path, tag, 30)
    assert (answer.status_code, answer.headers["Retry-After"]) == (304, "1")
    assert "Preference-Applied" not in answer.headers


def test_a_conditional_request_for_another_s_order_is_not_found(
    path: str, ann: Person, sign_in: SignIn
) -> None:
    tag = ann.get(path).headers["ETag"]
    assert conditional(sign_in(), path, tag).status_code == 404


@pytest.mark.parametrize("query", ["", "?referenceId=", "?reference=1", "?referenceId=a%00b"])
def test_a_summary_needs_a_reference(ann: Person, query: str) -> None:
    answer = ann.get(f"/order/summary{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] in {"referenceId", "reference"}
    assert ann.get(f"/order/summary?referenceId={uuid4().hex}").status_code == 404


def test_an_order_can_be_paid_until_its_deadline(
    time: MovableClock, ann: Person, path: str, order_id: UUID
) -> None:
    assert ann.get(path).get_json()["payBy"] is None, "its intent is being created"
    initiate(order_id)
    with transaction() as session:
        query = select(Payment.deadline_at).where(Payment.order_id == order_id)
        deadline = session.scalars(query).one()
    assert deadline is not None
    shown = ann.get(path).get_json()["payBy"]
    assert shown == deadline.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    pay_by_card(order_id)
    assert ann.get(path).get_json()["payBy"] is None


@pytest.mark.parametrize(
    ("changes_before", "offer", "status"),
    [
        ([], OFFERED, 202),
        ([initiate], OFFERED, 202),
        ([initiate, pay], REFUNDED, 202),
        ([initiate, pay, refund_a_part], REFUNDED | {"refundAmount": 58}, 202),
        ([initiate, pay, dispute], None, 409),
        ([initiate, pay, ship], None, 409),
        ([initiate, pay, ship, deliver], None, 409),
    ],
)
def test_a_cancellation_is_offered_with_its_consequence(
    ann: Person,
    placed: Json,
    order_id: UUID,
    changes_before: list[Callable[[UUID], None]],
    offer: Json | None,
    status: int,
) -> None:
    for change in changes_before:
        change(order_id)
    record_card_of(order_id)
    for path in (f"status/{placed['referenceId']}", f"summary/{order_id}"):
        assert ann.get(f"/order/{path}").get_json()["cancellable"] == offer
    assert ann.delete(f"/order/{placed['referenceId']}").status_code == status
    summary = ann.get(f"/order/summary/{order_id}").get_json()
    assert summary["cancellable"] is None, "it is done, or cannot be done"
    refunded = sum(refund["amount"] for refund in summary["refunds"])
    if offer:
        earlier = 1 if refund_a_part in changes_before else 0
        assert refunded - earlier == offer["refundAmount"]
