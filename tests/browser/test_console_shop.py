"""The console's pages of people and the audit, used by staff and by admins."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from demo.buyer import Buyer
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.desk import Desk
from tests.browser.operators import place_order, prove_identity
from tests.browser.sign_in import count_codes
from tests.browser.visitors import open_browser, share_session

# How much wider than a table the region is that scrolls it.
ROOM = "table => table.parentElement.clientWidth - table.scrollWidth"


@pytest.fixture
def others(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """Return the browser of somebody else."""
    with open_browser(browser, stack) as visitor:
        yield visitor


def open_person(page: Page, person: Buyer) -> None:
    """Find a person by the address, and open their page."""
    page.goto("/console/people")
    search = page.get_by_role("searchbox", name="Search people")
    search.fill(person.email)
    search.press("Enter")
    page.get_by_role("link", name=person.email).click()
    expect(page.get_by_role("heading", name=person.email)).to_be_visible()


def confirm(page: Page, title: str, verb: str, reason: str) -> Locator:
    """Give a reason in the open dialog, and confirm twice, as an impatient person does."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=verb, exact=True).dblclick()
    return dialog


def suspend(admin: Buyer, person: Buyer, reason: str = "for the audit") -> None:
    """Suspend a person on the API, which leaves an entry in the audit."""
    user = person.http.get(f"{person.urls.auth}/auth/user", timeout=30).json()
    url = f"{admin.urls.web}/admin/users/{user['id']}/suspend"
    admin.http.post(url, json={"reason": reason}, timeout=30).raise_for_status()


def test_a_suspended_user_is_signed_out_and_the_audit_says_why(
    admin: Page, buyer: Buyer, others: BrowserContext
) -> None:
    share_session(buyer, others)
    customer = others.new_page()
    customer.goto("/account")
    expect(customer.get_by_text(buyer.email).first).to_be_visible()
    open_person(admin, buyer)
    admin.get_by_role("button", name="Suspend").click()
    dialog = confirm(admin, "Suspend this account?", "Suspend", "chargeback fraud")
    expect(dialog).to_be_hidden()
    expect(admin.get_by_text("Suspended", exact=True)).to_be_visible()
    expect(admin.get_by_text("Signed in nowhere.")).to_be_visible()
    expect(admin.get_by_role("cell", name="chargeback fraud")).to_have_count(1)
    customer.reload()
    expect(customer.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_role_needs_a_fresh_proof_of_identity(
    admin: Page, boss: Buyer, buyer: Buyer, world: World
) -> None:
    world.age_sign_ins(boss.email)
    open_person(admin, buyer)
    admin.get_by_role("button", name="Grant staff").click()
    codes = count_codes(boss)
    dialog = confirm(admin, "Grant the role staff?", "Grant", "new colleague")
    prove_identity(admin, boss, codes)
    expect(dialog).to_be_hidden()
    expect(admin.get_by_role("button", name="Revoke staff")).to_be_visible()
    expect(admin.get_by_role("cell", name="new colleague")).to_have_count(1)


def test_staff_see_why_they_may_not_do_the_work_of_an_admin(staff: Page, buyer: Buyer) -> None:
    open_person(staff, buyer)
    reason = "Only the role admin may do this."
    for verb in ("Suspend", "Erase", "Export", "Grant staff"):
        button = staff.get_by_role("button", name=verb)
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(reason)
    button.click(force=True)
    expect(staff.get_by_role("dialog")).to_have_count(0)
    staff.get_by_role("button", name="End all sessions").click()
    dialog = staff.get_by_role("dialog", name="End all sessions?")
    dialog.get_by_role("button", name="End all sessions").click()
    expect(staff.get_by_text("Signed in nowhere.")).to_be_visible()


def test_a_typed_reason_outlives_a_reload(admin: Page, buyer: Buyer) -> None:
    open_person(admin, buyer)
    admin.get_by_role("button", name="Suspend").click()
    admin.get_by_label("Reason").fill("a long story")
    admin.reload()
    admin.get_by_role("button", name="Suspend").click()
    expect(admin.get_by_label("Reason")).to_have_value("a long story")


def test_the_audit_is_filtered_by_the_address(admin: Page, boss: Buyer, stack: Stack) -> None:
    stack.flask("users", "grant", boss.email, "staff")
    admin.goto("/console/audit?action=users&since=2020-01-01")
    admin.get_by_role("textbox", name="To").fill(boss.email)
    expect(admin.get_by_role("row").nth(1)).to_contain_text("users grant")
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Export CSV").click()
    assert boss.email in download.value.path().read_text()


@pytest.mark.parametrize("path", ["people", "audit"])
def test_lists_have_no_violations(admin: Page, boss: Buyer, buyer: Buyer, path: str) -> None:
    suspend(boss, buyer)
    admin.goto(f"/console/{path}")
    expect(admin.get_by_role("row").nth(1)).to_be_visible()
    assert find_violations(admin) == []


@pytest.mark.parametrize(
    "path", ["executions?machine=order", "activities?state=failed", "audit", "settings"]
)
def test_a_list_shows_every_column_at_1280_pixels(
    admin: Page, boss: Buyer, buyer: Buyer, stack: Stack, path: str
) -> None:
    place_order(buyer)
    stranger = Buyer(stack.urls, f"{uuid4().hex * 2}@{uuid4().hex}.example.com")
    stranger.log_in()
    suspend(boss, stranger, "a reason that goes on and on " * 5)
    desk = Desk(stack)
    desk.add_failed_calls(1, "an error that says more than anybody wants to read " * 5)
    desk.add_audit("activities run-now")
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"/console/{path}")
    expect(admin.get_by_role("main").get_by_role("row").nth(1)).to_be_visible()
    assert admin.get_by_role("main").locator("table").evaluate(ROOM) >= 0


def test_the_page_of_a_person_has_no_violations(admin: Page, buyer: Buyer) -> None:
    open_person(admin, buyer)
    expect(admin.get_by_role("heading", name="Roles")).to_be_visible()
    assert find_violations(admin) == []
