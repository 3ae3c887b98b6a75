"""Stories of orders as their buyer sees them: live, cancelled, printed, somebody else's."""

import re

from playwright.sync_api import Page, expect

from demo.buyer import Buyer, Json
from demo.world import World
from tests.browser import till
from tests.browser.accessibility import find_violations
from tests.browser.shelf import STAPLE

# The dialog that it opens has a button "Cancel order".
CANCEL = "Cancel order …"


def placed(buyer: Buyer) -> Json:
    return buyer.order(STAPLE)


def path_of(order: Json) -> str:
    return f"/orders/{order['referenceId']}"


def test_the_page_follows_an_order_while_it_is_paid(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    member.goto(path_of(order))
    expect(member.get_by_text("Waiting for payment")).to_be_visible()
    expect(member.get_by_role("link", name="Pay now")).to_be_visible()
    buyer.pay(order["clientSecret"])
    expect(member.get_by_text("We have your payment. We are packing it.")).to_be_visible()
    expect(member.get_by_text("Visa •••• 4242")).to_be_visible()
    expect(member.get_by_text("Your payment arrived.")).to_be_visible()
    expect(member.get_by_text("We emailed you a receipt.")).to_be_visible()
    assert find_violations(member) == []


def test_a_declined_card_is_told_in_words(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    buyer.pay(order["clientSecret"], "pm_card_chargeDeclinedInsufficientFunds")
    member.goto(path_of(order))
    expect(member.get_by_text("Card declined")).to_be_visible()
    # The entry of the timeline says the reason, too, and may come later.
    expect(member.get_by_text("insufficient funds. Nothing was charged.")).to_be_visible()
    assert find_violations(member) == []


def test_an_unpaid_order_is_cancelled_on_its_page(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    member.goto(path_of(order))
    member.get_by_role("button", name=CANCEL).click()
    dialog = member.get_by_role("dialog")
    expect(dialog.get_by_text("Nothing was charged.")).to_be_visible()
    assert find_violations(member) == []
    dialog.get_by_role("button", name="Keep order").click()
    expect(dialog).to_be_hidden()
    member.get_by_role("button", name=CANCEL).click()
    dialog.get_by_role("button", name="Cancel order", exact=True).click()
    expect(member.get_by_text("This order was cancelled.")).to_be_visible()
    expect(member.get_by_role("button", name=CANCEL)).to_be_hidden()


def test_a_paid_order_is_cancelled_and_its_money_goes_back(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    member.goto(path_of(order))
    member.get_by_role("button", name=CANCEL).click()
    dialog = member.get_by_role("dialog")
    expect(dialog.get_by_text("We pay back")).to_be_visible()
    dialog.get_by_role("button", name="Cancel order", exact=True).click()
    expect(member.get_by_text("This order was cancelled.")).to_be_visible()
    expect(member.get_by_text("paid back", exact=False).last).to_be_visible()


def test_an_order_that_nobody_pays_expires_on_the_page(
    member: Page, buyer: Buyer, world: World
) -> None:
    order = placed(buyer)
    member.goto(path_of(order))
    expect(member.get_by_text("Waiting for payment")).to_be_visible()
    world.expire(order["orderId"])
    expect(member.get_by_text("This order was not paid in time")).to_be_visible()
    # Nobody may pay it later.
    expect(member.get_by_text("Not paid", exact=True)).to_have_count(2)
    expect(member.get_by_text("Not paid yet")).to_have_count(0)


def test_a_payment_that_comes_too_late_goes_back_and_the_page_says_so(
    member: Page, buyer: Buyer, world: World
) -> None:
    order = placed(buyer)
    member.goto(path_of(order))
    # This bank misses the cancellation, and pays after the order has failed.
    buyer.pay(order["clientSecret"], "pm_sandbox_succeedsAfterCancel")
    world.expire(order["orderId"])
    expect(member.get_by_text("Paid too late", exact=True).first).to_be_visible()
    expect(member.get_by_text("paid back", exact=False).last).to_be_visible()
    expect(member.get_by_text("Nothing was charged")).to_be_hidden()
    # A bank account has no card to name.
    payment = member.get_by_role("region", name="Payment")
    expect(payment.get_by_text("Paid", exact=True)).to_be_visible()
    book = till.book_of(world, order["referenceId"])
    assert book["captured"] == book["refunded"] > 0


def test_a_refund_that_comes_back_is_told_on_the_open_page_and_receipt(
    member: Page, buyer: Buyer
) -> None:
    order = placed(buyer)
    buyer.pay(order["clientSecret"], "pm_card_refundFail")
    buyer.wait_until(order["referenceId"], "Confirmed")
    receipt = member.context.new_page()
    receipt.goto(f"{path_of(order)}/receipt")
    expect(receipt.get_by_text("Visa •••• 5126")).to_be_visible()
    member.goto(path_of(order))
    buyer.cancel(order["referenceId"])
    # The bank accepts the money, and returns it a moment later.
    expect(member.get_by_text("could not be paid back yet")).to_be_visible()
    expect(member.get_by_text("We have paid back")).to_be_hidden()
    expect(receipt.get_by_text("could not be paid back")).to_be_visible()


def test_a_receipt_comes_with_the_payment_and_names_no_foreign_order(
    member: Page, buyer: Buyer
) -> None:
    order = placed(buyer)
    member.goto(f"{path_of(order)}/receipt")
    expect(member.get_by_text("there is no receipt yet")).to_be_visible()
    buyer.pay(order["clientSecret"])
    expect(member.get_by_text("Visa •••• 4242")).to_be_visible()
    member.goto("/orders/nobodys/receipt")
    expect(member.get_by_role("heading", name="We know no such order")).to_be_visible()
    assert find_violations(member) == []


def test_the_list_shows_what_happened_on_the_page_of_an_order(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    member.goto("/orders")
    expect(member.get_by_role("main").get_by_text("Waiting for payment")).to_be_visible()
    member.get_by_role("main").get_by_role("link", name="Order ").click()
    expect(member.get_by_role("button", name=CANCEL)).to_be_visible()
    buyer.cancel(order["referenceId"])
    expect(member.get_by_text("This order was cancelled.")).to_be_visible()
    member.go_back()
    badge = member.get_by_role("listitem").get_by_text("Cancelled", exact=True)
    expect(badge).to_be_visible()


def test_an_address_alone_makes_no_payment(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    member.goto(f"{path_of(order)}?redirect_status=succeeded")
    expect(member.get_by_role("link", name="Pay now")).to_be_visible()
    expect(member.get_by_text("Your part is done")).to_be_hidden()


def test_the_list_leads_to_the_order_and_filters(member: Page, buyer: Buyer) -> None:
    first, second = placed(buyer), placed(buyer)
    buyer.cancel(second["referenceId"])
    buyer.wait_until(second["referenceId"], "Cancelled")
    member.goto("/orders")
    expect(member.get_by_role("listitem").filter(has_text="Order")).to_have_count(2)
    assert find_violations(member) == []
    member.get_by_role("link", name="Under way").click()
    orders = member.get_by_role("listitem").filter(has_text="Order")
    expect(orders).to_have_count(1)
    orders.get_by_role("link").click()
    expect(member).to_have_url(re.compile(re.escape(path_of(first)) + "$"))
    member.go_back()
    expect(orders).to_have_count(1)


def test_the_receipt_of_a_paid_order(member: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    member.goto(path_of(order))
    member.get_by_role("link", name="Receipt").click()
    expect(member.get_by_role("heading", name="Receipt for order")).to_be_visible()
    member.emulate_media(media="print")
    expect(member.get_by_role("banner")).to_be_hidden()
    expect(member.get_by_role("table")).to_be_visible()


def test_the_order_of_somebody_else_is_unknown(member: Page, world: World) -> None:
    member.goto(path_of(placed(world.buyer())))
    expect(member.get_by_text("We know no such order")).to_be_visible()
    assert find_violations(member) == []
    member.goto("/orders/no such order%2F")
    expect(member.get_by_text("We know no such order")).to_be_visible()


def test_a_visitor_signs_in_first(page: Page, buyer: Buyer) -> None:
    order = placed(buyer)
    page.goto(path_of(order))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "next=" in page.url
