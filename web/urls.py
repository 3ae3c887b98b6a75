"""URLs in responses. All of them are absolute.

They begin with PUBLIC_URL. Without it, which production does not allow, they begin with the host
of the request.
"""

from flask import Flask, Response, request

from config import settings


def register(app: Flask) -> None:
    """Make the header Location absolute in the responses of an application."""
    app.after_request(_complete_location)


def make_absolute(url: str) -> str:
    """Prefix a path with our base URL. Return other URLs and an empty string unchanged."""
    return _base_url() + url if url.startswith("/") else url


def make_relative(url: str) -> str:
    """Return the path of a URL below our base URL. Return other URLs unchanged."""
    path = url.removeprefix(_base_url())
    return path if path.startswith("/") else url


def _base_url() -> str:
    return settings.public_url or _request_base_url()


def _request_base_url() -> str:
    """Return the base URL of the request, without a slash at the end."""
    return request.root_url.rstrip("/")


def _complete_location(response: Response) -> Response:
    location = response.headers.get("Location")
    if location:
        # Flask's own redirects contain the host of the request.
        response.headers["Location"] = make_absolute(location.removeprefix(_request_base_url()))
    return response
