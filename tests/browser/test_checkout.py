"""Stories of the checkout: paying, and all that can come in between."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack
from tests.browser import till
from tests.browser.accessibility import find_violations
from tests.browser.answers import fetch_whole
from tests.browser.shelf import STAPLE, Shelf
from tests.browser.sign_in import CODE_FIELD, request_code, sign_in
from tests.browser.till import expect_paid, open_checkout, pay, pay_button, type_card
from tests.browser.visitors import open_browser, share_session

# As in a browser whose owner lets no page store anything.
REFUSE_STORAGE = """
for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
  const get = () => { throw new DOMException('refused for the story', 'SecurityError') }
  Object.defineProperty(window, name, { get })
}
"""
DECLINED = "Your payment did not go through"


@pytest.fixture
def shelf(world: World) -> Shelf:
    return Shelf(world)


@pytest.fixture
def lamp(shelf: Shelf) -> Json:
    return shelf.add(price=4900)


def complete_challenge(page: Page, answer: str) -> None:
    page.get_by_role("dialog", name="3-D Secure").get_by_role("button", name=answer).click()


def test_a_purchase(member: Page, buyer: Buyer, lamp: Json) -> None:
    reference = till.fill_cart(member, lamp)
    member.goto("/terms")
    expect(member.get_by_role("link", name="Your account")).to_be_visible()
    member.goto("/checkout")
    till.type_address(member)
    type_card(member)
    expect(pay_button(member)).to_have_text("Pay $59.00")
    assert find_violations(member) == []
    pay_button(member).click()
    expect_paid(member, reference)
    summary = buyer.summary(buyer.status(reference)["orderId"])
    assert summary["shippingAddress"] == "Ann Lee\nCalle Mayor 1\n28013 Madrid\nSpain"
    # Back leads to the page before the checkout, which is over.
    member.go_back()
    expect(member.get_by_role("heading", name="Terms")).to_be_visible()
    # The address was saved in the profile.
    till.fill_cart(member, lamp)
    member.goto("/checkout")
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    expect(member.get_by_label("Country")).to_have_value("ES")


def test_a_declined_card_then_another_pays_the_same_order(
    member: Page, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.DECLINES)
    expect(member.get_by_text(DECLINED)).to_be_visible()
    expect(member.get_by_label("Card number")).to_have_value("4000 0000 0000 0002")
    assert find_violations(member) == []
    pay(member)
    expect_paid(member, reference)
    assert till.book_of(world, reference)["captured"] == 5900


def test_a_challenge_that_fails_then_works(member: Page, lamp: Json) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.ASKS_FOR_3DS)
    complete_challenge(member, "Fail")
    expect(member.get_by_text(DECLINED)).to_be_visible()
    pay_button(member).click()
    complete_challenge(member, "Complete")
    expect_paid(member, reference)


def test_a_challenge_on_the_page_of_the_bank(member: Page, lamp: Json) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.REDIRECTS_FOR_3DS)
    member.get_by_role("button", name="Complete").click()
    expect_paid(member, reference)


def test_a_challenge_that_fails_on_the_page_of_the_bank(member: Page, lamp: Json) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.REDIRECTS_FOR_3DS)
    member.get_by_role("button", name="Fail").click()
    # The page says what the shop knows, whatever the address says.
    pay_now = member.get_by_role("link", name="Pay now")
    expect(pay_now).to_be_visible()
    pay_now.click()
    expect(member.get_by_text("Calle Mayor 1")).to_be_visible()
    pay(member)
    expect_paid(member, reference)


def test_a_slow_bank_has_the_order_meanwhile(member: Page, lamp: Json) -> None:
    reference = open_checkout(member, lamp)
    member.get_by_label("Card number").fill(till.SLOW_ACCOUNT)
    pay_button(member).click()
    expect(member).to_have_url(re.compile(f"/orders/{reference}"))
    expect(member.get_by_label("Cart, empty")).to_be_visible()
    expect_paid(member, reference)


def test_a_double_click_is_one_order_and_one_payment(
    member: Page, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    type_card(member)
    pay_button(member).dblclick()
    expect_paid(member, reference)
    assert till.book_of(world, reference)["confirms"] == 1
    assert len(buyer.http.get(f"{world.urls.order}/order", timeout=30).json()) == 1


def test_a_browser_that_stores_nothing_can_buy(
    page: Page, context: BrowserContext, stack: Stack, lamp: Json
) -> None:
    context.add_init_script(REFUSE_STORAGE)
    page.goto(f"/products/{lamp['id']}")
    page.get_by_role("main").get_by_role("button", name="Add to cart").first.click()
    page.get_by_role("link", name="View cart").click()
    page.get_by_role("link", name="Check out").click()
    sign_in(page, Buyer(stack.urls))
    till.type_address(page)
    pay(page)
    expect(page.get_by_text("We have your payment.")).to_be_visible()
    expect(page.get_by_label("Cart, empty")).to_be_visible()


def test_an_order_is_resumed_after_leaving_and_reloading(
    member: Page, shelf: Shelf, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    member.reload()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    pay(member, till.DECLINES)
    expect(member.get_by_text(DECLINED)).to_be_visible()
    # The order keeps its price.
    shelf.change(lamp, price=9900)
    member.reload()
    expect(pay_button(member)).to_have_text("Pay $59.00")
    member.goto("/cart")
    member.get_by_role("link", name="Check out").click()
    expect(member.get_by_role("heading", name="Pay your order")).to_be_visible()
    expect(pay_button(member)).to_have_text("Pay $59.00")
    pay(member, till.ASKS_FOR_3DS)
    expect(member.get_by_role("dialog", name="3-D Secure")).to_be_visible()
    member.reload()
    pay(member)
    expect_paid(member, reference)


def test_an_unpaid_order_is_given_up_to_change_it(member: Page, buyer: Buyer, lamp: Json) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.DECLINES)
    expect(member.get_by_text(DECLINED)).to_be_visible()
    member.get_by_role("button", name="Change address or products").click()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    buyer.wait_until(reference, "Cancelled")
    pay(member)
    expect(member.get_by_text("We have your payment.")).to_be_visible()
    assert reference not in member.url


def test_an_order_that_expires_on_the_page_can_be_made_again(
    member: Page, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.DECLINES)
    expect(member.get_by_text(DECLINED)).to_be_visible()
    world.expire(buyer.status(reference)["orderId"])
    expect(member.get_by_text("This order can no longer be paid")).to_be_visible()
    assert find_violations(member) == []
    member.get_by_role("button", name="Order again").click()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
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


def test_missing_fields_are_told_at_the_field(member: Page, lamp: Json) -> None:
    till.fill_cart(member, lamp)
    member.goto("/checkout")
    type_card(member)
    pay_button(member).click()
    first = member.get_by_label("First name")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(member.get_by_text("This is needed for the delivery.")).to_have_count(6)
    assert find_violations(member) == []
    till.type_address(member)
    # A card number does not belong into an address; the server says so.
    member.get_by_label("Apartment").fill(till.PAYS)
    pay_button(member).click()
    expect(member.get_by_text("Some fields need your attention.")).to_be_visible()
    expect(member.get_by_label("City")).to_have_value("Madrid")


def test_the_checkout_in_spanish_on_a_phone(member: Page, lamp: Json) -> None:
    member.set_viewport_size({"width": 320, "height": 700})
    reference = till.fill_cart(member, lamp)
    member.evaluate("localStorage.setItem('language', 'es')")
    member.goto("/checkout")
    for label, text in (("Nombre", "Ana"), ("Apellidos", "Gil"), ("Calle y número", "Mayor 1")):
        member.get_by_label(label).fill(text)
    member.get_by_label("Código postal").fill("28013")
    member.get_by_label("Ciudad").fill("Madrid")
    member.get_by_label("País").select_option(label="España")
    # The button is in reach before the page is scrolled.
    expect(member.get_by_role("button", name="Pagar")).to_be_in_viewport()
    assert member.evaluate("document.documentElement.scrollWidth") <= 320
    member.get_by_label("Número de tarjeta").fill(till.PAYS)
    member.get_by_label("Fecha de caducidad").fill("12 / 34")
    member.get_by_label("Código de seguridad").fill("123")
    assert find_violations(member) == []
    member.get_by_role("button", name="Pagar").click()
    expect(member).to_have_url(re.compile(f"/orders/{reference}"))


def test_a_visitor_signs_in_first(page: Page, lamp: Json) -> None:
    till.fill_cart(page, lamp)
    page.goto("/cart")
    page.get_by_role("link", name="Check out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "next=%2Fcheckout" in page.url


def test_the_order_of_somebody_else_cannot_be_paid(member: Page, world: World) -> None:
    order = world.buyer().order(STAPLE)
    member.goto(f"/checkout?order={order['referenceId']}")
    expect(member.get_by_text("There is no such order")).to_be_visible()
