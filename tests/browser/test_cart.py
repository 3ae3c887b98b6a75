"""Stories of the cart: its page, its drawer, and what the shop says of its lines."""

import json

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessibility import find_violations
from tests.browser.shelf import Shelf
from tests.browser.till import fill_cart


def test_totals_follow_the_quantity_and_come_from_the_shop(page: Page, shelf: Shelf) -> None:
    fill_cart(page, lamp := shelf.add(price=4933))
    page.goto("/cart")
    expect(page.get_by_text("$59.33")).to_be_visible()
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("$157.99")).to_be_visible()
    quantity = page.get_by_role("textbox", name=f"Quantity of {lamp['name']}")
    quantity.fill("2")
    quantity.press("Enter")
    expect(page.get_by_text("$108.66")).to_be_visible()
    assert find_violations(page) == []
    page.reload()
    expect(quantity).to_have_value("2")


def test_a_removed_line_can_be_brought_back(page: Page, shelf: Shelf) -> None:
    fill_cart(page, lamp := shelf.add(), mug := shelf.add())
    page.goto("/cart")
    page.get_by_role("button", name=f"Remove {lamp['name']}").click()
    expect(page.get_by_text(f"{lamp['name']} was removed.")).to_be_visible()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    names = page.get_by_role("main").get_by_role("listitem").get_by_role("link")
    expect(names).to_have_text([lamp["name"], mug["name"]])
    for product in (lamp, mug):
        page.get_by_role("button", name=f"Remove {product['name']}").click()
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(names).to_have_text([mug["name"]])


def test_a_changed_price_is_told_and_accepted(page: Page, shelf: Shelf) -> None:
    fill_cart(page, lamp := shelf.add(price=4900))
    shelf.change(lamp, price=5500)
    page.goto("/cart")
    expect(page.get_by_text("The price changed from $49.00 to $55.00.")).to_be_visible()
    expect(page.get_by_text("$65.00")).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("The price changed")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("$65.00")).to_be_visible()
    expect(page.get_by_text("The price changed")).to_be_hidden()


def test_lines_that_cannot_be_bought_say_why_and_what_to_do(page: Page, shelf: Shelf) -> None:
    few, none, gone = (shelf.add(stock=9) for _ in range(3))
    unknown = {**shelf.add(), "productId": 2**31, "name": "Old thing"}
    fill_cart(page, few, none, gone, unknown, quantity=5)
    shelf.change(few, stock=3)
    shelf.change(none, stock=0)
    shelf.change(gone, status="Discontinued")
    page.goto("/cart")
    checkout = page.get_by_role("button", name="Check out")
    expect(checkout).to_be_disabled()
    for words in ("Only 3 left.", "Sold out.", "Not for sale at the moment.", "No longer sold."):
        expect(page.get_by_text(words)).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Take 3").click()
    for name in (none["name"], gone["name"], "Old thing"):
        row = page.get_by_role("listitem").filter(has_text=name)
        row.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("link", name="Check out")).to_be_visible()
    expect(page.get_by_text("$157.00")).to_be_visible()


def test_a_cart_that_was_tampered_with_still_shows(page: Page, shelf: Shelf) -> None:
    lamp = shelf.add()
    fill_cart(page, lamp)
    lines = [{**lamp, "quantity": 1}, {**lamp, "productId": -1, "quantity": 1}, None, {"a": 1}]
    cart = json.dumps({"lines": lines, "referenceId": {"$ne": 1}})
    page.evaluate("cart => localStorage.setItem('cart', cart)", cart)
    page.goto("/cart")
    expect(page.get_by_text("$59.00")).to_be_visible()
    page.evaluate("localStorage.setItem('cart', '{')")
    page.reload()
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()
    assert find_violations(page) == []


def test_two_tabs_show_the_same_cart(page: Page, context: BrowserContext, shelf: Shelf) -> None:
    fill_cart(page, shelf.add())
    page.goto("/cart")
    other = context.new_page()
    other.goto("/cart")
    other.get_by_role("button", name="One more").click()
    expect(page.get_by_role("textbox")).to_have_value("2")
    expect(page.get_by_text("$108.00")).to_be_visible()


def test_the_drawer_shows_the_cart_beside_the_page(page: Page, shelf: Shelf) -> None:
    fill_cart(page, lamp := shelf.add())
    page.goto("/products")
    button = page.get_by_label("Cart, 1 piece")
    button.press("Enter")
    drawer = page.get_by_role("dialog", name="Your cart")
    expect(drawer.get_by_text("$59.00")).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    drawer.get_by_role("link", name=lamp["name"]).click()
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("heading", name=lamp["name"])).to_be_visible()


def test_a_phone_has_the_page_instead_of_the_drawer(page: Page, shelf: Shelf) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    fill_cart(page, shelf.add())
    page.goto("/products")
    page.get_by_label("Cart, 1 piece").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_a_connection_the_cart_says_so(page: Page, shelf: Shelf) -> None:
    fill_cart(page, shelf.add())
    page.goto("/cart")
    expect(page.get_by_text("$59.00")).to_be_visible()
    page.route("**/order/quote", lambda route: route.abort())
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("We could not check prices and stock")).to_be_visible()
    page.unroute("**/order/quote")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("$108.00")).to_be_visible()
