"""A tab that stays open over a deployment, which deletes the code of pages not opened so far."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

CODE_OF_TERMS = "**/assets/TermsPage-*.js"
CODE_OF_CART = "**/assets/Cart*.js"
TERMS = re.compile("^Terms")


@pytest.fixture
def loads(page: Page) -> list[str]:
    """Open a page, and return the addresses that the tab loads as documents."""
    addresses: list[str] = []

    def record(request: Request) -> None:
        # A request comes before those of the page: the code of a new page is there at once.
        if request.is_navigation_request():
            addresses.append(request.url)

    page.on("request", record)
    page.goto("/about")
    expect(page.get_by_role("main")).to_be_visible()
    return addresses


def test_a_page_whose_code_is_gone_opens_after_one_reload(page: Page, loads: list[str]) -> None:
    page.route(CODE_OF_TERMS, answer_until(lambda: len(loads) == 2))
    link = page.get_by_role("link", name="Terms")
    # The code is loaded in advance: this may not take the page away.
    link.hover()
    expect(page).to_have_url(loads[0])
    link.click()
    expect(page).to_have_title(TERMS)
    assert [load.rpartition("/")[2] for load in loads] == ["about", "terms"]


def test_code_that_stays_missing_makes_no_loop(page: Page, loads: list[str]) -> None:
    page.route(CODE_OF_TERMS, answer_until(lambda: False))
    page.get_by_role("link", name="Terms").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert len(loads) == 2
    page.unroute(CODE_OF_TERMS)
    page.get_by_role("button", name="Try again").click()
    expect(page).to_have_title(TERMS)


def test_offline_a_page_says_so_and_opens_later(
    page: Page, context: BrowserContext, loads: list[str]
) -> None:
    context.set_offline(True)
    page.get_by_role("link", name="Terms").click()
    expect(page.get_by_role("heading", name="We cannot reach the shop")).to_be_visible()
    context.set_offline(False)
    expect(page).to_have_title(TERMS)
    # A browser that remembers that the code was missing loads the page once more.
    assert len(loads) <= 2


def test_without_the_code_of_its_drawer_the_cart_is_a_page(page: Page, loads: list[str]) -> None:
    page.route(CODE_OF_CART, answer_until(lambda: len(loads) == 2))
    page.get_by_role("link", name="Cart, empty").click()
    expect(page).to_have_title("Your cart · ProjectX")
    assert len(loads) == 2


def answer_until(is_deployed: Callable[[], bool]) -> Callable[[Route], None]:
    """Return a handler that answers 404 until the tab has the new page."""

    def answer(route: Route) -> None:
        if is_deployed():
            route.continue_()
        else:
            route.fulfill(status=404, body="")

    return answer
