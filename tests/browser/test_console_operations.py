"""Stories of the console's pages of operations, with the real system behind them."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from demo.buyer import Buyer, wait_for
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.desk import Desk
from tests.browser.operators import pay_order
from tests.browser.visitors import PATIENCE_MS

PAGES = ("", "/activities", "/signals", "/notices", "/logins", "/bulk", "/controls")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MANY = 1000
REASON = "the provider is well again"
REFUND = "refunds.submit"


@pytest.fixture
def desk(stack: Stack) -> Desk:
    return Desk(stack)


@pytest.fixture
def resumed(boss: Buyer) -> Iterator[None]:
    """Resume the refunds after a story that pauses them, also if it fails."""
    yield
    body = {"kind": "activity", "name": REFUND, "reason": REASON}
    answer = boss.http.post(f"{boss.urls.web}/admin/controls/resume", json=body, timeout=30)
    assert answer.status_code in (HTTPStatus.OK, HTTPStatus.CONFLICT)


@contextmanager
def stopped(group: int) -> Iterator[Callable[[], None]]:
    """Stop the processes of a group. Yield the function that resumes them, as the end does."""

    def resume() -> None:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)

    os.killpg(group, signal.SIGSTOP)
    try:
        yield resume
    finally:
        resume()


def buy(world: World) -> tuple[Buyer, str, str]:
    """Let a new customer pay an order. Return the customer, the order's id and its reference."""
    buyer = world.buyer()
    order = pay_order(buyer)
    return buyer, order["orderId"], order["referenceId"]


