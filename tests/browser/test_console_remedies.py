"""Remedies for calls, messages and many executions, and the timeline that shows them."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from demo.buyer import Buyer, wait_for
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.desk import Desk
from tests.browser.operators import (
    open_order,
    path_of,
    pay_order,
    place_order,
    prove_identity,
)
from tests.browser.sign_in import count_codes

CALL = "emails.order_confirmed"
PAID = "payment_intent.succeeded"
MESSAGE = f"stripe {PAID}"


@pytest.fixture
def desk(stack: Stack) -> Desk:
    return Desk(stack)


def ask(page: Page, thing: str, verb: str) -> Locator:
    """Press a button beside a call or a message on the page of an execution."""
    panel = page.locator("section", has=page.get_by_role("heading", name="Calls and messages"))
    row = panel.get_by_role("listitem").filter(has_text=thing)
    row.get_by_role("button", name=verb, exact=True).click()
    return page.get_by_role("dialog", name=f"{verb}: ")


def confirm(dialog: Locator, verb: str, reason: str) -> None:
    """Give a reason and press twice, as an impatient person does."""
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=verb, exact=True).dblclick()
    expect(dialog).to_be_hidden()


def entries(page: Page, title: str) -> Locator:
    """Return the entries of the timeline with this title."""
    timeline = page.get_by_role("list", name="Timeline")
    return timeline.get_by_role("listitem").filter(has=page.get_by_text(title, exact=True))


def expect_audited(page: Page, action: str, actor: Buyer, reason: str) -> None:
    """Expect one entry of the audit in the timeline, with the actor and the reason."""
    entry = entries(page, action)
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text(actor.email)
    expect(entry).to_contain_text(reason)


def test_a_failed_call_is_retried_from_its_order(
    admin: Page, boss: Buyer, buyer: Buyer, desk: Desk
) -> None:
    order = pay_order(buyer)
    wait_for(lambda: desk.fail(order["orderId"], CALL) or None, "the sent email")
    sent = len(buyer.emails("order_confirmed"))
    open_order(admin, order)
    dialog = ask(admin, CALL, "Retry")
    assert find_violations(admin) == []
    confirm(dialog, "Retry", "SendGrid is well again")
    expect(entries(admin, CALL)).to_contain_text("done")
    expect_audited(admin, "activities retry", boss, "SendGrid is well again")
    wait_for(lambda: len(buyer.emails("order_confirmed")) == sent + 1 or None, "a second email")


def test_a_call_that_waits_runs_now(admin: Page, boss: Buyer, buyer: Buyer, desk: Desk) -> None:
    order = pay_order(buyer)
    wait_for(lambda: desk.put_off(order["orderId"], CALL) or None, "the sent email")
    open_order(admin, order)
    expect(entries(admin, CALL)).to_contain_text("waiting")
    confirm(ask(admin, CALL, "Run now"), "Run now", "the customer is on the phone")
    expect(entries(admin, CALL)).to_contain_text("done")
    expect_audited(admin, "activities run-now", boss, "the customer is on the phone")


def test_a_call_is_abandoned_by_its_id_and_a_reason(
    admin: Page, boss: Buyer, buyer: Buyer, desk: Desk
) -> None:
    order = pay_order(buyer)
    wait_for(lambda: desk.fail(order["orderId"], CALL) or None, "the sent email")
    open_order(admin, order)
    dialog = ask(admin, CALL, "Abandon")
    dialog.get_by_label("Reason").fill("told by phone")
    button = dialog.get_by_role("button", name="Abandon")
    expect(button).to_be_disabled()
    type_shown_word(dialog)
    confirm(dialog, "Abandon", "told by phone")
    expect(entries(admin, CALL)).to_contain_text("abandoned")
    expect_audited(admin, "activities abandon", boss, "told by phone")


def test_a_call_that_waits_is_cancelled_once(
    admin: Page, boss: Buyer, buyer: Buyer, desk: Desk
) -> None:
    order = pay_order(buyer)
    wait_for(lambda: desk.put_off(order["orderId"], CALL) or None, "the sent email")
    open_order(admin, order)
    confirm(ask(admin, CALL, "Cancel the call"), "Cancel the call", "a wrong address")
    expect(entries(admin, CALL)).to_contain_text("failed")
    expect_audited(admin, "activities cancel", boss, "a wrong address")


def test_a_message_is_replayed_from_its_order(
    admin: Page, boss: Buyer, buyer: Buyer, desk: Desk
) -> None:
    order = pay_order(buyer)
    wait_for(lambda: desk.fail_signal(order["orderId"], PAID) or None, "the applied message")
    open_order(admin, order)
    expect(entries(admin, MESSAGE)).to_contain_text("failed")
    confirm(ask(admin, MESSAGE, "Replay"), "Replay", "the bug is mended")
    expect(entries(admin, MESSAGE)).to_contain_text(re.compile("applied|ignored"))
    expect_audited(admin, "signals replay", boss, "the bug is mended")
    # The list of messages leads back to the order.
    admin.goto(f"/console/signals?subject={order['orderId']}")
    number = order["orderId"][-8:]
    admin.get_by_role("main").get_by_role("link", name=number).first.click()
    row = admin.get_by_role("row").filter(has_text=order["referenceId"])
    expect(row.get_by_role("link")).to_be_visible()


def type_shown_word(dialog: Locator) -> None:
    """Type the word that a dialog asks for."""
    field = dialog.get_by_label(re.compile("^Type "))
    label = dialog.get_by_text(re.compile("^Type .* to confirm$")).inner_text()
    field.fill(label.split()[1])


def test_many_orders_are_cancelled_by_one_job(
    admin: Page, boss: Buyer, buyer: Buyer, world: World
) -> None:
    orders = [pay_order(buyer) for _ in range(2)]
    reason = f"recalled {uuid4().hex}"
    world.age_sign_ins(boss.email)
    admin.goto(f"/console/executions?machine=order&q={buyer.email}")
    for order in orders:
        admin.get_by_label(f"Select {order['referenceId']}").check()
    selection = admin.get_by_role("group", name="Selection")
    selection.get_by_role("button", name="Send a signal…").click()
    assert find_violations(admin) == []
    admin.get_by_role("group", name="Send a signal…").get_by_role("button", name="cancel").click()
    dialog = admin.get_by_role("dialog", name="Send this signal?")
    expect(dialog.get_by_text("2 match now")).to_be_visible()
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_label("Type 2 to confirm").fill("2")
    codes = count_codes(boss)
    dialog.get_by_role("button", name="Begin the job").dblclick()
    prove_identity(admin, boss, codes)
    heading = admin.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Send a signal to executions")
    expect(heading).to_contain_text("Done")
    expect(admin.get_by_text("2 of 2")).to_be_visible()
    for order in orders:
        buyer.wait_until(order["referenceId"], "Cancelled")
    admin.goto("/console/bulk")
    expect(admin.get_by_role("row").filter(has_text=reason)).to_have_count(1)
    admin.goto(path_of(orders[0]))
    expect(entries(admin, "cancel").filter(has_text=boss.email)).to_have_count(1)


def test_rows_of_several_states_get_no_signal_together(admin: Page, buyer: Buyer) -> None:
    paid, waiting = pay_order(buyer), place_order(buyer)
    admin.goto(f"/console/executions?machine=order&q={buyer.email}")
    for order in (paid, waiting):
        admin.get_by_label(f"Select {order['referenceId']}").check()
    button = admin.get_by_role("button", name="Send a signal…")
    expect(button).to_have_accessible_description(re.compile("set both filters first"))
    admin.get_by_label(f"Select {waiting['referenceId']}").uncheck()
    expect(button).to_have_attribute("aria-expanded", "false")
