"""The browser's own buttons during a purchase: nothing typed is lost, and nothing is paid twice."""

import re

from playwright.sync_api import Page, Route, expect

from demo.buyer import Buyer, Json
from demo.world import World
from tests.browser import till
from tests.browser.shelf import Shelf
from tests.browser.till import expect_paid, pay, pay_button


def test_back_and_forward_at_every_step_of_a_purchase(
    member: Page, buyer: Buyer, world: World
) -> None:
    lamp: Json = Shelf(world).add(price=4900)
    reference = till.fill_cart(member, lamp)
    member.goto("/cart")
    member.get_by_role("link", name="Check out").click()
    till.type_address(member)
    member.go_back()
    expect(member.get_by_role("heading", name="Your cart")).to_be_visible()
    member.go_forward()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    expect(member).to_have_url(re.compile(f"order={reference}"))
    member.go_back()
    expect(member.get_by_role("heading", name="Your cart")).to_be_visible()
    member.go_forward()
    # The order exists by now: it is paid, and not made again.
    expect(member.get_by_role("heading", name="Pay your order")).to_be_visible()
    expect(pay_button(member)).to_have_text("Pay $59.00")
    pay(member)
    expect_paid(member, reference)
    member.go_back()
    expect(member.get_by_role("heading", name="Your cart is empty")).to_be_visible()
    member.go_forward()
    expect(member).to_have_url(re.compile(f"/orders/{reference}"))
    expect(member.get_by_text("We have your payment.")).to_be_visible()
    assert till.book_of(world, reference)["captured"] == 5900
    assert len(buyer.http.get(f"{world.urls.order}/order", timeout=30).json()) == 1


def test_a_reload_at_every_step_of_a_purchase(member: Page, buyer: Buyer, world: World) -> None:
    lamp: Json = Shelf(world).add(price=4900)
    member.goto(f"/products/{lamp['id']}")
    member.get_by_role("button", name="Add to cart").click()
    expect(member.get_by_text("1 in your cart")).to_be_visible()
    member.reload()
    expect(member.get_by_text("1 in your cart")).to_be_visible()
    member.goto("/cart")
    member.reload()
    member.get_by_role("link", name="Check out").click()
    till.type_address(member)
    member.reload()
    expect(member.get_by_label("Street and number")).to_have_value("Calle Mayor 1")
    pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    member.reload()
    # The order exists by now: it is paid, and not made again.
    expect(member.get_by_role("heading", name="Pay your order")).to_be_visible()
    pay(member)
    expect(member.get_by_text("We have your payment.")).to_be_visible()
    member.reload()
    expect(member.get_by_text("We have your payment.")).to_be_visible()
    (order,) = buyer.http.get(f"{world.urls.order}/order", timeout=30).json()
    assert till.book_of(world, order["referenceId"])["captured"] == 5900


def test_who_goes_back_while_a_declined_order_is_loaded_is_not_called_to_it(
    member: Page, world: World
) -> None:
    till.fill_cart(member, Shelf(world).add(price=4900))
    member.goto("/cart")
    member.get_by_role("link", name="Check out").click()
    till.type_address(member)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    member.route("**/order/summary?*", hold)
    with member.expect_request("**/order/summary?*"):
        pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    member.go_back()
    expect(member.get_by_role("heading", name="Your cart")).to_be_visible()
    with member.expect_response("**/order/summary?*"):
        for route in held:
            route.continue_()
    member.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(member).to_have_url(re.compile("/cart$"))
    expect(member.get_by_role("heading", name="Your cart")).to_be_visible()
