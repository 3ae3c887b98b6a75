"""Stories of signing in and out: codes, their failures, sessions in several tabs and devices."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from demo.buyer import Buyer, find_code, wait_for
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.sign_in import CODE_FIELD, request_code, sign_in, wrong_code

SIGN_IN = re.compile(r"/sign-in\?next=")


@pytest.fixture
def visitor(stack: Stack) -> Buyer:
    """Return a person who has no session yet."""
    return Buyer(stack.urls)


@pytest.fixture
def undelivered(world: World, faultless: None) -> None:
    """Let every email bounce, until the story ends."""
    world.faults(sendgrid={"bounceRate": 1})


@pytest.fixture
def unreachable(world: World, faultless: None) -> None:
    """Let the email provider answer with faults, until the story ends."""
    world.faults(sendgrid={"errorRate": 1})


def test_a_typed_code_signs_in_and_leads_back(page: Page, visitor: Buyer) -> None:
    page.goto("/account")
    expect(page).to_have_url(SIGN_IN)
    expect(page.get_by_label("Email address")).to_be_focused()
    assert find_violations(page) == []
    code = request_code(page, visitor)
    expect(page.get_by_text("We sent a code to")).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.type(code)
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()
    expect(page.get_by_text(visitor.email).first).to_be_visible()


def test_a_code_may_be_pasted_with_spaces(page: Page, visitor: Buyer) -> None:
    page.goto("/sign-in")
    code = request_code(page, visitor)
    page.get_by_label(CODE_FIELD).evaluate(
        """(field, text) => {
          const data = new DataTransfer()
          data.setData('text', text)
          const event = { clipboardData: data, bubbles: true, cancelable: true }
          field.dispatchEvent(new ClipboardEvent('paste', event))
        }""",
        f" {code[:3]} {code[3:]}\n",
    )
    expect(page.get_by_role("link", name="Your account")).to_be_visible()


def test_a_wrong_code_may_be_corrected(page: Page, visitor: Buyer) -> None:
    page.goto("/sign-in")
    code = request_code(page, visitor)
    page.keyboard.type(wrong_code(code))
    expect(page.get_by_role("alert")).to_contain_text("4 tries are left.")
    expect(page.get_by_label(CODE_FIELD)).to_be_focused()
    expect(page.get_by_label(CODE_FIELD)).to_have_value("")
    assert find_violations(page) == []
    page.keyboard.type(code)
    expect(page.get_by_role("link", name="Your account")).to_be_visible()


def test_five_wrong_codes_end_the_sign_in(page: Page, visitor: Buyer) -> None:
    page.goto("/sign-in")
    code = request_code(page, visitor)
    for number, words in enumerate(("4 tries", "3 tries", "2 tries", "One try"), start=1):
        page.get_by_label(CODE_FIELD).fill(wrong_code(code, number))
        expect(page.get_by_role("alert")).to_contain_text(words)
    page.get_by_label(CODE_FIELD).fill(wrong_code(code, 5))
    expect(page.get_by_role("alert")).to_contain_text("no longer valid")
    expect(page.get_by_label(CODE_FIELD)).to_be_hidden()
    assert find_violations(page) == []


def test_a_reload_keeps_waiting_for_the_code(page: Page, visitor: Buyer) -> None:
    page.goto("/sign-in")
    code = request_code(page, visitor)
    page.reload()
    expect(page.get_by_text(visitor.email)).to_be_visible()
    expect(page.get_by_role("button", name="Send a new code in")).to_be_disabled()
    page.get_by_label(CODE_FIELD).fill(code)
    expect(page.get_by_role("link", name="Your account")).to_be_visible()


def test_another_address_is_one_click_away(page: Page, visitor: Buyer, stack: Stack) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enter an email address, such as")).to_be_visible()
    assert find_violations(page) == []
    code = request_code(page, visitor)
    page.get_by_role("button", name="Use another address").click()
    expect(page.get_by_label("Email address")).to_have_value(visitor.email)
    # The same address again: its code is on its way, and no second one is requested.
    page.keyboard.press("Enter")
    expect(page.get_by_label(CODE_FIELD)).to_be_focused()
    page.get_by_role("button", name="Use another address").click()
    other = Buyer(stack.urls)
    assert request_code(page, other) != code
    expect(page.get_by_text(other.email)).to_be_visible()


def test_a_code_that_is_late_is_said_to_be_late(
    page: Page, visitor: Buyer, world: World, unreachable: None
) -> None:
    page.clock.install()
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(visitor.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_text("We are sending a code to")).to_be_visible()
    page.clock.fast_forward(11_000)
    expect(page.get_by_role("status").filter(has_text="The email is late")).to_be_visible()
    assert find_violations(page) == []
    world.faults()
    expect(page.get_by_text("We sent a code to")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The email is late")).to_be_hidden()


def test_a_code_that_bounces_leads_to_a_better_address(
    page: Page, visitor: Buyer, world: World, undelivered: None
) -> None:
    page.clock.install()
    page.goto("/sign-in")
    with page.expect_response("**/auth/login") as answer:
        request_code(page, visitor)
    wait_until_bounced(visitor, answer.value.json()["loginId"])
    # The page looks every ten seconds.
    page.clock.fast_forward(10_000)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text(f"could not be delivered to {visitor.email}")
    expect(page.get_by_label(CODE_FIELD)).to_be_hidden()
    expect(page.get_by_role("button", name="Send a new code in")).to_be_disabled()
    assert find_violations(page) == []
    world.faults()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use another address")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email address")).to_have_value(visitor.email)
    sign_in(page, Buyer(visitor.urls))


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_an_address_of_another_site_leads_home(member: Page, address: str) -> None:
    member.goto(f"/sign-in?next={quote(address)}")
    expect(member.get_by_role("heading", name="Things that last")).to_be_visible()


def test_a_sign_out_ends_the_other_tab_too(member: Page, context: BrowserContext) -> None:
    other = context.new_page()
    other.goto("/account")
    expect(other.get_by_text("This device")).to_be_visible()
    member.goto("/account")
    member.get_by_role("button", name="Sign out", exact=True).click()
    expect(member.get_by_role("link", name="Sign in")).to_be_visible()
    expect(other).to_have_url(SIGN_IN)
    expect(other.get_by_text("Your session has ended.")).to_be_visible()


def test_a_session_that_was_ended_elsewhere_leads_to_the_sign_in_and_back(
    member: Page, buyer: Buyer
) -> None:
    member.goto("/account")
    expect(member.get_by_text("This device")).to_be_visible()
    end_sessions(buyer)
    member.get_by_label("City").fill("Springfield")
    member.get_by_role("button", name="Save changes").click()
    expect(member.get_by_text("Your session has ended.")).to_be_visible()
    assert find_violations(member) == []
    sign_in(member, Buyer(buyer.urls, buyer.email))
    expect(member).to_have_url(re.compile("/account$"))


def test_a_refused_token_is_renewed_once_and_the_request_repeated(member: Page) -> None:
    member.goto("/account")
    expect(member.get_by_text("This device")).to_be_visible()
    refreshes: list[str] = []
    member.on("request", lambda r: refreshes.append(r.url) if "refresh" in r.url else None)
    member.route("**/auth/user", spoil_first_token())
    member.get_by_label("City").fill("Springfield")
    member.get_by_role("button", name="Save changes").click()
    expect(member.get_by_text("Saved.")).to_be_visible()
    assert len(refreshes) == 1


def test_two_tabs_whose_tokens_are_refused_at_once_stay_signed_in(
    member: Page, context: BrowserContext
) -> None:
    tabs = [member, context.new_page()]
    for tab in tabs:
        tab.goto("/account")
        expect(tab.get_by_text("This device")).to_be_visible()
        tab.route("**/auth/user", spoil_first_token())
        tab.get_by_label("City").fill("Springfield")
    for tab in tabs:
        tab.get_by_role("button", name="Save changes").click(no_wait_after=True)
    for tab in tabs:
        expect(tab.get_by_text("Saved.")).to_be_visible()


def test_signing_in_by_keyboard_in_spanish_on_a_small_dark_screen(
    page: Page, visitor: Buyer
) -> None:
    page.add_init_script("localStorage.setItem('language', 'es')")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/sign-in?next=/account")
    expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
    page.keyboard.type(visitor.email)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Código de seis cifras")).to_be_focused()
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.type(code_of(visitor))
    expect(page.get_by_role("heading", name="Tu cuenta", exact=True)).to_be_visible()
    expect(page.get_by_text("Este dispositivo")).to_be_visible()
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def wait_until_bounced(buyer: Buyer, login_id: str) -> None:
    def check() -> bool | None:
        status = buyer.http.get(f"{buyer.urls.auth}/auth/login/{login_id}", timeout=30).json()
        return status["codeStatus"] == "ERROR_SENDING_EMAIL" or None

    wait_for(check, "the bounce of the email")


def code_of(buyer: Buyer) -> str:
    return find_code(buyer.wait_for_email("login_code"))


def end_sessions(buyer: Buyer) -> None:
    """End all sessions of a customer, as they would on another device."""
    response = buyer.http.delete(f"{buyer.urls.auth}/auth/sessions", timeout=30)
    response.raise_for_status()


def spoil_first_token() -> Callable[[Route], None]:
    """Return a handler that replaces the token of the first request: the server refuses it."""
    spoiled: list[str] = []

    def handle(route: Route) -> None:
        headers = route.request.headers
        if not spoiled:
            spoiled.append(route.request.url)
            headers = headers | {"authorization": "Bearer expired"}
        route.continue_(headers=headers)

    return handle
