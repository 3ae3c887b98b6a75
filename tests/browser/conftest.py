"""The whole system with its web app, and a Chromium that visits it.

The tests of this folder share both. The browser ends with them: an event loop that stayed in this
process would refuse the loops of other tests.
"""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
)

from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack
from tests.browser.failures import take_pictures
from tests.browser.operators import hire
from tests.browser.shelf import Shelf
from tests.browser.visitors import PATIENCE_MS, open_browser, share_session
from tests.support.chromium import start_chromium
from tests.support.system import OWN

# Answers such as 401 are logged as errors, too, and so is what an error boundary shows.
EXPECTED_ERRORS = (
    "Failed to load resource",
    "OutdatedPageError",
    "NetworkError",
    "ApiError",
    "IntegrationError",
)


expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Take pictures of all open pages when a story fails; the report says where they are."""
    report = yield
    browser = item.funcargs.get("browser")
    if report.failed and isinstance(browser, Browser):
        pages = [page for visitor in browser.contexts for page in visitor.pages]
        report.sections.append(("Pages", "\n".join(take_pictures(pages))))
    return report


@pytest.fixture(scope="package")
def stack(pages: Path) -> Iterator[Stack]:
    """Run a system with its own PostgreSQL, Redis and sandbox."""
    limits = dict.fromkeys(("LOGIN_LIMIT", "LOGIN_LIMIT_PER_ADDRESS"), "10000/minute")
    with Stack(environment=OWN | limits) as running:
        World.of(running).restock(10_000)
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Yield a Chromium without a window."""
    with start_chromium() as running:
        yield running


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """Yield a browser of a new visitor, without cookies."""
    with open_browser(browser, stack) as visitor:
        yield visitor


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Yield a tab, in which no script may fail and nothing may break the security policy."""
    problems: list[str] = []

    def record(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_ERRORS):
            problems.append(message.text)

    tab = context.new_page()
    tab.on("console", record)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    yield tab
    assert problems == []


@pytest.fixture
def world(stack: Stack) -> World:
    """Return the system as the demo's stories use it."""
    return World.of(stack)


@pytest.fixture
def faultless(world: World) -> Iterator[None]:
    """End the faults of the sandbox after a story that switches some on, also if it fails."""
    yield
    world.faults()


@pytest.fixture
def shelf(world: World) -> Shelf:
    """Return the products that a story adds to the catalogue."""
    return Shelf(world)


@pytest.fixture
def lamp(shelf: Shelf) -> Json:
    """Return a product of this story alone, at 49.00."""
    return shelf.add(price=4900)


@pytest.fixture
def buyer(world: World) -> Buyer:
    """Return a new customer, who is signed in on the API."""
    return world.buyer()


@pytest.fixture
def member(page: Page, context: BrowserContext, buyer: Buyer) -> Page:
    """Return the tab of a browser in which the buyer is signed in."""
    share_session(buyer, context)
    return page


@pytest.fixture
def boss(stack: Stack, world: World) -> Buyer:
    """Return a person with the role admin, who is signed in on the API."""
    return hire(stack, world, "admin")


@pytest.fixture
def admin(page: Page, context: BrowserContext, boss: Buyer) -> Page:
    """Return the tab of a browser in which the boss is signed in."""
    share_session(boss, context)
    return page


@pytest.fixture
def staff(page: Page, context: BrowserContext, stack: Stack, world: World) -> Page:
    """Return the tab of a browser in which a member of the staff is signed in."""
    share_session(hire(stack, world, "staff"), context)
    return page
