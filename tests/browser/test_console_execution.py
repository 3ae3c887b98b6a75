"""The console's page of an execution: what happened, why nothing happens, and what can be done."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from demo.buyer import Buyer, wait_for
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.answers import fetch_whole
from tests.browser.keyboard import Keyboard
from tests.browser.operators import (
    action,
    hire,
    open_console,
    open_order,
    path_of,
    pay_order,
    place_order,
    prove_identity,
)
from tests.browser.shelf import Shelf
from tests.browser.sign_in import CODE_FIELD, count_codes, wait_for_code
from tests.browser.visitors import open_browser

BROKEN = "a broken lamp"


@pytest.fixture
def clerk(stack: Stack, world: World) -> Buyer:
    """Return a member of the staff who is signed in on the API."""
    return hire(stack, world, "staff")


@pytest.fixture
def desk(page: Page, context: BrowserContext, clerk: Buyer) -> Page:
    """Return the tab of the clerk's browser."""
    open_console(clerk, context).close()
    return page


@pytest.fixture
def second_desk(browser: Browser, stack: Stack, world: World) -> Iterator[Page]:
    """Yield the tab of another clerk's browser."""
    with open_browser(browser, stack) as context:
        yield open_console(hire(stack, world, "staff"), context)


def test_the_reference_of_an_order_leads_to_its_history(desk: Page, buyer: Buyer) -> None:
    order = pay_order(buyer)
    desk.goto("/console/executions")
    expect(desk.get_by_role("heading", name="Executions")).to_be_visible()
    desk.keyboard.press("Control+k")
    search = desk.get_by_role("combobox", name="Search")
    search.fill(order["referenceId"])
    results = desk.get_by_role("listbox").get_by_role("option")
    expect(results.filter(has_text="order").first).to_be_visible()
    search.press("Enter")
    expect(desk).to_have_url(re.compile(path_of(order)))
    expect(desk.get_by_text("Nothing is scheduled: an operator may send")).to_be_visible()
    timeline = desk.get_by_role("list", name="Timeline")
    for title in ("place", "initiated", "paid", "emails.order_confirmed"):
        expect(timeline.get_by_text(title, exact=True).first).to_be_visible()
    timeline.get_by_text("Pending", exact=True).last.click(force=True)
    expect(desk.get_by_role("button", name="Details of place")).to_have_attribute(
        "aria-expanded", "true"
    )
    expect(desk.get_by_text("They are equal.")).to_be_visible()
    assert find_violations(desk) == []


def test_a_waiting_payment_says_until_when_it_waits(desk: Page, buyer: Buyer) -> None:
    order = place_order(buyer)
    open_order(desk, order)
    why = desk.get_by_role("region", name="Why")
    expect(why).to_contain_text("Waits for its payment, which is Initiated")
    expect(why).to_contain_text("expire is sent")
    why.get_by_role("link", name="Open the payment").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("payment")
    expect(desk.get_by_role("region", name="Why")).to_contain_text("Waits until")


def test_five_dollars_are_refunded_after_a_preview_and_once(desk: Page, buyer: Buyer) -> None:
    order = pay_order(buyer)
    open_order(desk, order)
    action(desk, "Refund").click()
    dialog = desk.get_by_role("dialog", name="Refund")
    dialog.get_by_label("Amount").fill("5.00")
    dialog.get_by_label("Reason").fill(BROKEN)
    expect(dialog.get_by_text("This would be written")).to_be_visible()
    expect(dialog.get_by_text("refunds.submit")).to_be_visible()
    assert find_violations(desk) == []
    dialog.get_by_role("button", name="Refund $5.00").dblclick()
    expect(dialog).to_be_hidden()
    refunds = desk.locator("section", has=desk.get_by_role("heading", name="Money"))
    expect(refunds.get_by_role("link", name="$5.00")).to_have_count(1)
    expect(refunds.get_by_text(BROKEN)).to_be_visible()
    buyer.wait_for_email("order_refunded")


