"""The browsers of visitors, and of customers of the API who are signed in there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from demo.buyer import Buyer
from launch.stack import Stack
from tests.browser.failures import take_pictures

# Milliseconds. A busy machine takes long, and a test fails only once.
PATIENCE_MS = 60_000


@contextmanager
def open_browser(browser: Browser, stack: Stack, **options: Any) -> Iterator[BrowserContext]:
    """Yield the browser of another person, without cookies."""
    with browser.new_context(base_url=stack.urls.web, **{"locale": "en-US", **options}) as visitor:
        visitor.set_default_timeout(PATIENCE_MS)
        try:
            yield visitor
        except Exception as error:
            for line in take_pictures(visitor.pages):
                error.add_note(line)
            raise
        finally:
            let_go(visitor)


def let_go(visitor: BrowserContext) -> None:
    """End the tabs' own answers: one that a page waits for would fail with the browser's end."""
    visitor.unroute_all(behavior="ignoreErrors")
    for tab in visitor.pages:
        tab.unroute_all(behavior="ignoreErrors")


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
