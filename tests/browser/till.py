"""The steps of a purchase in a browser."""

import json
import re
from uuid import uuid4

import requests
from playwright.sync_api import Locator, Page, Route, expect

from demo.buyer import Json
from demo.world import World

PAYS = "4242424242424242"
DECLINES = "4000000000000002"
ASKS_FOR_3DS = "4000002500003155"
REDIRECTS_FOR_3DS = "4000000000000044"
SLOW_ACCOUNT = "000123456789"
ENDLESS_ACCOUNT = "000000000009"  # the bank is processing for ever
DECLINED = "Your payment did not go through"  # what the page says then

# Stripe.js throws such errors from calls that it does not accept.
BROKEN_UPDATE = """
const Stripe = window.Stripe
window.Stripe = Object.assign((...options) => {
  const stripe = Stripe(...options)
  const create = stripe.elements.bind(stripe)
  const update = () => {
    throw Object.assign(new Error('broken for the story'), { name: 'IntegrationError' })
  }
  stripe.elements = (settings) => Object.assign(create(settings), { update })
  return stripe
}, Stripe)
"""

# The payment is made, and the page is not told.
BROKEN_CONFIRM = """
const Stripe = window.Stripe
window.Stripe = Object.assign((...options) => {
  const stripe = Stripe(...options)
  const confirm = stripe.confirmPayment.bind(stripe)
  const broken = async (payment) => {
    await confirm(payment)
    throw Object.assign(new Error('broken for the story'), { name: 'IntegrationError' })
  }
  return Object.assign(stripe, { confirmPayment: broken })
}, Stripe)
"""

# Check what was typed into Stripe's form when the story says so.
HELD_SUBMIT = """
const Stripe = window.Stripe
window.Stripe = Object.assign((...options) => {
  const stripe = Stripe(...options)
  const create = stripe.elements.bind(stripe)
  stripe.elements = (settings) => {
    const elements = create(settings)
    const submit = elements.submit.bind(elements)
    const held = async () => {
      await new Promise((resume) => { window.resumeSubmit = resume })
      return submit()
    }
    return Object.assign(elements, { submit: held })
  }
  return stripe
}, Stripe)
"""


def fill_cart(page: Page, *products: Json, quantity: int = 1) -> str:
    """Put products into the cart of the browser. Return the reference of its order."""
    names = ("productId", "name", "imageUrl", "price", "currency")
    lines = [{**{name: p[name] for name in names}, "quantity": quantity} for p in products]
    reference = f"web-{uuid4().hex}"
    cart = json.dumps({"lines": lines, "referenceId": reference, "isPlaced": False})
    # A script of the context would fill it again in each tab and after each reload. A page of
    # the app would begin to renew the session, and be left meanwhile.
    page.goto("/robots.txt")
    page.evaluate("cart => localStorage.setItem('cart', cart)", cart)
    return reference


def open_checkout(page: Page, *products: Json, quantity: int = 1) -> str:
    """Open the checkout with these products, and type the address. Return the reference."""
    reference = fill_cart(page, *products, quantity=quantity)
    page.goto("/checkout")
    type_address(page)
    return reference


def type_address(page: Page) -> None:
    page.get_by_label("First name").fill("Ann")
    page.get_by_label("Last name").fill("Lee")
    page.get_by_label("Street and number").fill("Calle Mayor 1")
    page.get_by_label("Postal code").fill("28013")
    page.get_by_label("City").fill("Madrid")
    page.get_by_label("Country").select_option("ES")


def type_card(page: Page, number: str = PAYS) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiration date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")


def pay_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Pay $")


def pay(page: Page, number: str = PAYS) -> None:
    """Type a card and press Pay."""
    type_card(page, number)
    pay_button(page).click()


def break_on_update(route: Route) -> None:
    """Answer with a Stripe.js whose form throws an error when its options change."""
    script = route.fetch()
    route.fulfill(response=script, body=script.text() + BROKEN_UPDATE)


def break_after_confirm(route: Route) -> None:
    """Answer with a Stripe.js that fails once the payment is made."""
    script = route.fetch()
    route.fulfill(response=script, body=script.text() + BROKEN_CONFIRM)


def hold_submit(route: Route) -> None:
    """Answer with a Stripe.js whose form is checked once the story calls resumeSubmit()."""
    script = route.fetch()
    route.fulfill(response=script, body=script.text() + HELD_SUBMIT)


def expect_paid(page: Page, reference: str) -> None:
    """Expect the page of the order, which says that it is paid, and an empty cart."""
    expect(page).to_have_url(re.compile(rf"/orders/{reference}(\?|$)"))
    expect(page.get_by_text("We have your payment.")).to_be_visible()
    expect(page.get_by_label("Cart, empty")).to_be_visible()


def book_of(world: World, reference: str) -> Json:
    """Return the bank's entry of an order."""
    ledger: list[Json] = requests.get(f"{world.urls.sandbox}/ledger.json", timeout=30).json()
    (entry,) = (row for row in ledger if row["referenceId"] == reference)
    return entry
