"""Answers of the system that a story changes on their way to the page."""

from playwright.sync_api import APIResponse, Route


def fetch_whole(route: Route) -> APIResponse:
    """Fetch the answer to a request with its body, also when the browser has it already."""
    headers = {
        name: value for name, value in route.request.headers.items() if name != "if-none-match"
    }
    return route.fetch(headers=headers)
