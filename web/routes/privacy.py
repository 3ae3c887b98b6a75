"""Routes of exporting and erasing the caller's personal data."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from models import User, reading, transaction
from state_machines.actions import manage_users
from state_machines.actions.erase_user import request_erasure
from web import authentication, cookies
from web.blueprint import ApiBlueprint
from web.personal_export import export_of
from web.rate_limits import limiter
from web.request import cause
from web.schemas.privacy import ErasureRequested

api = ApiBlueprint(
    "privacy",
    __name__,
    url_prefix="/auth/user",
    abp_tags=[Tag(name="user")],
    abp_security=[{"bearer": []}],
)
api.before_request(authentication.require_session)


# Counted for the customer, not for the address, which many customers may share.
@limiter.limit("20/hour", key_func=lambda: str(authentication.caller().user_id))
def _count_export() -> None:
    """Count an export for its customer. Raises RateLimitExceeded."""


@api.get("/export", responses={200: {"content": {"application/json": {}}}})
def export_data() -> Any:
    """Download all data about the caller as a JSON file. Amounts are in minor units."""
    _count_export()
    with reading():
        return export_of(authentication.current_user())


@api.delete("", responses={202: ErasureRequested})
def erase() -> Any:
    """Delete the account and erase the personal data. Amounts stay for accounting.

    409 while an order, a refund or a dispute is open, and for the last admin.
    """
    caller = authentication.caller()
    with cause(caller.user_id), transaction():
        authentication.current_user()
        lock = manage_users.lock_for_removal if "admin" in caller.roles else manage_users.lock
        user = lock(User.id == caller.user_id)
        erasure = request_erasure(user)
    body = ErasureRequested(
        erasure_id=erasure.id,
        status=erasure.state,
        message="The account is closed, and its personal data is being erased",
    )
    response: Response = jsonify(body.json_ready())
    response.status_code = HTTPStatus.ACCEPTED
    cookies.delete_refresh_token(response)
    return response
