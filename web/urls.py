"""The addresses that we hand out: all of them are absolute.

They begin with PUBLIC_URL. Without it, which production does not allow, they begin with the host
that the request asked: a forged one reaches nobody but the one who forged it.
"""

from flask import Flask, Response, request

from config import settings


def register(app: Flask) -> None:
    app.after_request(_complete_location)


def make_absolute(address: str) -> str:
    """Put our own address before a path. Other addresses and an empty text stay as they are."""
    return _own_address() + address if address.startswith("/") else address


def make_relative(address: str) -> str:
    """Return the path of one of our own addresses, and any other address as it is."""
    path = address.removeprefix(_own_address())
    return path if path.startswith("/") else address


def _own_address() -> str:
    return settings.public_url or _asked_address()


def _asked_address() -> str:
    """Return the address that the request asked, without a slash at the end."""
    return request.root_url.rstrip("/")


def _complete_location(response: Response) -> Response:
    location = response.headers.get("Location")
    if location:
        # A redirect of Flask's own names the host that was asked.
        response.headers["Location"] = make_absolute(location.removeprefix(_asked_address()))
    return response
