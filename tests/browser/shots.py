"""`make shots`: take pictures of every page of the web app.

Without arguments they go into docs/pictures. `python -m tests.browser.shots FOLDER` takes all sizes
in both colour schemes; with `--whole` the pages are shown down to their end.
"""

import argparse
import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from demo.buyer import Buyer
from launch.children import end_in_order
from launch.frontend import Frontend
from launch.stack import ROOT, Stack
from tests.browser.console_shots import list_paths, sign_in_admin, visit_console
from tests.browser.shop_with_orders import EMAIL, place_orders, sign_in
from tests.browser.visitors import share_session
from tests.support.chromium import start_chromium
from tests.support.system import OWN

FOLDER = ROOT / "docs/pictures"
HEIGHTS = {390: 844, 1280: 900, 1920: 1080}
ALL_VIEWS = tuple((width, scheme) for width in HEIGHTS for scheme in ("light", "dark"))
# The views of the pictures in the repository.
VIEWS = ((1280, "light"), (1280, "dark"), (390, "light"))
WEBP_QUALITY = 80
MAX_IDLE_WAIT_MS = 1500
# Skeletons have been replaced, and the pictures on the screen have been loaded.
IS_SETTLED = """() => document.querySelector('[class*=Skeleton-root]') === null
  && [...document.images].every(
    (image) => image.complete || image.getBoundingClientRect().top > innerHeight)"""
