"""Stories of pages that follow an order: by the stream of events, and without it."""

from playwright.sync_api import Page, Request, Response, expect

from demo.buyer import Buyer
from tests.browser.shelf import STAPLE

PAID = "We have your payment. We are packing it."
CANCELLED = "This order was cancelled."
STREAMS = "**/events?ticket=*"


def is_held(request: Request) -> bool:
    """Return whether the server may hold a request until the order changes."""
    return "wait=" in request.headers.get("prefer", "")


def record(page: Page) -> list[Request]:
    """Return a list to which all further requests of a page are added."""
    requests: list[Request] = []

    def add(request: Request) -> None:
        requests.append(request)

    page.on("request", add)
    return requests


def open_order(page: Page, reference: str) -> None:
    page.goto(f"/orders/{reference}")
    expect(page.get_by_text("Waiting for payment")).to_be_visible()


def test_a_page_with_a_stream_holds_no_request_at_the_server(member: Page, buyer: Buyer) -> None:
    order = buyer.order(STAPLE)
    with member.expect_response(STREAMS) as stream:
        open_order(member, order["referenceId"])
    assert stream.value.status == 200
    requests = record(member)
    buyer.pay(order["clientSecret"])
    expect(member.get_by_text(PAID)).to_be_visible()
    further = [request.url for request in requests if "/auth/events-ticket" in request.url]
    assert [request.url for request in requests if is_held(request)] + further == []


def test_a_page_without_a_stream_waits_at_the_server(member: Page, buyer: Buyer) -> None:
    order = buyer.order(STAPLE)
    member.route(STREAMS, lambda route: route.abort())
    with member.expect_request(is_held):
        open_order(member, order["referenceId"])
    buyer.pay(order["clientSecret"])
    expect(member.get_by_text(PAID)).to_be_visible()


def test_a_stream_that_ends_is_opened_again_with_another_ticket(member: Page, buyer: Buyer) -> None:
    order = buyer.order(STAPLE)
    # The first stream ends at once, as after 15 minutes.
    ended = {"content_type": "text/event-stream", "body": ": open\n\n"}
    headers = {"Access-Control-Allow-Origin": "*"}
    member.route(STREAMS, lambda route: route.fulfill(**ended, headers=headers), times=1)
    requests = record(member)
    opened: list[str] = []

    def is_second_stream(response: Response) -> bool:
        if "/events?ticket=" in response.url:
            opened.append(response.url)
        return len(opened) == 2

    with member.expect_response(is_second_stream):
        open_order(member, order["referenceId"])
    buyer.pay(order["clientSecret"])
    expect(member.get_by_text(PAID)).to_be_visible()
    # Tickets of the same second are equal: their requests are counted.
    tickets = [r for r in requests if r.method == "POST" and "/auth/events-ticket" in r.url]
    assert (len(opened), len(tickets)) == (2, 2)


def test_a_page_reads_again_what_it_missed_offline(member: Page, buyer: Buyer) -> None:
    order = buyer.order(STAPLE)
    has_stream = False

    def is_read_of_open_stream(response: Response) -> bool:
        nonlocal has_stream
        has_stream = has_stream or "/events?ticket=" in response.url
        return has_stream and "/order/summary" in response.url

    # A read that was under way could still tell what happens offline.
    with member.expect_response(is_read_of_open_stream):
        open_order(member, order["referenceId"])
    member.context.set_offline(True)
    buyer.cancel(order["referenceId"])
    buyer.wait_until(order["referenceId"], "Cancelled")
    expect(member.get_by_text("Waiting for payment")).to_be_visible()
    member.context.set_offline(False)
    expect(member.get_by_text(CANCELLED)).to_be_visible()


def test_signing_out_ends_the_stream(member: Page, buyer: Buyer) -> None:
    order = buyer.order(STAPLE)
    with member.expect_response(STREAMS) as stream:
        open_order(member, order["referenceId"])
    url = stream.value.url
    with member.expect_event("requestfailed", lambda request: request.url == url):
        member.evaluate("new BroadcastChannel('projectx-session').postMessage({kind: 'signedOut'})")
    expect(member.get_by_role("heading", name="Sign in")).to_be_visible()
