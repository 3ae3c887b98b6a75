"""The addresses that we hand out: all of them are absolute.

They begin with PUBLIC_URL. Without it, which production does not allow, they begin with the host
that the request asked, and nobody but whoever forged that host would follow them.
"""

from flask import Flask, Response, request

from config import settings


def register(app: Flask) -> None:
    app.after_request(_complete_location)


def absolute(address: str) -> str:
    """Put our own address before a path. Other addresses and an empty text stay as they are."""
    return _base() + address if address.startswith("/") else address


def without_our_own(address: str) -> str:
    """Return the path of an address that `absolute` has made, and any other address as it is."""
    path = address.removeprefix(_base())
    return path if path.startswith("/") else address


def _base() -> str:
    return settings.public_url or _asked()


def _asked() -> str:
    """The address that the request asked, without a slash at the end."""
    return request.root_url.rstrip("/")


def _complete_location(response: Response) -> Response:
    location = response.headers.get("Location")
    if location:
        # A redirect of Flask's own names the host that was asked.
        response.headers["Location"] = absolute(location.removeprefix(_asked()))
    return response
