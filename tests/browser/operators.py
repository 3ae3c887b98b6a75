"""Operators of the console in a browser, and the orders that they look at."""

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from demo.buyer import Buyer, Json, find_code, wait_for
from demo.world import World
from launch.stack import Stack
from tests.browser.sign_in import CODE_FIELD
from tests.browser.visitors import share_session


def hire(stack: Stack, world: World, role: str) -> Buyer:
    """Create a person with a role, who is signed in on the API."""
    person = world.buyer()
    stack.flask("users", "grant", person.email, role)
    return person


def open_console(person: Buyer, context: BrowserContext) -> Page:
    """Return a new tab of a browser in which the person is signed in."""
    share_session(person, context)
    return context.new_page()


def open_browser(browser: Browser, stack: Stack) -> BrowserContext:
    """Open the browser of another person; the caller closes it."""
    return browser.new_context(base_url=stack.urls.web, locale="en-US")


def place_order(buyer: Buyer) -> Json:
    """Place an order of one product, which nobody pays."""
    return buyer.order(buyer.products()[0])


def pay_order(buyer: Buyer) -> Json:
    """Place an order and pay it, and wait until it is confirmed."""
    order = place_order(buyer)
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


def prove_identity(page: Page, person: Buyer) -> None:
    """Answer the demand for a fresh proof of identity with an emailed code."""
    count = len(person.emails("login_code"))
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label(CODE_FIELD)).to_be_visible()
    page.get_by_label(CODE_FIELD).fill(wait_for_next_code(person, count))


def wait_for_next_code(person: Buyer, count: int) -> str:
    """Return the code of the first email after the first `count` ones."""

    def newest() -> str | None:
        emails = person.emails("login_code")
        return find_code(emails[0]) if len(emails) > count else None

    return wait_for(newest, "the code of the step-up")
