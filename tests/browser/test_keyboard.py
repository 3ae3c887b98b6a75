"""A purchase by keyboard alone, from the home page to the receipt."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from demo.buyer import Buyer, find_code
from demo.world import World
from launch.stack import Stack
from tests.browser import till
from tests.browser.keyboard import Keyboard
from tests.browser.shelf import Shelf

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_purchase_from_the_home_page_to_the_receipt(
    page: Page, stack: Stack, world: World, size: ViewportSize
) -> None:
    lamp, visitor = Shelf(world).add(price=4900), Buyer(stack.urls)
    page.set_viewport_size(size)
    keyboard = Keyboard(page)
    page.goto("/")
    find_product(page, keyboard, lamp["name"])
    fill_cart(page, keyboard)
    sign_in(page, keyboard, visitor)
    type_addresses(page, keyboard)
    pay(page, keyboard)
    expect(page.get_by_text("We have your payment.")).to_be_visible()
    keyboard.press(page.get_by_role("link", name="Receipt"))
    expect(page.get_by_role("heading", name="Receipt for order")).to_be_focused()
    expect(page.get_by_text("Visa •••• 3155")).to_be_visible()
    assert "\n".join(keyboard.faults) == ""


def find_product(page: Page, keyboard: Keyboard, name: str) -> None:
    """Search the catalogue, and open the product."""
    keyboard.press(page.get_by_role("link", name="Skip to content"))
    keyboard.press(page.get_by_role("main").get_by_role("link", name="products").first)
    expect(page).to_have_url(re.compile("/products"))
    expect(page.locator("h1")).to_be_focused()
    keyboard.type(page.get_by_role("searchbox").locator("visible=true").first, name)
    product = page.get_by_role("main").get_by_role("link", name=name, exact=True)
    expect(page.get_by_text("1 product", exact=True)).to_be_visible()
    keyboard.press(product)
    expect(page.get_by_role("heading", name=name, level=1)).to_be_focused()


def fill_cart(page: Page, keyboard: Keyboard) -> None:
    """Put two pieces into the cart, look at it and go to the checkout."""
    quantity = page.get_by_role("main").get_by_role("textbox", name="Quantity")
    keyboard.tab_to(quantity)
    page.keyboard.press("ArrowUp")
    expect(quantity).to_have_value("2")
    keyboard.press(page.get_by_role("button", name="Add to cart").first)
    cart = page.get_by_role("link", name="Cart, 2 pieces")
    keyboard.press(cart)
    keyboard.press(page.get_by_role("link", name="Check out"))


def sign_in(page: Page, keyboard: Keyboard, visitor: Buyer) -> None:
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type(visitor.email)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Six-digit code")).to_be_focused()
    page.keyboard.type(find_code(visitor.wait_for_email("login_code")))
    expect(page.get_by_role("heading", name="Checkout")).to_be_focused()


def type_addresses(page: Page, keyboard: Keyboard) -> None:
    """Type an address for the delivery and another for the bill."""
    delivery = page.get_by_role("region", name="Delivery")
    billing = page.get_by_role("region", name="Billing")
    for region in (delivery, billing):
        for label, text in (
            ("First name", "Ann"),
            ("Last name", "Lee"),
            ("Street and number", "Calle Mayor 1"),
            ("Postal code", "28013"),
            ("City", "Madrid"),
            ("Country", "Spain"),
        ):
            keyboard.type(region.get_by_label(label), text)
        if region is delivery:
            keyboard.press(page.get_by_label("The bill goes to the same address"), "Space")


def pay(page: Page, keyboard: Keyboard) -> None:
    """Pay with a card whose bank asks for a confirmation."""
    keyboard.type(page.get_by_label("Card number"), till.ASKS_FOR_3DS)
    keyboard.type(page.get_by_label("Expiration date"), "1234")
    keyboard.type(page.get_by_label("Security code"), "123")
    # Going back shows each stop, too: nothing of the frame covers it.
    keyboard.tab_to(page.get_by_label("First name").first, key="Shift+Tab")
    keyboard.press(till.pay_button(page))
    challenge = page.get_by_role("dialog", name="3-D Secure")
    keyboard.press(challenge.get_by_role("button", name="Complete"))