def test_a_large_refund_asks_who_it_is_and_loses_nothing(
    desk: Page, clerk: Buyer, buyer: Buyer, world: World
) -> None:
    # Above the limit of the settings, 200 dollars.
    order = pay_order(buyer, Shelf(world).add(price=30_000))
    world.age_sign_ins(clerk.email)
    open_order(desk, order)
    action(desk, "Refund").click()
    dialog = desk.get_by_role("dialog", name="Refund")
    dialog.get_by_role("button", name="All: ").click()
    dialog.get_by_label("Reason").fill(BROKEN)
    codes = count_codes(clerk)
    dialog.get_by_role("button", name="Refund $").click()
    prove_identity(desk, clerk, codes)
    # The message goes by itself after some seconds.
    expect(desk.get_by_text("Done: Refund")).to_be_visible()
    expect(dialog).to_be_hidden()


def test_a_part_is_refunded_by_keyboard_alone(
    desk: Page, clerk: Buyer, buyer: Buyer, world: World
) -> None:
    order = pay_order(buyer, Shelf(world).add(price=30_000))
    world.age_sign_ins(clerk.email)
    keyboard = Keyboard(desk)
    desk.goto("/console")
    expect(desk.get_by_role("heading", name="Overview")).to_be_visible()
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("combobox", name="Search")).to_be_focused()
    desk.keyboard.type(order["referenceId"])
    results = desk.get_by_role("listbox").get_by_role("option")
    expect(results.filter(has_text="order").first).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(path_of(order)))
    keyboard.press(action(desk, "Refund"))
    dialog = desk.get_by_role("dialog", name="Refund")
    keyboard.type(dialog.get_by_label("Amount"), "250.00")
    keyboard.type(dialog.get_by_label("Reason"), BROKEN)
    # The preview has the amount as people write it.
    expect(dialog.get_by_text("This would be written")).to_be_visible()
    expect(dialog.get_by_role("row", name="amount").get_by_text("$250.00")).to_be_visible()
    keyboard.press(dialog.get_by_role("button", name="Refund $250.00"))
    count = count_codes(clerk)
    keyboard.press(desk.get_by_role("button", name="Send me a code"))
    expect(desk.get_by_label(CODE_FIELD)).to_be_focused()
    desk.keyboard.type(wait_for_code(clerk, count + 1))
    expect(desk.get_by_text("Done: Refund")).to_be_visible()
    expect(dialog).to_be_hidden()
    assert "\n".join(keyboard.faults) == ""


def test_of_two_operators_one_wins_and_the_other_sees_why(
    desk: Page, second_desk: Page, buyer: Buyer, clerk: Buyer
) -> None:
    order = pay_order(buyer)
    open_order(desk, order)
    open_order(second_desk, order)
    action(second_desk, "Cancel the order").click()
    late = second_desk.get_by_role("dialog", name="Cancel the order")
    late.get_by_label("Reason").fill(BROKEN)
    action(desk, "Ship").click()
    dialog = desk.get_by_role("dialog", name="Ship")
    dialog.get_by_label("Carrier").fill("UPS")
    dialog.get_by_label("Tracking number").fill("1Z999AA10123456784")
    dialog.get_by_role("button", name="Ship").click()
    expect(dialog).to_be_hidden()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Shipped")

    expect(late.get_by_text("It has moved meanwhile: from v2 to v3")).to_be_visible()
    expect(late.get_by_text(f"by {clerk.email}")).to_be_visible()
    late.get_by_role("button", name="Look again").click()
    expect(late.get_by_label("Reason")).to_have_value(BROKEN)
    expect(late.get_by_role("button", name="Cancel the order")).to_be_disabled()


def test_staff_sees_why_the_work_of_an_admin_is_not_theirs(desk: Page, buyer: Buyer) -> None:
    open_order(desk, place_order(buyer))
    accept = action(desk, "Accept the payment")
    expect(accept).to_be_disabled()
    expect(accept).to_have_attribute("title", re.compile("."))
    desk.get_by_role("button", name="Other signals").click()
    desk.get_by_role("group", name="Other signals").get_by_role("button").first.click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_text("Only the role admin may do this.")).to_be_attached()
    assert find_violations(desk) == []