# One address signs in again and again.
LIMITS = {
    "LOGIN_LIMIT": "10000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "LOGIN_COOLDOWN": "0",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the page at `path`, after `act`, on screens from `min_width`."""

    name: str
    path: str
    act: Callable[[Page], None] | None = None
    min_width: int = 0


def list_public_shots() -> list[Shot]:
    """Return the pictures of pages that need no session."""
    return [
        Shot("home", "/"),
        Shot("catalogue", "/products"),
        Shot("catalogue-search", "/products?q=oak"),
        Shot("catalogue-no-match", "/products?q=submarine"),
        Shot("product", "/products/1"),
        Shot("product-few-left", "/products/7"),
        Shot("cart", "/cart"),
        Shot("cart-drawer", "/products", open_drawer, min_width=1280),
        Shot("sign-in", "/sign-in"),
        Shot("sign-in-code", "/sign-in", request_code),
        Shot("about", "/about"),
        Shot("terms", "/terms"),
        Shot("privacy", "/privacy"),
        Shot("goodbye", "/goodbye"),
        Shot("not-found", "/nothing"),
        # The cart stays empty.
        Shot("cart-empty", "/cart", empty_cart),
    ]


def list_member_shots(orders: dict[str, str]) -> list[Shot]:
    """Return the pictures of the customer's own pages."""
    return [
        Shot("checkout", "/checkout"),
        Shot("orders", "/orders"),
        *(Shot(f"order-{state}", path) for state, path in orders.items()),
        Shot("order-cancel", orders["paid"], open_cancel_dialog),
        Shot("receipt", f"{orders['delivered']}/receipt"),
        Shot("account", "/account"),
    ]


def list_sandbox_shots(sandbox_url: str) -> list[Shot]:
    """Return the pictures of the sandbox's pages."""
    return [
        Shot("mailbox", f"{sandbox_url}/mail"),
        Shot("bank", f"{sandbox_url}/", drop_webhooks),
    ]


def open_drawer(page: Page) -> None:
    page.get_by_role("link", name="Cart, ").click()
    page.get_by_role("dialog").wait_for()


def request_code(page: Page) -> None:
    page.locator("input[type=email]").fill(EMAIL)
    page.locator("input[type=email]").press("Enter")
    page.locator("[autocomplete='one-time-code']").first.wait_for()


def empty_cart(page: Page) -> None:
    page.evaluate("localStorage.removeItem('cart')")
    page.reload()


def open_cancel_dialog(page: Page) -> None:
    page.get_by_role("button", name="Cancel order").click()
    page.get_by_role("dialog").wait_for()


def drop_webhooks(page: Page) -> None:
    page.get_by_role("button", name="Drop all webhooks").click()
    page.locator("#fault-state").get_by_text("on").wait_for()


@contextmanager
def visit(browser: Browser, stack: Stack, buyer: Buyer | None = None) -> Iterator[BrowserContext]:
    """Open a browser with a cart, in which `buyer` is signed in."""
    with browser.new_context(
        base_url=stack.urls.web, locale="en-US", reduced_motion="reduce"
    ) as visitor:
        if buyer:
            share_session(buyer, visitor)
        page = visitor.new_page()
        for product in (1, 20):
            page.goto(f"/products/{product}")
            page.get_by_role("main").get_by_role("button", name="Add to cart").first.click()
        page.close()
        yield visitor


def take(visitor: BrowserContext, shot: Shot, view: tuple[int, str], *, whole: bool) -> bytes:
    """Take a picture in a new tab."""
    width, scheme = view
    page = visitor.new_page()
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(shot.path)
    settle(page)
    if shot.act:
        shot.act(page)
        settle(page)
    tools = visitor.new_cdp_session(page)
    options = {"format": "webp", "quality": WEBP_QUALITY}
    if whole:
        size = tools.send("Page.getLayoutMetrics")["cssContentSize"]
        options |= {"captureBeyondViewport": True, "clip": {**size, "scale": 1}}
    picture = tools.send("Page.captureScreenshot", options)["data"]
    page.close()
    return base64.b64decode(picture)


def settle(page: Page) -> None:
    """Wait until the page shows its content, also in frames of others such as Stripe's."""
    page.get_by_role("main").wait_for()
    # An order's page always waits for news.
    with suppress(PlaywrightTimeoutError):
        page.wait_for_load_state("networkidle", timeout=MAX_IDLE_WAIT_MS)
    page.wait_for_function(IS_SETTLED)


def write_all(
    visitor: BrowserContext, shots: list[Shot], view: tuple[int, str], folder: Path, *, whole: bool
) -> None:
    """Write the pictures of the pages that fit the view."""
    for shot in shots:
        if shot.min_width <= view[0]:
            file = folder / f"{shot.name}-{view[0]}-{view[1]}.webp"
            file.write_bytes(take(visitor, shot, view, whole=whole))


def take_shop(folder: Path, views: tuple[tuple[int, str], ...], *, whole: bool) -> None:
    """Start the system, and write a picture of each page of the shop in each of the views."""
    with start_system() as stack, start_chromium() as browser:
        own = list_member_shots(place_orders(stack))
        for view in views:
            for buyer, shots in ((None, list_public_shots()), (sign_in(stack), own)):
                with visit(browser, stack, buyer) as visitor:
                    write_all(visitor, shots, view, folder, whole=whole)
        # The last, since it breaks things.
        with browser.new_context(locale="en-US", reduced_motion="reduce") as visitor:
            for view in views:
                write_all(
                    visitor, list_sandbox_shots(stack.urls.sandbox), view, folder, whole=whole
                )


def take_console(folder: Path, views: tuple[tuple[int, str], ...], *, whole: bool) -> None:
    """Start a system with a past, and write a picture of each page of the console."""
    with start_system(with_past=True) as stack, start_chromium() as browser:
        paths = list_paths(sign_in_admin(stack))
        shots = [Shot(name, path) for name, path in paths.items()]
        for view in views:
            with visit_console(browser, stack, sign_in_admin(stack)) as visitor:
                write_all(visitor, shots, view, folder, whole=whole)


def start_system(*, with_past: bool = False) -> Stack:
    return Stack(environment=OWN | LIMITS, with_past=with_past)


def main() -> int:
    end_in_order()
    parser = argparse.ArgumentParser(prog="make shots", description="Take pictures of every page.")
    parser.add_argument("folder", nargs="?", type=Path, help="for all views; else docs/pictures")
    parser.add_argument("--whole", action="store_true", help="show pages down to their end")
    options = parser.parse_args()
    Frontend().build()
    views = ALL_VIEWS if options.folder else VIEWS
    folder = options.folder or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for take_pages in (take_shop, take_console):
        take_pages(folder, views, whole=options.whole)
    sys.stdout.write(f"The pictures are in {folder}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
