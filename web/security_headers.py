"""Security headers of every response."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response

from config import settings
from web.schemas.shop import ShopView

POLICY = "Content-Security-Policy"
# An answer of the API loads nothing. Pictures of products may have styles.
API_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
# The page of the API's reference styles itself inline.
REFERENCE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
# Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
SECURITY = {
    POLICY: API_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Responses are private and must not be cached by others.
PRIVATE = {"Cache-Control": "no-store"}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
# Source: https://docs.stripe.com/security/guide#content-security-policy
STRIPE_SCRIPTS = ("https://js.stripe.com", "https://*.js.stripe.com")
STRIPE_FRAMES = (*STRIPE_SCRIPTS, "https://hooks.stripe.com")
STRIPE_API = "https://api.stripe.com"


def register(app: Flask) -> None:
    """Add the headers to the responses of an application."""
    app.after_request(_add_headers)


def page_policy(shop: ShopView, nonce: str) -> str:
    """Return the content security policy of the web app's pages.

    The components write style elements, which `nonce` permits; attributes `style` in HTML stay
    forbidden. In development the sandbox stands in for Stripe.
    """
    script = _origin(shop.stripe_script_url)
    is_stripe = script in STRIPE_SCRIPTS
    scripts = STRIPE_SCRIPTS if is_stripe else (script,)
    frames = STRIPE_FRAMES if is_stripe else (script,)
    calls = STRIPE_API if is_stripe else script
    events = _origin(shop.events_url) if shop.events_url else ""
    pictures = _origin(settings.public_url) if settings.public_url else ""
    directives = {
        "default-src": ("'none'",),
        "script-src": ("'self'", *scripts),
        "style-src": ("'self'", f"'nonce-{nonce}'"),
        "img-src": ("'self'", "data:", pictures, *settings.image_origins),
        "font-src": ("'self'",),
        "connect-src": ("'self'", calls, events),
        "frame-src": frames,
        "manifest-src": ("'self'",),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'none'",),
    }
    return "; ".join(" ".join((name, *filter(None, at))) for name, at in directives.items())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _add_headers(response: Response) -> Response:
    https = HTTPS_ONLY if settings.projectx_env == "production" else {}
    # Werkzeug makes an exception to find that a header is missing.
    present = {name.lower() for name, _ in response.headers}
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        # An unchanged page keeps its policy: that of the answer 304 would replace it.
        present.add(POLICY.lower())
    for name, value in (SECURITY | PRIVATE | https).items():
        if name.lower() not in present:
            response.headers.add(name, value)
    return response
