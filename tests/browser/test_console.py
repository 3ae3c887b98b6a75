"""The frame of the operations console: who gets in, and how it is used without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.buyer import Buyer
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.operators import grant

# The name of the field that has the focus before the browser does anything else: keys wait for it.
PRESS_AND_LOOK = """async () => {
  document.body.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true })
  )
  for (let tick = 0; tick < 20; tick++) await null
  return document.activeElement.getAttribute('aria-label')
}"""
# Of each type: a choice, yes or no, a number.
BAD_FILTERS = (
    ("people", "role"),
    ("activities", "maybeSent"),
    ("activities", "givingUp"),
    ("executions", "stuck"),
    ("notices", "open"),
    ("catalogue", "low"),
)


@pytest.fixture
def operator(member: Page, buyer: Buyer, stack: Stack) -> Page:
    """Return the tab of a browser in which a member of the staff is signed in."""
    grant(stack, buyer, "staff")
    return member


def test_a_customer_is_told_that_the_console_is_not_theirs(member: Page, buyer: Buyer) -> None:
    member.goto("/console")
    expect(member.get_by_role("heading", name="This is the console of the staff")).to_be_visible()
    expect(member.get_by_text(buyer.email)).to_be_visible()
    expect(member.get_by_role("navigation")).to_have_count(0)
    assert find_violations(member) == []


def test_a_visitor_signs_in_first_and_comes_back(page: Page) -> None:
    page.goto("/console/machines")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fconsole%2Fmachines"))


def test_the_frame_has_its_landmarks_and_no_violations(operator: Page) -> None:
    operator.goto("/console")
    expect(operator.get_by_role("banner").get_by_text("development")).to_be_visible()
    expect(operator.get_by_role("navigation", name="Console")).to_be_visible()
    expect(operator.get_by_role("heading", name="Overview")).to_be_visible()
    assert find_violations(operator) == []


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_the_bar_ends_inside_of_the_window(operator: Page, width: int) -> None:
    operator.set_viewport_size({"width": width, "height": 800})
    operator.goto("/console")
    last = operator.get_by_role("banner").get_by_role("button").last
    expect(last).to_be_visible()
    box = last.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width - 8
    # Nothing else is wider than the window, either.
    expect(operator.get_by_role("heading", name="Queues and workers")).to_be_visible()
    assert operator.evaluate("document.documentElement.scrollWidth") <= width


def test_an_unknown_machine_is_named(operator: Page) -> None:
    operator.goto("/console/machines?machine=king")
    expect(operator.get_by_text("There is no machine king")).to_be_visible()
    operator.get_by_role("link", name="refund", exact=True).click()
    expect(operator.get_by_role("region", name="Diagram of refund")).to_be_visible()


def test_an_unknown_value_of_a_filter_is_named(operator: Page) -> None:
    for path, name in BAD_FILTERS:
        operator.goto(f"/console/{path}?{name}=king")
        problem = operator.get_by_role("alert").filter(has_text="does not understand a filter")
        expect(problem.get_by_text(name, exact=True)).to_be_visible()


def test_the_keyboard_leads_to_every_place(operator: Page) -> None:
    operator.goto("/console/executions")
    expect(operator.get_by_role("heading", name="Executions")).to_be_visible()
    operator.keyboard.press("g")
    operator.keyboard.press("m")
    expect(operator.get_by_role("heading", name="Machines")).to_be_focused()
    operator.keyboard.press("?")
    help_dialog = operator.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_dialog.get_by_text("Go to Executions")).to_be_visible()
    operator.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    operator.keyboard.press("Control+k")
    search = operator.get_by_role("combobox", name="Search")
    expect(search).to_be_focused()
    search.fill("go exec")
    search.press("Enter")
    expect(operator.get_by_role("heading", name="Executions")).to_be_focused()


def test_what_is_typed_right_after_the_keys_of_the_search_is_not_lost(operator: Page) -> None:
    operator.goto("/console")
    expect(operator.get_by_role("heading", name="Overview")).to_be_visible()
    assert operator.evaluate(PRESS_AND_LOOK) == "Search"
    operator.keyboard.type("priya")
    expect(operator.get_by_role("combobox", name="Search")).to_have_value("priya")


def test_the_search_leads_to_the_question_that_stops_all_refunds(admin: Page) -> None:
    admin.goto("/console")
    expect(admin.get_by_role("heading", name="Overview")).to_be_visible()
    admin.keyboard.press("Control+k")
    search = admin.get_by_role("combobox", name="Search")
    search.fill("stop all refunds")
    search.press("Enter")
    dialog = admin.get_by_role("dialog", name="Pause calls")
    expect(dialog.get_by_label("What")).to_have_value("activity refunds.submit")
    expect(dialog.get_by_text("refunds.submit: makes all refunds of orders")).to_be_attached()
    admin.reload()
    expect(dialog.get_by_label("What")).to_have_value("activity refunds.submit")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(admin).to_have_url(re.compile("/console/controls$"))


def test_the_search_leads_to_the_emails_that_may_have_been_sent_twice(operator: Page) -> None:
    operator.goto("/console")
    expect(operator.get_by_role("heading", name="Overview")).to_be_visible()
    operator.keyboard.press("Control+k")
    search = operator.get_by_role("combobox", name="Search")
    search.fill("sent twice")
    search.press("Enter")
    tab = operator.get_by_role("button", name="Maybe sent twice")
    expect(tab).to_have_attribute("aria-pressed", "true")
    expect(operator.get_by_text("the customer may have got them twice")).to_be_visible()


def test_what_is_paused_already_is_not_asked_about(admin: Page, boss: Buyer) -> None:
    target = {"kind": "activity", "name": "refunds.list", "reason": "a test"}
    controls = f"{boss.urls.web}/admin/controls"
    boss.http.post(f"{controls}/pause", json=target, timeout=30).raise_for_status()
    try:
        admin.goto("/console/controls?pause=activity%20refunds.list")
        expect(admin.get_by_role("button", name="Resume…")).to_be_visible()
        expect(admin.get_by_role("dialog")).to_have_count(0)
    finally:
        boss.http.post(f"{controls}/resume", json=target, timeout=30).raise_for_status()


def test_updates_are_paused_and_resumed(operator: Page) -> None:
    operator.goto("/console")
    pause = operator.get_by_role("button", name="Live. Pause the updates")
    pause.click()
    resume = operator.get_by_role("button", name="Paused. Resume the updates")
    resume.click()
    expect(pause).to_be_visible()


def test_a_saved_view_brings_its_filters_and_columns_back(operator: Page) -> None:
    operator.goto("/console/executions?machine=login&state=Succeeded")
    expect(operator.get_by_role("table")).to_be_visible()
    operator.get_by_role("button", name="Columns").click()
    operator.get_by_label("Version").click()
    operator.keyboard.press("Escape")
    operator.get_by_role("button", name="Views").click()
    operator.get_by_label("Name of the view").fill("Who came in")
    operator.keyboard.press("Enter")
    # Another day, in another list of the same browser.
    operator.goto("/console/executions?machine=order")
    operator.reload()
    operator.get_by_role("button", name="Views").click()
    operator.get_by_role("button", name="Who came in", exact=True).click()
    expect(operator).to_have_url(re.compile(r"machine=login&state=Succeeded$"))
    expect(operator.get_by_role("columnheader", name="Version")).to_be_visible()
    operator.get_by_role("button", name="Views").click()
    operator.get_by_role("button", name="Remove the view Who came in").click()
    expect(operator.get_by_text("No saved views yet.")).to_be_visible()
