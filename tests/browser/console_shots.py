"""The pictures of the console, of a shop with a past of two months."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext

from demo.buyer import Buyer, Json
from demo.past.people import ADMIN
from launch.stack import Stack
from tests.browser.visitors import open_browser, share_session

# Paths below /console, by the names of the pictures.
PAGES = {
    "console": "",
    "console-executions": "/executions?machine=order",
    "console-machines": "/machines",
    "console-activities": "/activities",
    "console-notices": "/notices",
    "console-bulk": "/bulk",
    "console-controls": "/controls",
    "console-people": "/people",
    "console-catalogue": "/catalogue",
    "console-audit": "/audit",
    "console-settings": "/settings",
}


@contextmanager
def visit_console(browser: Browser, stack: Stack, admin: Buyer) -> Iterator[BrowserContext]:
    """Open a browser in which the admin is signed in."""
    with open_browser(browser, stack) as visitor:
        share_session(admin, visitor)
        yield visitor


def list_paths(admin: Buyer) -> dict[str, str]:
    """Return the paths of the console's pages by the names of their pictures."""
    order = _find_order_with_failed_refund(admin)
    paths = {name: f"/console{path}" for name, path in PAGES.items()}
    return paths | {"console-execution": f"/console/executions/order/{order}"}


def sign_in_admin(stack: Stack) -> Buyer:
    """Sign the admin of the past in, and return them."""
    admin = Buyer(stack.urls, ADMIN)
    admin.log_in()
    return admin


def _find_order_with_failed_refund(admin: Buyer) -> str:
    url = f"{admin.urls.web}/admin/executions"
    query = {"machine": "refund", "state": "Failed"}
    response = admin.http.get(url, params=query, timeout=30)
    response.raise_for_status()
    refund: Json = response.json()["items"][0]
    return str(refund["parent"]["id"])
