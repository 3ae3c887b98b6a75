"""The web app as Chromium gets it: it starts, and its policy permits all that it does."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from launch.stack import Stack
from tests.browser.failures import take_pictures
from tests.browser.visitors import open_browser
from web.routes.pages import PATHS


def test_the_home_page_opens(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_role("banner")).to_be_visible()
    # Its variables come from a style element, which needs the nonce of the policy.
    body = "getComputedStyle(document.body)"
    assert page.evaluate(f"{body}.getPropertyValue('--mantine-color-clay-7')") == "#b04e28"


def test_the_fonts_come_with_the_page_once_and_before_its_texts(page: Page) -> None:
    page.goto("/", wait_until="networkidle")
    entries = "performance.getEntriesByType('resource').filter(each => each.name.includes('woff2'))"
    kinds = page.evaluate(f"{entries}.map(each => each.initiatorType)")
    assert kinds == ["link", "link"], "only what index.html preloads"


def test_every_page_opens(page: Page) -> None:
    for path in PATHS:
        if "<" not in path:
            page.goto(path)
            expect(page.get_by_role("main"), path).to_be_visible()


def test_without_javascript_the_page_says_what_it_needs(browser: Browser, stack: Stack) -> None:
    with browser.new_context(base_url=stack.urls.web, java_script_enabled=False) as visitor:
        page = visitor.new_page()
        page.goto("/products")
        notice = page.locator(".no-script")
        expect(notice).to_be_visible()
        # Expectations of a text leave out what is in noscript.
        assert "This shop needs JavaScript." in notice.inner_text()


def test_an_unknown_page_says_so(page: Page) -> None:
    answer = page.goto("/nothing")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("main")).to_be_visible()


def test_a_story_that_fails_leaves_a_picture_of_each_page(
    page: Page, browser: Browser, stack: Stack, tmp_path: Path
) -> None:
    page.goto("/about")
    (line,) = take_pictures([page], tmp_path)
    url, _, file = line.rpartition(": ")
    assert url == page.url
    assert Path(file).read_bytes().startswith(b"\x89PNG")
    assert "test_a_story_that_fails" in file

    def fail() -> None:
        with open_browser(browser, stack) as visitor:
            visitor.new_page()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as failure:
        fail()
    (note,) = failure.value.__notes__
    assert note.startswith("about:blank: ")
    Path(note.rpartition(": ")[2]).unlink()


def test_a_page_that_has_not_changed_works_from_the_cache(page: Page) -> None:
    page.goto("/about")
    page.goto("/terms")
    page.goto("/about")
    expect(page.get_by_role("main")).to_be_visible()
