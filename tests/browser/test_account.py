"""Stories of the account page: profile, devices, passkeys, the person's data, deletion."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from demo.buyer import Buyer
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.shelf import STAPLE
from tests.browser.sign_in import CODE_FIELD, count_codes, sign_in, wait_for_code

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def account(member: Page) -> Page:
    """Return a tab with the buyer's account page."""
    member.goto("/account")
    expect(member.get_by_text("This device")).to_be_visible()
    return member


@pytest.fixture
def device(page: Page, stack: Stack) -> Iterator[str]:
    """Give the tab a device with passkeys, and return the origin to which they are bound."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield stack.urls.web.replace("127.0.0.1", "localhost")
    tools.detach()


def test_the_profile_is_saved_and_survives_a_reload(account: Page) -> None:
    assert find_violations(account) == []
    save = account.get_by_role("button", name="Save changes")
    expect(save).to_be_disabled()
    account.get_by_label("First name").fill("Ann")
    account.get_by_label("City").fill("Springfield")
    save.click()
    expect(account.get_by_text("Saved.")).to_be_visible()
    expect(save).to_be_disabled()
    account.reload()
    expect(account.get_by_label("First name")).to_have_value("Ann")


def test_an_answer_that_refuses_a_field_is_shown_beside_it(account: Page) -> None:
    account.get_by_label("City").fill("x" * 300)
    account.get_by_role("button", name="Save changes").click()
    city = account.get_by_label("City")
    expect(city).to_have_attribute("aria-invalid", "true")
    expect(city).to_have_accessible_description(re.compile("100"))
    expect(city).to_have_value("x" * 300)
    assert find_violations(account) == []
    city.fill("Springfield")
    account.get_by_role("button", name="Save changes").click()
    expect(account.get_by_text("Saved.")).to_be_visible()


def test_another_device_is_signed_out(account: Page, buyer: Buyer) -> None:
    phone = Buyer(buyer.urls, buyer.email)
    phone.log_in()
    account.reload()
    account.get_by_role("button", name="Sign out everywhere else").click()
    expect(account.get_by_role("button", name="Sign out everywhere else")).to_be_hidden()
    # The button is gone: the focus has a place where screen readers go on.
    expect(account.get_by_role("heading", name="Where you are signed in")).to_be_focused()
    expect(account.get_by_text("This device")).to_be_visible()
    assert phone.http.get(f"{buyer.urls.auth}/auth/user", timeout=30).status_code == 401


def test_a_passkey_is_added_signs_in_and_is_removed(page: Page, stack: Stack, device: str) -> None:
    page.goto(f"{device}/sign-in?next=/account")
    sign_in(page, Buyer(stack.urls))
    page.get_by_role("button", name="Add a passkey").click()
    remove = page.get_by_role("button", name=re.compile("Remove the passkey"))
    expect(remove).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("link", name="Your account").click()
    remove.click()
    expect(page.get_by_text("You have no passkeys yet.")).to_be_visible()


def test_an_old_sign_in_is_proven_anew_before_a_passkey_is_added(
    page: Page, world: World, device: str
) -> None:
    buyer = Buyer(world.urls)
    page.goto(f"{device}/sign-in?next=/account")
    sign_in(page, buyer)
    world.age_sign_ins(buyer.email)
    page.reload()
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    expect(dialog).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("You have no passkeys yet.")).to_be_visible()
    page.get_by_role("button", name="Add a passkey").click()
    count = count_codes(buyer)
    dialog.get_by_role("button", name="Send me a code").click()
    expect(dialog.get_by_label(CODE_FIELD)).to_be_focused()
    dialog.get_by_label(CODE_FIELD).fill(wait_for_code(buyer, count + 1))
    expect(page.get_by_role("button", name=re.compile("Remove the passkey"))).to_be_visible()
    expect(dialog).to_be_hidden()


def test_all_data_comes_in_one_file(account: Page, buyer: Buyer) -> None:
    with account.expect_download() as waiting:
        account.get_by_role("button", name="Download my data").click()
    data = json.loads(waiting.value.path().read_text())
    assert waiting.value.suggested_filename == "projectx-export.json"
    assert buyer.email in json.dumps(data)


def test_an_account_is_deleted_once_its_address_is_typed(account: Page, buyer: Buyer) -> None:
    account.get_by_role("button", name="Delete my account").click()
    dialog = account.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Delete for good")
    expect(confirm).to_be_disabled()
    assert find_violations(account) == []
    dialog.get_by_role("textbox").fill(buyer.email.upper())
    confirm.click()
    expect(account).to_have_url(re.compile("/goodbye$"))
    expect(account.get_by_role("heading", name="Your account is closed")).to_be_visible()
    expect(account.get_by_role("link", name="Sign in")).to_be_visible()
    assert find_violations(account) == []


def test_an_account_with_an_open_order_is_not_deleted(account: Page, buyer: Buyer) -> None:
    buyer.order(STAPLE)
    account.get_by_role("button", name="Delete my account").click()
    dialog = account.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(buyer.email)
    dialog.get_by_role("button", name="Delete for good").click()
    expect(dialog.get_by_text("An order or a refund is still under way.")).to_be_visible()
    assert find_violations(account) == []
    dialog.get_by_role("link", name="See your orders").click()
    expect(account.get_by_role("heading", name="Your orders")).to_be_visible()
