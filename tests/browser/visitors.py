"""Browsers in which a customer of the API is signed in."""

from playwright.sync_api import BrowserContext

from demo.buyer import Buyer


def share_session(buyer: Buyer, visitor: BrowserContext) -> None:
    """Sign the buyer in on a browser, with the session that they have on the API."""
    visitor.add_cookies(
        [
            # With another path the browser would keep it beside the server's next one.
            {"name": c.name, "value": c.value or "", "domain": c.domain, "path": c.path}
            for c in buyer.http.cookies
        ]
    )
    visitor.add_init_script("localStorage.setItem('signed-in', '1')")
