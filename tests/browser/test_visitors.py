"""Stories of the tests' own browsers."""

import socket

from playwright.sync_api import Browser, Route

from launch.stack import Stack
from tests.browser.visitors import open_browser


def test_a_story_may_end_while_a_page_waits_for_an_answer_that_it_changes(
    browser: Browser, stack: Stack
) -> None:
    asked: list[str] = []

    def change(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(response=route.fetch(url=address))

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with open_browser(browser, stack) as visitor:
            tab = visitor.new_page()
            tab.goto("/terms")
            tab.route("**/product?*", change)
            with tab.expect_request("**/product?*"):
                tab.evaluate("() => void fetch('/product?size=1')")
            tab.evaluate("() => 'the route has been told'")
        # The next call is where an error of the closed browser would show.
        with open_browser(browser, stack) as visitor:
            assert visitor.new_page().goto("/terms")
    assert len(asked) == 1
