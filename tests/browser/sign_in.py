"""Steps of signing in, as a person takes them in a browser."""

from playwright.sync_api import Page, expect

from demo.buyer import Buyer, find_code, wait_for

CODE_FIELD = "Six-digit code"


def request_code(page: Page, buyer: Buyer) -> str:
    """Enter the address on the sign-in page, and return the code that comes by email."""
    count = count_codes(buyer)
    page.get_by_label("Email address").fill(buyer.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label(CODE_FIELD)).to_be_focused()
    return wait_for_code(buyer, count + 1)


def sign_in(page: Page, buyer: Buyer) -> None:
    """Sign in on the open sign-in page."""
    code = request_code(page, buyer)
    page.get_by_label(CODE_FIELD).fill(code)
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    expect(page.get_by_label(CODE_FIELD)).to_be_hidden()


def wrong_code(code: str, number: int = 1) -> str:
    """Return another code, a different one for each number from 1 to 9."""
    return f"{(int(code) + number) % 1_000_000:06d}"


def count_codes(buyer: Buyer) -> int:
    """Return the number of codes that were sent so far: the next one has a greater number."""
    return len(buyer.emails("login_code"))


def wait_for_code(buyer: Buyer, number: int) -> str:
    """Return the code of the email with that number, counted from 1."""

    def newest() -> str | None:
        emails = buyer.emails("login_code")
        return find_code(emails[0]) if len(emails) >= number else None

    return wait_for(newest, f"the code number {number}")
