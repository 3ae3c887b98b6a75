"""Routes of the caller's profile, and of the public keys of access tokens."""

from typing import Any

from flask import jsonify
from flask_openapi.models.tag import Tag

from models import transaction
from models.clock import now
from signing_keys import public_key_set
from web import authentication
from web.blueprint import ApiBlueprint
from web.schemas.user import Profile, UserView

api = ApiBlueprint(
    "user",
    __name__,
    url_prefix="/auth/user",
    abp_tags=[Tag(name="user")],
    abp_security=[{"bearer": []}],
)
api.before_request(authentication.require_session)
keys = ApiBlueprint("keys", __name__, url_prefix="/auth", abp_tags=[Tag(name="user")])


@api.get("", responses={200: UserView})
def show() -> Any:
    """Return the caller's profile."""
    with transaction():
        user = authentication.current_user()
    return UserView.of(user).json_ready()


@api.patch("", responses={200: UserView})
def change(body: Profile) -> Any:
    """Update the given fields of the caller's profile."""
    with transaction():
        user = authentication.current_user()
        body.apply_to(user)
        user.updated_at = now()
    return UserView.of(user).json_ready()


@keys.get("/.well-known/jwks.json", responses={200: {"content": {"application/json": {}}}})
def key_set() -> Any:
    """Return the public keys of access tokens (RFC 7517)."""
    response = jsonify(public_key_set())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
