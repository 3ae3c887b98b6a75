"""Conditional requests for an order, which its version alone answers.

With `If-None-Match` an unchanged order is 304. With `Prefer: wait`, too, the request waits for a
change.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from models.order_version import load_own_version
from web import authentication, prefer, waiters
from web.changes import subscribe


def authenticate() -> None:
    """Authenticate the caller; a handler for `before_request`.

    The query of `respond_if_unchanged` checks the session of a conditional request.
    """
    if request.if_none_match:
        authentication.require_token()
    else:
        authentication.require_session()


def respond_if_unchanged(order: UUID | str) -> Response | None:
    """Return 304 while the client has the current version of an order, else None.

    `order` is the id of the caller's order, or its reference. Raises NotAuthenticatedError when the
    session has ended, and NotFoundError.
    """
    if not request.if_none_match:
        return None
    order_id, version = _load(order)
    seconds = prefer.wait(0)
    if seconds and _is_known(version):
        version = _wait_for_change(order_id, seconds)
    if not _is_known(version):
        return None
    return _with_version(Response(status=HTTPStatus.NOT_MODIFIED), version)


def respond(body: dict[str, Any]) -> Response:
    """Return the response with the view of an order."""
    return _with_version(jsonify(body), body["version"])


def _with_version(response: Response, version: str) -> Response:
    """Add a version as the ETag, and `Preference-Applied` where the request could wait for it."""
    response.set_etag(version)
    return prefer.with_preference_applied(response) if request.if_none_match else response


def _is_known(version: str) -> bool:
    # A proxy that compresses responses makes their tags weak.
    return request.if_none_match.contains_weak(version)


def _wait_for_change(order_id: UUID, seconds: float) -> str:
    """Return the version once it differs from the client's, or after `seconds`."""
    with subscribe(order_id) as subscription:
        # Each look checks the session: the caller may have signed out meanwhile.
        return waiters.wait_until(
            lambda current: not _is_known(current),
            subscription,
            seconds,
            initial=_load(order_id)[1],
            load=lambda: _load(order_id)[1],
        )


def find(order: UUID | str) -> UUID:
    """Return the id of the caller's order. Raises as `respond_if_unchanged` does."""
    return _load(order)[0]


def _load(order: UUID | str) -> tuple[UUID, str]:
    """Load the id and the version of the caller's order."""
    caller = authentication.caller()
    return load_own_version(caller.user_id, caller.session_id, order)