def give_reason(page: Page, button: str) -> None:
    """Type a reason into the open dialog, and confirm."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(REASON)
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def test_the_pages_are_accessible(staff: Page) -> None:
    faults = {}
    for path in PAGES:
        staff.goto(f"/console{path}")
        expect(staff.locator("main h1")).to_be_visible()
        expect(staff.locator("main [aria-busy=true]")).to_have_count(0)
        for scheme in SCHEMES:
            staff.emulate_media(color_scheme=scheme)
            expect(staff.locator(f"html[data-mantine-color-scheme={scheme}]")).to_be_attached()
            faults[f"{path} {scheme}"] = find_violations(staff)
    assert {page: violations for page, violations in faults.items() if violations} == {}


def test_a_failed_email_is_retried_and_sent(staff: Page, desk: Desk, world: World) -> None:
    buyer, order_id, _ = buy(world)
    buyer.wait_for_email("order_confirmed")
    wait_for(lambda: desk.fail(order_id, "emails.order_confirmed") or None, "the sent email")
    staff.goto(f"/console/activities?state=failed&subject={order_id}")
    staff.get_by_role("link", name="emails.order_confirmed").click()
    main = staff.get_by_role("main")
    expect(main.get_by_text("The call has failed")).to_be_visible()
    expect(main.get_by_text("SendGrid answered 400")).to_be_visible()
    expect(staff.get_by_role("button", name="Abandon…")).to_have_attribute("aria-disabled", "true")
    assert find_violations(staff) == []
    staff.get_by_role("button", name="Retry").click()
    expect(staff.get_by_text("has a full set of attempts again")).to_be_visible()
    expect(main.get_by_text("The call was answered")).to_be_visible()


@pytest.mark.usefixtures("resumed")
def test_refunds_wait_while_they_are_paused(admin: Page, world: World) -> None:
    admin.goto("/console/controls")
    admin.get_by_role("button", name="Pause something…").click()
    admin.get_by_role("dialog").get_by_label("What").select_option(f"activity {REFUND}")
    give_reason(admin, "Pause it")
    pause = admin.get_by_role("main").get_by_role("listitem").filter(has_text=REFUND)
    expect(pause.get_by_text(REASON)).to_be_visible()
    buyer, _, reference = buy(world)
    buyer.cancel(reference)
    expect(pause.get_by_text(re.compile(r"[1-9]\d*\s*waiting"))).to_be_visible()
    assert find_violations(admin) == []
    pause.get_by_role("link", name=REFUND).click()
    row = admin.get_by_role("row").filter(has_text="paused").first
    expect(row.get_by_role("link", name=REFUND)).to_be_visible()
    admin.goto("/console/controls")
    pause.get_by_role("button", name="Resume…").click()
    admin.get_by_role("dialog").get_by_role("button", name="Resume it").click()
    expect(admin.get_by_text("Nothing is paused.")).to_be_visible()
    buyer.wait_until(reference, "Cancelled")


def test_many_failed_calls_are_abandoned_by_a_job_whose_worker_is_killed(
    admin: Page, desk: Desk, stack: Stack
) -> None:
    error = f"Trouble {uuid4().hex}"
    desk.add_failed_calls(MANY, error)
    admin.goto(f"/console/activities?state=failed&error={quote(error)}")
    admin.get_by_label("Select all on this page").check()
    admin.get_by_role("button", name=f"Select all {MANY:,} that match").click()
    admin.get_by_role("button", name="Abandon…").click()
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_text(f"{MANY:,} match now")).to_be_visible()
    expect(dialog.get_by_role("row")).to_have_count(6)
    assert find_violations(admin) == []
    dialog.get_by_label("Reason").fill(REASON)
    begin = dialog.get_by_role("button", name="Begin the job")
    dialog.get_by_label(f"Type {MANY} to confirm").fill(str(MANY - 1))
    expect(begin).to_have_attribute("aria-disabled", "true")
    dialog.get_by_label(f"Type {MANY} to confirm").fill(str(MANY))
    with stopped(stack.pids()["sweeper"]) as resume:
        begin.click()
        expect(admin).to_have_url(re.compile("/console/bulk/"))
        expect(admin.get_by_text(f"0 of {MANY:,}", exact=True)).to_be_visible()
        with desk.hold_results(admin.url.rpartition("/")[2]):
            resume()
            expect(admin.get_by_text(f"{MANY // 2} of {MANY:,}")).to_be_visible()
            stack.kill("sweeper")
    # Another worker takes the job over when the lease of the killed one ends.
    done = admin.get_by_role("heading", level=1)
    expect(done).to_contain_text("Done", timeout=2 * PATIENCE_MS)
    expect(admin.get_by_text(f"{MANY:,} of {MANY:,}")).to_be_visible()
    expect(admin.get_by_text(REASON)).to_be_visible()
    admin.get_by_role("button", name="Changed", exact=True).click()
    expect(admin.get_by_role("main").get_by_role("row")).to_have_count(51)
    assert find_violations(admin) == []


def test_an_unmatched_signal_is_replayed(staff: Page, desk: Desk) -> None:
    intent_id = desk.pay_elsewhere()
    staff.goto("/console/signals?state=unmatched")
    row = staff.get_by_role("row").filter(has_text=intent_id)
    row.get_by_role("link").first.click()
    main = staff.get_by_role("main")
    expect(main.get_by_text("Only the role admin may read the payload")).to_be_visible()
    expect(main.get_by_text(f"no payment for {intent_id}")).to_be_visible()
    assert find_violations(staff) == []
    staff.get_by_role("button", name="Replay").click()
    expect(staff.get_by_text("is applied again by the next sweep")).to_be_visible()
    # Nothing here knows the payment yet: the sweep comes to the same end, and it is counted.
    expect(main.get_by_role("heading", level=1)).to_contain_text("unmatched")


def test_staff_sees_why_it_may_not_do_what_admins_do(staff: Page, desk: Desk) -> None:
    staff.goto("/console/controls")
    for name in ("Pause something…", "Set a limit…"):
        button = staff.get_by_role("button", name=name)
        expect(button).to_have_accessible_description("Only the role admin may do this.")
        button.click(force=True)
    expect(staff.get_by_role("dialog")).to_have_count(0)
    error = f"Trouble {uuid4().hex}"
    desk.add_failed_calls(1, error)
    staff.goto(f"/console/activities?error={quote(error)}&state=failed")
    staff.get_by_label("Select payments.retrieve_intent").check()
    bulk = staff.get_by_role("group", name="Selection").get_by_role("button", name="Retry…")
    expect(bulk).to_have_accessible_description("Only the role admin may do this.")


def test_a_list_is_used_by_keyboard_alone(staff: Page, desk: Desk) -> None:
    error = f"Trouble {uuid4().hex}"
    desk.add_failed_calls(2, error)
    staff.goto("/console")
    expect(staff.get_by_role("heading", name="Overview")).to_be_visible()
    staff.keyboard.press("g")
    staff.keyboard.press("a")
    expect(staff.get_by_role("heading", name="Activities")).to_be_focused()
    staff.keyboard.press("/")
    staff.keyboard.type(error)
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("main").get_by_role("row")).to_have_count(3)
    staff.keyboard.press("Escape")
    staff.keyboard.press("j")
    staff.keyboard.press("x")
    expect(staff.get_by_text("1 selected")).to_be_visible()
    staff.keyboard.press("e")
    expect(
        staff.get_by_text("Nothing happens until somebody retries or abandons it")
    ).to_be_visible()
    assert find_violations(staff) == []
    staff.keyboard.press("j")
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("heading", name="payments.retrieve_intent")).to_be_focused()
    staff.go_back()
    expect(staff.get_by_role("main").get_by_role("row")).to_have_count(3)


def test_a_filter_that_makes_no_sense_is_named(staff: Page) -> None:
    staff.goto("/console/activities?subject=nobody")
    problem = staff.get_by_role("alert").filter(has_text="The server does not understand a filter")
    expect(problem.get_by_text("subject")).to_be_visible()
    problem.get_by_role("button", name="Clear filters").click()
    expect(problem).to_have_count(0)
    expect(staff).to_have_url(re.compile("/console/activities$"))


def test_a_number_that_is_none_is_named_at_its_field(admin: Page) -> None:
    admin.goto("/console/controls")
    admin.get_by_role("button", name="Set a limit…").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(REASON)
    dialog.get_by_label("Calls a second").fill("many")
    dialog.get_by_role("button", name="Set the limit").click()
    expect(dialog.get_by_label("Calls a second")).to_have_accessible_description(
        "Give a number, such as 20."
    )
    expect(dialog.get_by_label("Reason")).to_have_value(REASON)
    assert find_violations(admin) == []


def test_the_overview_leads_to_what_it_counts(staff: Page, desk: Desk) -> None:
    desk.add_failed_calls(1, "Trouble")
    staff.goto("/console")
    expect(staff.get_by_text(re.compile("needs? attention"))).to_be_visible()
    staff.get_by_role("main").get_by_role("link", name=re.compile("^Failed activities")).click()
    expect(staff).to_have_url(re.compile(r"/console/activities\?state=failed$"))
    expect(
        staff.get_by_role("main").get_by_role("link", name="payments.retrieve_intent").first
    ).to_be_visible()