@pytest.mark.parametrize("notices", ["the update of the page", "the button"])
def test_a_session_that_ends_meanwhile_loses_nothing_that_was_typed(
    desk: Page, buyer: Buyer, clerk: Buyer, notices: str
) -> None:
    order = pay_order(buyer)
    open_order(desk, order)
    if notices == "the button":
        desk.get_by_role("button", name="Live. Pause the updates").click()
    action(desk, "Refund").click()
    dialog = desk.get_by_role("dialog", name="Refund")
    dialog.get_by_label("Amount").fill("5.00")
    dialog.get_by_label("Reason").fill(BROKEN)
    clerk.http.delete(f"{clerk.urls.auth}/auth/sessions", timeout=30).raise_for_status()
    if notices == "the button":
        dialog.get_by_role("button", name="Refund $5.00").click()
    expect(desk.get_by_role("heading", name="Sign in")).to_be_visible()
    clerk.log_in()
    open_console(clerk, desk.context).close()
    desk.goto(f"{path_of(order)}?do=refund")
    expect(dialog.get_by_label("Amount")).to_have_value("5.00")
    expect(dialog.get_by_label("Reason")).to_have_value(BROKEN)


def test_the_keyboard_alone_reads_the_timeline_and_ships(desk: Page, buyer: Buyer) -> None:
    order = pay_order(buyer)
    open_order(desk, order)
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("e")
    expect(desk).to_have_url(re.compile("entry="))
    expect(desk.get_by_role("button", name="Link to this entry")).to_be_visible()
    assert find_violations(desk) == []
    keyboard = Keyboard(desk)
    keyboard.press(action(desk, "Ship"))
    dialog = desk.get_by_role("dialog", name="Ship")
    expect(dialog.get_by_label("Carrier")).to_be_focused()
    desk.keyboard.type("UPS")
    keyboard.type(dialog.get_by_label("Tracking number"), "1Z999AA10123456784")
    desk.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Shipped")
    assert keyboard.faults == []


def test_the_row_is_shown_as_it_was_and_the_family_as_a_chart(desk: Page, buyer: Buyer) -> None:
    order = pay_order(buyer)
    desk.goto(f"{path_of(order)}?view=gantt&version=1")
    expect(desk.get_by_text("As it was after transition 1")).to_be_visible()
    expect(desk.get_by_role("group", name="The family on an axis of time")).to_be_visible()
    expect(desk.get_by_role("region", name="order")).to_be_visible()
    assert find_violations(desk) == []
    desk.get_by_role("button", name="Later version").click()
    expect(desk.get_by_text("As it was after transition")).to_be_hidden()


def test_an_execution_that_does_not_exist_says_so(desk: Page) -> None:
    desk.goto("/console/executions/order/00000000-0000-7000-8000-000000000000")
    expect(desk.get_by_role("heading", name="There is no such execution")).to_be_visible()
    assert find_violations(desk) == []


def test_thousands_of_entries_are_drawn_in_part(desk: Page, buyer: Buyer) -> None:
    order = pay_order(buyer)
    desk.route("**/admin/executions/order/*", multiply_entries)
    open_order(desk, order)
    expect(desk.get_by_text("5000 entries")).to_be_visible()
    rows = desk.get_by_role("list", name="Timeline").get_by_role("listitem")
    assert rows.count() < 200

    def is_at_the_end() -> bool | None:
        # The heights of rows are known when they are drawn: the end moves while one scrolls.
        desk.keyboard.press("End")
        return rows.last.get_attribute("aria-posinset") == "5000" or None

    wait_for(is_at_the_end, "the last entry")


def multiply_entries(route: Route) -> None:
    """Answer with a history of 5,000 entries, which no order of a test can have."""
    response = fetch_whole(route)
    body = response.json()
    first = body["timeline"][0]
    body["timeline"] = [first | {"id": f"entry-{number}"} for number in range(5000)]
    route.fulfill(response=response, body=json.dumps(body))
