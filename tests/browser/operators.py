"""Operators of the console in a browser, and the orders that they look at."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack
from tests.browser.database import execute
from tests.browser.shelf import STAPLE
from tests.browser.sign_in import CODE_FIELD, wait_for_code
from tests.browser.visitors import share_session

# As `flask users grant` does, which would start a process for each story.
GRANT = "UPDATE users SET roles = ARRAY[%s] WHERE email = %s"


def hire(stack: Stack, world: World, role: str) -> Buyer:
    """Create a person with a role, who is signed in on the API."""
    person = world.buyer()
    grant(stack, person, role)
    return person


def grant(stack: Stack, person: Buyer, role: str) -> None:
    """Give a person a role, which takes effect at once."""
    execute(stack.environment["DATABASE_URL"], GRANT, (role, person.email))


def open_console(person: Buyer, context: BrowserContext) -> Page:
    """Return a new tab of a browser in which the person is signed in."""
    share_session(person, context)
    return context.new_page()


def place_order(buyer: Buyer, product: Json = STAPLE) -> Json:
    """Place an order of one product, which nobody pays."""
    return buyer.order(product)


def pay_order(buyer: Buyer, product: Json = STAPLE) -> Json:
    """Place an order and pay it, and wait until it is confirmed."""
    order = place_order(buyer, product)
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    return order


def path_of(order: Json) -> str:
    return f"/console/executions/order/{order['orderId']}"


def open_order(page: Page, order: Json) -> None:
    """Open the page of an order, and wait until it has its actions."""
    page.goto(path_of(order))
    expect(page.get_by_role("heading", level=1)).to_contain_text(order["referenceId"][:20])
    expect(page.get_by_role("heading", name="Money")).to_be_visible()


def action(page: Page, verb: str) -> Locator:
    """Return the button of an action on the page of an execution."""
    return page.get_by_role("group", name="Actions").get_by_role("button", name=verb, exact=True)


def prove_identity(page: Page, person: Buyer, codes: int) -> None:
    """Answer the demand for a fresh proof of identity, after so many emailed codes, with another.

    The second click of an impatient person may have asked for it.
    """
    ask, field = page.get_by_role("button", name="Send me a code"), page.get_by_label(CODE_FIELD)
    expect(ask.or_(field)).to_be_visible()
    if ask.is_visible():
        ask.click()
    expect(field).to_be_visible()
    field.fill(wait_for_code(person, codes + 1))
