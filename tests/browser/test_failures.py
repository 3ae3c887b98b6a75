"""Pages that cannot be loaded say why, and go on when that is over.

Answers that the running system cannot be made to give are given at the edge of the network.
"""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from demo.buyer import Buyer
from tests.browser.accessibility import find_violations
from tests.browser.visitors import share_session

REFRESH = "**/auth/refresh"
SESSIONS = "**/auth/sessions"
REQUEST_ID = "0f3c5b8a6d2e4f71"
PAUSE = 600  # seconds, which pass on the page's clock


@pytest.mark.parametrize("path", [REFRESH, SESSIONS])
def test_a_fault_has_a_reference_and_a_way_to_try_again(member: Page, path: str) -> None:
    member.route(path, refuse(500))
    member.goto("/account")
    expect(member.get_by_text("Something went wrong")).to_be_visible()
    expect(member.get_by_text(REQUEST_ID)).to_be_visible()
    assert find_violations(member) == []
    member.unroute(path)
    member.get_by_role("button", name="Try again").click()
    expect(member.get_by_text("This device")).to_be_visible()
    # The button is gone: the focus has a place where screen readers go on.
    expect(member.locator("h1:focus, h2:focus")).to_have_count(1)


def test_a_page_that_cannot_show_an_answer_is_loaded_again(
    context: BrowserContext, buyer: Buyer
) -> None:
    share_session(buyer, context)
    tab = context.new_page()
    # As from a server of another release.
    tab.route(SESSIONS, lambda route: route.fulfill(json={"sessions": []}))
    tab.goto("/account")
    expect(tab.get_by_text("Something went wrong")).to_be_visible()
    tab.unroute(SESSIONS)
    tab.get_by_role("button", name="Try again").click()
    expect(tab.get_by_text("This device")).to_be_visible()


@pytest.mark.parametrize("path", [REFRESH, SESSIONS])
def test_under_maintenance_a_page_tries_again_by_itself(member: Page, path: str) -> None:
    member.route(path, refuse(503, {"Retry-After": "1"}))
    member.goto("/account")
    expect(member.get_by_text("We are back in a moment")).to_be_visible()
    assert find_violations(member) == []
    member.unroute(path)
    expect(member.get_by_text("This device")).to_be_visible()


def test_too_many_requests_count_down_until_one_may_try_again(member: Page) -> None:
    member.clock.install()
    member.route(REFRESH, refuse(429, {"Retry-After": str(PAUSE)}))
    member.goto("/account")
    retry = member.get_by_role("button", name="Try again")
    expect(retry).to_be_disabled()
    expect(member.get_by_text("Too many attempts.")).to_be_visible()
    assert find_violations(member) == []
    member.unroute(REFRESH)
    member.clock.fast_forward(PAUSE * 1000)
    expect(retry).to_be_enabled()
    retry.click()
    expect(member.get_by_text("This device")).to_be_visible()


def test_a_sign_in_that_was_refused_counts_down(page: Page) -> None:
    page.clock.install()
    page.goto("/sign-in")
    page.route("**/auth/login", refuse(429, {"Retry-After": str(PAUSE)}))
    page.get_by_label("Email address").fill("ann@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Too many attempts.")
    send = page.get_by_role("button", name="Send me a code")
    expect(send).to_be_disabled()
    page.clock.fast_forward(PAUSE * 1000)
    expect(send).to_be_enabled()
    expect(page.get_by_role("alert")).to_contain_text("You can try again now.")


def test_offline_a_page_says_so_and_goes_on_with_the_connection(
    member: Page, context: BrowserContext
) -> None:
    member.goto("/account")
    expect(member.get_by_text("This device")).to_be_visible()
    context.set_offline(True)
    expect(member.get_by_text("You are offline.")).to_be_visible()
    member.get_by_label("City").fill("Springfield")
    assert find_violations(member) == []
    context.set_offline(False)
    expect(member.get_by_text("You are offline.")).to_be_hidden()
    member.get_by_role("button", name="Save changes").click()
    expect(member.get_by_text("Saved.")).to_be_visible()


def test_an_unknown_address_leads_to_the_products(page: Page) -> None:
    page.goto("/nothing/here")
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("search", name="Search from this page").get_by_role("searchbox").fill("lamp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/products\?q=lamp"))
    page.go_back()
    page.get_by_role("link", name="Browse all products").click()
    expect(page).to_have_url(re.compile("/products$"))


def refuse(status: int, headers: dict[str, str] | None = None) -> Callable[[Route], None]:
    """Return a handler that answers with a problem."""
    problem = {"title": "Refused", "status": status, "requestId": REQUEST_ID}
    return lambda route: route.fulfill(
        status=status,
        headers={"Content-Type": "application/problem+json", **(headers or {})},
        body=json.dumps(problem),
    )
