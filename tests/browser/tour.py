"""A visitor and a member of one language and colour scheme, who see every page of the shop."""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.operators import pay_order
from tests.browser.shelf import STAPLE
from tests.browser.visitors import open_browser, share_session
from web.routes.pages import PRIVATE

LANGUAGES = {"en": "en-US", "es": "es-ES"}
# Pages of people without a session.
SIGNED_OUT = ("/sign-in", "/goodbye")
NARROW: ViewportSize = {"width": 320, "height": 720}
WIDE: ViewportSize = {"width": 1280, "height": 900}
MAX_MOTION_TIME = 0.001  # seconds
PAGE_SIZE = 100
# Computed styles have their durations in seconds.
MOTION_TIME = """() => Math.max(...[...document.querySelectorAll('*')].map(element => {
  const style = getComputedStyle(element)
  const durations = `${style.transitionDuration}, ${style.animationDuration}`.split(', ')
  return Math.max(...durations.map(parseFloat))
}))"""
# The first frame after a change of the window still has the sizes of before.
WIDTH = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  done(document.documentElement.scrollWidth)
)))"""
# The words of a page: its lines, and those that only screen readers and empty fields say.
WORDS = """() => [
  ...document.body.innerText.split('\\n'),
  ...[...document.querySelectorAll('[aria-label], [placeholder], [alt], [title]')].flatMap(
    element => ['aria-label', 'placeholder', 'alt', 'title'].map(name => element.getAttribute(name))
  ),
].map(line => (line ?? '').trim())"""
# A link keeps the focus that the click gave it, until the new page takes it.
FOLLOW = """path => {
  document.querySelector('h1').dataset.left = ''
  document.querySelector('header a').focus()
  history.pushState(null, '', path)
}"""


class Mode(NamedTuple):
    """A language and a colour scheme. In the dark, motion is reduced, too."""

    language: str
    scheme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.scheme}"

    def options(self) -> dict[str, Any]:
        motion = "reduce" if self.scheme == "dark" else "no-preference"
        return {
            "locale": LANGUAGES[self.language],
            "color_scheme": self.scheme,
            "reduced_motion": motion,
        }


class Tour:
    """Tabs of a mode: a visitor's and a member's, who has an order and a filled cart."""

    def __init__(
        self, mode: Mode, visitor: Page, member: Page, buyer: Buyer, names: dict[str, str]
    ) -> None:
        self.mode = mode
        self._visitor, self._member, self._buyer = visitor, member, buyer
        self._names = names
        self._errors: list[str] = []
        for tab in (visitor, member):
            tab.on("console", self._record)
            tab.on("pageerror", lambda error: self._errors.append(str(error)))

    def known_words(self) -> str:
        """Return the words that are the same in all languages, such as names of products.

        The catalogue is read anew: other stories on the same system add products.
        """
        products = json.dumps(read_catalogue(self._buyer), ensure_ascii=False)
        return products + "1 Main Street Visa •••• 4242"

    def path(self, rule: str) -> str:
        """Return the path of a real page of a rule of the server."""
        for name, value in self._names.items():
            rule = rule.replace(name, value)
        return rule

    def tab(self, rule: str) -> Page:
        """Return the tab of the person who sees the page."""
        return self._member if rule in PRIVATE and rule not in SIGNED_OUT else self._visitor

    def open(self, rule: str) -> Page:
        """Load a page, and return its tab once all of it is there."""
        tab = self.tab(rule)
        tab.goto(self.path(rule))
        self.wait_until_complete(tab)
        return tab

    def go(self, rule: str) -> Page:
        """Follow a link to a page, which loads no document. Return its tab once it is there."""
        tab = self.tab(rule)
        tab.evaluate(FOLLOW, self.path(rule))
        expect(tab.locator("h1:not([data-left])")).to_be_visible()
        self.wait_until_complete(tab)
        return tab

    def wait_until_complete(self, tab: Page) -> None:
        """Wait until a page has its heading, and nothing of it is still being loaded."""
        expect(tab.locator("h1")).to_be_visible()
        expect(tab.locator("[class*='Skeleton']")).to_have_count(0)
        if tab == self._member:
            # A page that is left while it renews the session loses the new token.
            account = tab.get_by_role("banner").locator("[href='/account']")
            expect(account).to_be_visible()

    def take_errors(self) -> list[str]:
        """Return the errors of scripts and of the policy since the last call."""
        errors, self._errors = self._errors, []
        return errors

    def _record(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._errors.append(message.text)


def tours(browser: Browser, stack: Stack, mode: Mode) -> Iterator[Tour]:
    """Yield the tour of a mode; its browsers end afterwards."""
    buyer = World.of(stack).buyer()
    order = pay_order(buyer)
    (product,) = (each for each in read_catalogue(buyer) if each["id"] == STAPLE["id"])
    options = {**mode.options(), "viewport": WIDE}
    with (
        open_browser(browser, stack, **options) as visitors,
        open_browser(browser, stack, **options) as members,
    ):
        sign_in(members, buyer, product)
        names = {"<product_id>": str(product["id"]), "<reference>": order["referenceId"]}
        yield Tour(mode, visitors.new_page(), members.new_page(), buyer, names)


def read_catalogue(buyer: Buyer) -> list[Json]:
    """Return all products that are listed, sold out or not."""
    products: list[Json] = []
    for page in count(1):
        query = {"page": page, "size": PAGE_SIZE}
        answer = buyer.http.get(f"{buyer.urls.product}/product", params=query, timeout=30)
        answer.raise_for_status()
        products += answer.json()
        if len(products) < page * PAGE_SIZE:
            break
    return products


def sign_in(context: BrowserContext, buyer: Buyer, product: Json) -> None:
    """Give a browser the buyer's session, and a cart with a product."""
    share_session(buyer, context)
    line = {
        "productId": product["id"],
        "quantity": 1,
        "name": product["name"],
        # Pictures come from the origin of the page.
        "imageUrl": urlsplit(product["imageUrl"]).path,
        "price": product["estimatedPrice"],
        "currency": product["currency"],
    }
    cart = {"lines": [line], "referenceId": f"tour-{buyer.email}", "isPlaced": False}
    context.add_init_script(f"localStorage.setItem('cart', {json.dumps(json.dumps(cart))})")


