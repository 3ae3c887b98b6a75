"""Stories of the checkout in which something changes or fails while a customer pays."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.stack import Stack
from tests.browser import till
from tests.browser.accessibility import find_violations
from tests.browser.answers import fetch_whole
from tests.browser.shelf import Shelf
from tests.browser.sign_in import CODE_FIELD, request_code
from tests.browser.till import expect_paid, open_checkout, pay, pay_button, type_card
from tests.browser.visitors import open_browser, share_session


def test_an_order_that_expires_on_the_page_can_be_made_again(
    member: Page, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()

    def load_declined() -> Json | None:
        order = buyer.status(reference)
        return order if order["payment"]["status"] == "Declined" else None

    # The event of the decline comes after the page's own answer, and sets the deadline anew.
    world.expire(wait_for(load_declined, "the event of the decline")["orderId"])
    expect(member.get_by_text("This order can no longer be paid")).to_be_visible()
    assert find_violations(member) == []
    member.get_by_role("button", name="Order again").click()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    pay(member)
    expect(member.get_by_text("We have your payment.")).to_be_visible()


def test_an_order_that_is_paid_too_late_can_be_made_again(
    member: Page, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = till.fill_cart(member, lamp)
    order = buyer.order(lamp, reference=reference)
    member.goto(f"/checkout?order={reference}")
    expect(member.get_by_role("heading", name="Pay your order")).to_be_visible()
    # This bank misses the cancellation, and pays after the order has failed.
    buyer.pay(order["clientSecret"], "pm_sandbox_succeedsAfterCancel")
    world.expire(order["orderId"])
    expect(member.get_by_text("We have paid back $59.00.")).to_be_visible()
    expect(member.get_by_text("Nothing was charged")).to_be_hidden()
    assert find_violations(member) == []
    member.get_by_role("button", name="Order again").click()
    till.type_address(member)
    pay(member)
    expect(member.get_by_text("We have your payment.")).to_be_visible()


def test_a_price_that_changes_meanwhile_is_asked_about(
    member: Page, buyer: Buyer, world: World, shelf: Shelf, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)
    shelf.change(lamp, price=5500)
    pay_button(member).click()
    expect(member.get_by_text("The total has changed: it is $65.00 now")).to_be_visible()
    assert till.book_of(world, reference)["captured"] == 0
    expect(pay_button(member)).to_have_text("Pay $65.00")
    pay_button(member).click()
    expect_paid(member, reference)
    assert till.book_of(world, reference)["captured"] == 6500


def test_the_last_piece_goes_to_another_customer(member: Page, world: World, shelf: Shelf) -> None:
    last, lamp = shelf.add(stock=1), shelf.add()
    open_checkout(member, last, lamp)
    type_card(member)
    world.buyer().order(last)
    pay_button(member).click()
    expect(member.get_by_text("Your order has changed")).to_be_visible()
    expect(member.get_by_text("Sold out.")).to_be_visible()
    expect(pay_button(member)).to_be_hidden()
    assert find_violations(member) == []
    member.get_by_role("button", name="Remove", exact=True).click()
    expect(pay_button(member)).to_have_text("Pay $59.00")
    expect(member.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    pay_button(member).click()
    expect(member.get_by_text("We have your payment.")).to_be_visible()


def test_a_session_that_ends_returns_with_what_was_typed(
    member: Page, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)
    buyer.http.delete(f"{world.urls.auth}/auth/sessions", timeout=30).raise_for_status()
    pay_button(member).click()
    expect(member.get_by_role("heading", name="Sign in")).to_be_visible()
    stored = str(member.evaluate("({...sessionStorage, ...localStorage})"))
    assert re.search("4242.?4242", stored) is None
    member.get_by_label(CODE_FIELD).fill(request_code(member, buyer))
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    pay(member)
    expect_paid(member, reference)


def test_without_stripe_the_rest_of_the_page_stays(member: Page, lamp: Json) -> None:
    member.route(re.compile(r"/stripe\.js$"), lambda route: route.abort())
    reference = open_checkout(member, lamp)
    expect(member.get_by_text("The payment form could not be loaded")).to_be_visible()
    expect(pay_button(member)).to_be_disabled()
    assert find_violations(member) == []
    member.unroute(re.compile(r"/stripe\.js$"))
    member.get_by_role("button", name="Try again").click()
    expect(member.get_by_role("heading", name="Payment", exact=True)).to_be_focused()
    pay(member)
    expect_paid(member, reference)


def test_a_payment_form_that_breaks_is_opened_again(member: Page, lamp: Json) -> None:
    member.route(re.compile(r"/stripe\.js$"), till.break_on_update)
    reference = open_checkout(member, lamp)
    type_card(member)
    # The form takes the colours of the page.
    member.get_by_role("button", name="Switch to dark colours").click()
    expect(member.get_by_text("The payment form has failed")).to_be_visible()
    expect(pay_button(member)).to_be_disabled()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    expect(member.get_by_text("$59.00").first).to_be_visible()
    assert find_violations(member) == []
    retry = member.get_by_role("button", name="Try again")
    retry.focus()
    member.keyboard.press("Enter")
    expect(member.get_by_label("Card number")).to_have_value("")
    expect(member.get_by_role("heading", name="Payment", exact=True)).to_be_focused()
    pay(member)
    expect_paid(member, reference)


def test_a_payment_whose_outcome_is_not_told_is_found(member: Page, lamp: Json) -> None:
    member.route(re.compile(r"/stripe\.js$"), till.break_after_confirm)
    # The shop fails as well, when the page asks it what became of the order.
    member.route("**/order/summary*", lambda route: route.fulfill(status=500), times=1)
    reference = open_checkout(member, lamp)
    pay(member)
    expect_paid(member, reference)


def test_a_connection_that_breaks_is_no_second_order(
    member: Page, context: BrowserContext, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)
    context.set_offline(True)
    pay_button(member).click()
    expect(member.get_by_text("We could not reach the shop").first).to_be_visible()
    context.set_offline(False)

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    member.route("**/order", lose_answer, times=1)
    pay_button(member).click()
    expect(member.get_by_text("We could not reach the shop").first).to_be_visible()
    pay_button(member).click()
    expect_paid(member, reference)
    assert till.book_of(world, reference)["creates"] == 1


def test_a_bank_that_is_slow_to_answer_is_waited_for(
    member: Page, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)

    def without_secret(route: Route) -> None:
        answer = fetch_whole(route)
        body: dict[str, Any] = answer.json()
        route.fulfill(status=202, json={**body, "clientSecret": None})

    member.route("**/order", without_secret)
    pay_button(member).click()
    expect_paid(member, reference)


def test_a_payment_provider_that_is_out_of_order_is_told_in_words(
    member: Page, world: World, lamp: Json, faultless: None
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)
    world.faults(stripe={"errorRate": 1})
    pay_button(member).click()
    expect(member.locator("form").get_by_text("longer than usual")).to_be_visible()
    assert find_violations(member) == []
    world.faults()
    # The attempts are seconds apart by now.
    expect(member).to_have_url(re.compile(rf"/orders/{reference}"), timeout=90_000)


def test_a_payment_that_the_shop_has_not_heard_of_is_not_asked_for_again(
    member: Page, world: World, lamp: Json, faultless: None
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)
    world.faults(stripe={"webhook": {"dropRate": 1}})
    pay_button(member).click()
    expect(member).to_have_url(re.compile(rf"/orders/{reference}"))
    expect(member.get_by_role("status").filter(has_text="Payment on its way")).to_be_visible()
    expect(member.get_by_role("link", name="Pay now")).to_be_hidden()
    member.reload()
    expect(member.get_by_text("You need not pay again.")).to_be_visible()
    assert find_violations(member) == []


def test_a_payment_at_the_bank_is_not_asked_for_again_on_another_device(
    browser: Browser, stack: Stack, member: Page, buyer: Buyer, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    member.get_by_label("Card number").fill(till.ENDLESS_ACCOUNT)
    pay_button(member).click()
    expect(member).to_have_url(re.compile(f"/orders/{reference}"))
    again = Buyer(buyer.urls, buyer.email)
    again.log_in()
    with open_browser(browser, stack, locale="es-ES") as phone:
        share_session(again, phone)
        elsewhere = phone.new_page()
        elsewhere.goto(f"/orders/{reference}")
        expect(elsewhere.get_by_role("status").filter(has_text="Pago en camino")).to_be_visible()
        expect(elsewhere.get_by_role("link", name="Pagar ahora")).to_be_hidden()
        assert find_violations(elsewhere) == []
        # Neither does the checkout, such as one that was left open.
        elsewhere.goto(f"/checkout?order={reference}")
        expect(elsewhere).to_have_url(re.compile(f"/orders/{reference}"))
    member.evaluate("sessionStorage.clear()")
    member.reload()
    expect(member.get_by_role("status").filter(has_text="Payment on its way")).to_be_visible()
    expect(member.get_by_role("link", name="Pay now")).to_be_hidden()


def test_the_limit_of_unpaid_orders_is_told_in_words(
    member: Page, buyer: Buyer, shelf: Shelf, lamp: Json
) -> None:
    open_checkout(member, lamp)
    type_card(member)
    for product in (shelf.add(), shelf.add()):
        for _ in range(10):
            buyer.order(product, wait=0)
    pay_button(member).click()
    expect(member.get_by_text("You have many orders that wait for their payment.")).to_be_visible()
    expect(member.get_by_text(re.compile(r"You can try again in \d+ s"))).to_be_visible()
    expect(pay_button(member)).to_be_disabled()
