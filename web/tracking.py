"""Conditional requests for an order, which its version alone answers.

With `If-None-Match` an unchanged order is 304. With `Prefer: wait`, too, the request waits for a
change.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from sqlalchemy import ColumnElement, select

from models import Order, Payment, reading
from models.errors import NotFoundError
from models.order_version import order_version
from web import authentication, prefer, waiters
from web.changes import subscribe


def unchanged(which: ColumnElement[bool]) -> Response | None:
    """Return 304 while the client has the current version of the order, else None.

    Raises NotFoundError.
    """
    if not request.if_none_match:
        return None
    order_id, version = _load(which)
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
    this = Order.id == order_id
    with subscribe(order_id) as subscription:
        version = waiters.wait_until(
            lambda current: not _is_known(current),
            subscription,
            seconds,
            initial=_load(this)[1],
            load=lambda: _load(this)[1],
        )
    # The caller may have signed out meanwhile.
    authentication.require_open_session()
    return version


def _load(which: ColumnElement[bool]) -> tuple[UUID, str]:
    """Load the id and the version of the order. Raises NotFoundError."""
    with reading() as session:
        query = select(Order.id, order_version()).join(Payment, Payment.order_id == Order.id)
        row = session.execute(query.where(which)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such order")
    return row[0], row[1]
