"""Stories of the checkout: paying, and all that can come in between."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack
from tests.browser import till
from tests.browser.accessibility import find_violations
from tests.browser.shelf import STAPLE, Shelf
from tests.browser.sign_in import sign_in
from tests.browser.till import expect_paid, open_checkout, pay, pay_button, type_card

# As in a browser whose owner lets no page store anything.
REFUSE_STORAGE = """
for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
  const get = () => { throw new DOMException('refused for the story', 'SecurityError') }
  Object.defineProperty(window, name, { get })
}
"""


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
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    expect(member.get_by_label("Card number")).to_have_value("4000 0000 0000 0002")
    assert find_violations(member) == []
    pay(member)
    expect_paid(member, reference)
    assert till.book_of(world, reference)["captured"] == 5900


def test_a_challenge_that_fails_then_works(member: Page, lamp: Json) -> None:
    reference = open_checkout(member, lamp)
    pay(member, till.ASKS_FOR_3DS)
    complete_challenge(member, "Fail")
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
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
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
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
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    member.get_by_role("button", name="Change address or products").click()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    buyer.wait_until(reference, "Cancelled")
    pay(member)
    expect(member.get_by_text("We have your payment.")).to_be_visible()
    assert reference not in member.url


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
