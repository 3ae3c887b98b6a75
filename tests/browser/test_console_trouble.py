"""Actions of the console that are disturbed: an ended session, no connection, a double click."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from demo.buyer import Buyer
from tests.browser.operators import action, open_order, pay_order
from tests.browser.people import count_audited, open_person
from tests.browser.sign_in import CODE_FIELD, request_code

UNREACHABLE = "We could not reach the shop"


@pytest.fixture
def reason() -> str:
    """Return a reason that no other story gives."""
    return f"because {uuid4().hex}"


def sign_in_again(page: Page, person: Buyer) -> None:
    """Sign in on the page to which the end of the session has led."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label(CODE_FIELD).fill(request_code(page, person))


def end_session(person: Buyer) -> None:
    """Sign the person out everywhere, while their pages know nothing of it."""
    person.http.delete(f"{person.urls.auth}/auth/sessions", timeout=30).raise_for_status()


def refund_five(page: Page, reason: str) -> Locator:
    """Fill in the open question of a refund, and return it."""
    dialog = page.get_by_role("dialog", name="Refund")
    dialog.get_by_label("Amount").fill("5.00")
    dialog.get_by_label("Reason").fill(reason)
    return dialog


def lose_answer(route: Route) -> None:
    """Send a request to the server, and break the connection before its answer."""
    route.fetch()
    route.abort()


def expect_one_refund(page: Page, reason: str) -> None:
    money = page.locator("section", has=page.get_by_role("heading", name="Money"))
    expect(money.get_by_role("link", name="$5.00")).to_have_count(1)
    expect(money.get_by_text(reason)).to_have_count(1)


def test_a_refund_is_made_once_after_the_session_has_ended_in_it(
    admin: Page, boss: Buyer, buyer: Buyer, reason: str
) -> None:
    open_order(admin, pay_order(buyer))
    action(admin, "Refund").click()
    dialog = refund_five(admin, reason)
    button = dialog.get_by_role("button", name="Refund $5.00")
    end_session(boss)
    button.click()
    sign_in_again(admin, boss)
    expect(dialog.get_by_label("Amount")).to_have_value("5.00")
    expect(dialog.get_by_label("Reason")).to_have_value(reason)
    button.dblclick()
    expect(dialog).to_be_hidden()
    expect_one_refund(admin, reason)


def test_a_suspension_is_made_once_after_the_session_has_ended_in_it(
    admin: Page, boss: Buyer, buyer: Buyer, reason: str
) -> None:
    open_person(admin, buyer, boss)
    admin.get_by_role("button", name="Suspend").click()
    dialog = admin.get_by_role("dialog", name="Suspend this account?")
    dialog.get_by_label("Reason").fill(reason)
    end_session(boss)
    dialog.get_by_role("button", name="Suspend").click()
    sign_in_again(admin, boss)
    expect(admin.get_by_role("heading", level=1)).to_contain_text(buyer.email)
    admin.get_by_role("button", name="Suspend").click()
    expect(dialog.get_by_label("Reason")).to_have_value(reason)
    dialog.get_by_role("button", name="Suspend").dblclick()
    expect(dialog).to_be_hidden()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Suspended")
    expect(admin.get_by_role("cell", name=reason)).to_have_count(1)


def test_a_refund_without_a_connection_says_so_and_is_made_once_later(
    admin: Page, context: BrowserContext, buyer: Buyer, reason: str
) -> None:
    open_order(admin, pay_order(buyer))
    action(admin, "Refund").click()
    dialog = refund_five(admin, reason)
    expect(dialog.get_by_text("This would be written")).to_be_visible()
    button = dialog.get_by_role("button", name="Refund $5.00")
    context.set_offline(True)
    button.click()
    expect(dialog.get_by_role("alert").filter(has_text=UNREACHABLE)).to_be_visible()
    expect(dialog.get_by_label("Amount")).to_have_value("5.00")
    expect(dialog.get_by_label("Reason")).to_have_value(reason)
    context.set_offline(False)
    button.click()
    expect(dialog).to_be_hidden()
    expect_one_refund(admin, reason)


def test_a_refund_whose_answer_is_lost_is_made_once(admin: Page, buyer: Buyer, reason: str) -> None:
    open_order(admin, pay_order(buyer))
    action(admin, "Refund").click()
    dialog = refund_five(admin, reason)
    button = dialog.get_by_role("button", name="Refund $5.00")
    # The server makes the refund, and its answer is lost on the way.
    admin.route("**/admin/orders/*/refund", lose_answer, times=1)
    button.click()
    expect(dialog.get_by_role("alert").filter(has_text=UNREACHABLE)).to_be_visible()
    button.click()
    expect(dialog).to_be_hidden()
    expect_one_refund(admin, reason)


def press_twice(page: Page, title: str, verb: str, reason: str) -> None:
    """Give a reason in the open question and press twice, as an impatient person does."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=verb, exact=True).dblclick()
    expect(dialog).to_be_hidden()


def test_a_double_click_cancels_an_order_once(
    admin: Page, boss: Buyer, buyer: Buyer, reason: str
) -> None:
    order = pay_order(buyer)
    open_order(admin, order)
    action(admin, "Cancel the order").click()
    press_twice(admin, "Cancel the order", "Cancel the order", reason)
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Cancelled")
    assert count_audited(boss, "orders cancel") == 1
    buyer.wait_for_email("order_cancelled")


# The page of a person, its buttons, and what the audit says of each.
CHANGES = (
    ("Grant staff", "Grant the role staff?", "Grant", "users grant"),
    ("Revoke staff", "Revoke the role staff?", "Revoke", "users revoke"),
    ("End all sessions", "End all sessions?", "End all sessions", "users sessions"),
    ("Suspend", "Suspend this account?", "Suspend", "users suspend"),
    ("Reinstate", "Reinstate this account?", "Reinstate", "users restore"),
)


def test_a_double_click_changes_a_person_once(admin: Page, boss: Buyer, buyer: Buyer) -> None:
    open_person(admin, buyer, boss)
    for button, title, verb, audited in CHANGES:
        reason = f"because {uuid4().hex}"
        admin.get_by_role("button", name=button, exact=True).click()
        press_twice(admin, title, verb, reason)
        assert count_audited(boss, audited) == 1


@pytest.fixture
def call(boss: Buyer) -> Iterator[str]:
    """Yield the name of a call that no other story waits for, and end its pause."""
    name = "reconciliation.give_back"
    yield name
    body = {"kind": "activity", "name": name, "reason": "the story is over"}
    boss.http.post(f"{boss.urls.web}/admin/controls/resume", json=body, timeout=30)


def test_a_double_click_pauses_and_resumes_once(
    admin: Page, boss: Buyer, call: str, reason: str
) -> None:
    admin.goto("/console/controls")
    admin.get_by_role("button", name="Pause something…").click()
    admin.get_by_role("dialog").get_by_label("What").select_option(f"activity {call}")
    press_twice(admin, "Pause calls", "Pause it", reason)
    pause = admin.get_by_role("main").get_by_role("listitem").filter(has_text=reason)
    expect(pause).to_have_count(1)
    pause.get_by_role("button", name="Resume…").click()
    press_twice(admin, f"Resume {call}?", "Resume it", reason)
    expect(pause).to_have_count(0)
    assert count_audited(boss, "control pause") == 1
    assert count_audited(boss, "control resume") == 1
