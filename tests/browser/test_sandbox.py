"""Stories of the sandbox's pages: emails are read, and the bank is broken by hand."""

from typing import Any
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from demo.buyer import Buyer
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.shelf import STAPLE
from tests.browser.visitors import open_browser

SCRIPT = "<p>Hello</p><script>document.body.textContent = 'It ran'</script>"


def send(stack: Stack, to: str, subject: str, html: str = "<p>Hello</p>") -> None:
    mail: dict[str, Any] = {
        "from": {"email": "shop@example.com"},
        "personalizations": [{"to": [{"email": to}], "custom_args": {"orderId": "order-7"}}],
        "subject": subject,
        "content": [
            {"type": "text/plain", "value": f"Text of {subject}"},
            {"type": "text/html", "value": html},
        ],
    }
    headers = {"Authorization": "Bearer SG.sandbox"}
    url = f"{stack.urls.sandbox}/v3/mail/send"
    requests.post(url, json=mail, headers=headers, timeout=30).raise_for_status()


def an_address() -> str:
    return f"reader-{uuid4().hex[:10]}@example.com"


def test_emails_arrive_by_themselves_and_are_read_by_keyboard(page: Page, stack: Stack) -> None:
    address = an_address()
    send(stack, address, "First")
    page.goto(f"{stack.urls.sandbox}/mail?to={address}")
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    send(stack, address, "Second")
    expect(page.get_by_role("link", name="Second")).to_be_visible()
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    page.get_by_role("link", name="Source").click()
    expect(page.get_by_role("region", name="Source")).to_contain_text("X-Message-Id: ")
    page.keyboard.press("/")
    page.keyboard.type("Second")
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    expect(page.get_by_role("link", name="First")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mailbox_keeps_the_rules_of_accessibility(
    page: Page, stack: Stack, scheme: Any
) -> None:
    address = an_address()
    send(stack, address, "First")
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{stack.urls.sandbox}/mail?to={address}")
    assert find_violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert find_violations(page) == []
    page.get_by_role("link", name="First").click()
    expect(page.get_by_role("heading", name="First")).to_be_focused()
    assert find_violations(page) == []
    page.get_by_role("link", name="All emails").click()
    expect(page.get_by_role("link", name="First")).to_be_visible()


def test_the_html_of_an_email_runs_no_script(browser: Browser, stack: Stack) -> None:
    address = an_address()
    send(stack, address, "Evil", SCRIPT)
    # The console tells of the script that was blocked.
    with open_browser(browser, stack) as visitor:
        page = visitor.new_page()
        page.goto(f"{stack.urls.sandbox}/mail?to={address}")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Hello")).to_be_visible()
        expect(frame.get_by_text("It ran")).to_be_hidden()


@pytest.mark.usefixtures("faultless")
def test_a_dropped_webhook_is_delivered_by_hand(page: Page, stack: Stack, buyer: Buyer) -> None:
    page.goto(stack.urls.sandbox)
    page.get_by_role("button", name="Drop all webhooks").click()
    expect(page.locator("#fault-state")).to_have_text("on")
    order = buyer.order(STAPLE)
    intent = buyer.pay(order["clientSecret"])["id"]
    page.goto(f"{stack.urls.sandbox}/?q={intent}")
    payments = page.get_by_role("region", name="Payments")
    expect(payments.get_by_text("succeeded")).to_be_visible()
    button = page.get_by_role("button", name="Redeliver payment_intent.succeeded")
    event = page.get_by_role("row").filter(has=button)
    expect(event.get_by_text("dropped")).to_be_visible()
    assert buyer.status(order["referenceId"])["status"] == "Pending"
    page.get_by_role("button", name="No faults").click()
    expect(page.locator("#fault-state")).to_have_text("off")
    button.click()
    expect(event.get_by_text("1 attempt, last: 200")).to_be_visible()
    buyer.wait_until(order["referenceId"], "Confirmed")


@pytest.mark.usefixtures("faultless")
def test_faults_are_set_by_keyboard_and_bad_ones_are_named(page: Page, stack: Stack) -> None:
    page.goto(stack.urls.sandbox)
    slider = page.get_by_role("slider", name="Bounces")
    slider.press("ArrowRight")
    expect(page.locator("#fault-state")).to_have_text("on")
    delay = page.get_by_role("group", name="Stripe's answers").get_by_label("Delay")
    delay.fill("700000")
    delay.press("Enter")
    delay.blur()
    expect(page.get_by_role("alert")).to_have_text("stripe.latencyMs must be from 0 to 600000")
    plan = requests.get(f"{stack.urls.sandbox}/faults", timeout=30).json()
    assert (plan["sendgrid"]["bounceRate"], plan["stripe"]["latencyMs"]) == (0.05, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bank_keeps_the_rules_of_accessibility(page: Page, stack: Stack, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(stack.urls.sandbox)
        assert find_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