def find_faults(tab: Page, mode: Mode) -> list[str]:
    """Return how a page breaks the rules that hold for every page."""
    faults = find_violations(tab)
    if (number := tab.locator("h1").count()) != 1:
        faults.append(f"{number} headings of the first level")
    if not tab.title():
        faults.append("the document has no title")
    if (language := tab.evaluate("document.documentElement.lang")) != mode.language:
        faults.append(f"the language is {language!r}")
    if mode.options()["reduced_motion"] == "reduce" and tab.evaluate(MOTION_TIME) > MAX_MOTION_TIME:
        faults.append("something moves, although motion is reduced")
    tab.set_viewport_size(NARROW)
    width = tab.evaluate(WIDTH)
    tab.set_viewport_size(WIDE)
    if width > NARROW["width"]:
        faults.append(f"at {NARROW['width']} px it is {width} px wide")
    return faults


def find_untranslated(tab: Page, known: str) -> list[str]:
    """Return the lines of several words that stay when the language changes.

    `known` has the words that are the same in both languages: names of products, for example.
    """
    before = set(tab.evaluate(WORDS))
    switch_language(tab)
    after = set(tab.evaluate(WORDS))
    switch_language(tab)
    lines = before & after
    return sorted(line for line in lines if len(line.split()) > 2 and line not in known)


def switch_language(tab: Page) -> None:
    """Press the button that switches to the other language."""
    language = tab.evaluate("document.documentElement.lang")
    tab.get_by_role("banner").get_by_role("button", name=re.compile("Español|English")).click()
    tab.wait_for_function("before => document.documentElement.lang !== before", arg=language)
