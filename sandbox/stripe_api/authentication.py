"""API keys: secret keys may do everything, publishable keys what a browser may do."""

import base64
import binascii

from aiohttp import web

from sandbox.compact import Json
from sandbox.stripe_api.errors import StripeError

SECRET = ("sk_", "rk_")
PUBLISHABLE = "pk_"


def api_key(request: web.Request, params: Json) -> str:
    """Return the key of the Authorization header or the field `key`. Raises StripeError 401."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    key = value.strip()
    if kind.lower() == "basic":
        key = _user(key)
    if not key:
        key = str(params.get("key", ""))
    if not key:
        raise _unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at "
            "https://support.stripe.com/."
        )
    if not key.startswith((*SECRET, PUBLISHABLE)):
        raise _unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}")
    return key


def refuse_publishable(key: str) -> None:
    if key.startswith(PUBLISHABLE):
        raise _unauthorized(
            "This API call cannot be made with a publishable API key. Please use a secret API key. "
            "You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
            code="secret_key_required",
        )


def _user(encoded: str) -> str:
    try:
        return base64.b64decode(encoded).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _unauthorized(message: str, code: str | None = None) -> StripeError:
    return StripeError(message, status=401, code=code, executed=False)
