"""Rules that hold for every page, by day and by night, in English and in Spanish."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from launch.stack import Stack
from tests.browser.tour import Mode, Tour, find_faults, find_untranslated, tours
from tests.support.proof import IN_FULL
from web.routes.pages import PATHS

# Two modes have both languages and both schemes: colours do not depend on words.
MODES = (Mode("en", "light"), Mode("es", "dark"))
# `make test` looks at each page in one of the modes, `make prove` in both.
PAGES = [
    pytest.param(mode, rule, id=f"{mode}-{rule}")
    for number, mode in enumerate(MODES)
    for place, rule in enumerate(PATHS)
    if IN_FULL or (number + place) % len(MODES) == 0
]


@pytest.fixture(scope="module", params=MODES, ids=str)
def tour(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Tour]:
    """Yield the tabs of each mode in turn."""
    yield from tours(browser, stack, request.param)


@pytest.mark.parametrize(("tour", "rule"), PAGES, indirect=["tour"])
def test_a_page_keeps_the_rules(tour: Tour, rule: str) -> None:
    tour.take_errors()
    tab = tour.open(rule)
    faults = find_faults(tab, tour.mode)
    if tour.mode.language != "en":
        faults += find_untranslated(tab, tour.known_words())
    assert faults + tour.take_errors() == []


def test_titles_differ_and_pages_take_the_focus(tour: Tour) -> None:
    titles: list[str] = []
    tour.take_errors()
    tour.open("/about")
    tour.open("/orders")
    # The first pages of the tabs come last: they are followed to, too.
    for rule in sorted(PATHS, key=lambda rule: rule in ("/about", "/orders")):
        tab = tour.go(rule)
        # A form that is all of a page may begin in its first field.
        heading_or_field = tab.get_by_role("main").locator("h1:focus, input:focus")
        expect(heading_or_field, rule).to_be_visible()
        titles.append(tab.title())
    assert sorted(set(titles)) == sorted(titles)
    assert tour.take_errors() == []


def test_the_skip_link_leads_to_the_content(tour: Tour) -> None:
    tab = tour.open("/products")
    tab.keyboard.press("Tab")
    link = tab.locator("[href='#content']")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("main").locator(":focus")).to_be_visible()
