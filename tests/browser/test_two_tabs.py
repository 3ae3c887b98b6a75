"""Stories of one cart in two tabs: one order, and one payment."""

from playwright.sync_api import BrowserContext, Page, expect

from demo.buyer import Buyer, Json
from demo.world import World
from tests.browser import till
from tests.browser.till import expect_paid, open_checkout, pay, pay_button


def test_two_tabs_that_pay_at_once_are_charged_once(
    member: Page, context: BrowserContext, buyer: Buyer, world: World, lamp: Json
) -> None:
    tabs = (member, context.new_page())
    for tab in tabs:
        tab.route("**/stripe.js", till.hold_submit)
    reference = open_checkout(member, lamp)
    tabs[1].goto("/checkout")
    till.type_address(tabs[1])
    # Pay is pressed in both before either goes on.
    for tab in tabs:
        pay(tab)
        tab.wait_for_function("() => window.resumeSubmit")
    for tab in tabs:
        tab.evaluate("window.resumeSubmit()")
    for tab in tabs:
        expect_paid(tab, reference)
    assert till.book_of(world, reference)["captured"] == 5900
    assert len(buyer.http.get(f"{world.urls.order}/order", timeout=30).json()) == 1


def test_a_tab_that_is_slower_than_another_finds_its_order_paid(
    member: Page, context: BrowserContext, buyer: Buyer, world: World, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    slower = context.new_page()
    slower.route("**/stripe.js", till.hold_submit)
    slower.goto("/checkout")
    till.type_address(slower)
    pay(slower)
    slower.wait_for_function("() => window.resumeSubmit")
    pay(member)
    expect_paid(member, reference)
    slower.evaluate("window.resumeSubmit()")
    expect_paid(slower, reference)
    assert till.book_of(world, reference)["confirms"] == 1
    assert len(buyer.http.get(f"{world.urls.order}/order", timeout=30).json()) == 1


def test_another_tab_learns_that_the_order_is_paid(
    member: Page, context: BrowserContext, lamp: Json
) -> None:
    reference = open_checkout(member, lamp)
    other = context.new_page()
    other.goto("/checkout")
    expect(pay_button(other)).to_be_visible()
    pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    # Without a window no tab is ever looked at: it is told so.
    other.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(other.get_by_role("heading", name="Pay your order")).to_be_visible()
    pay(member)
    expect_paid(member, reference)
    expect_paid(other, reference)
