"""Security headers of every response."""

from flask import Flask, Response

from config import settings

# Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
SECURITY = {
    # The page of the API's documentation styles itself inline.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:;"
    " style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def register(app: Flask) -> None:
    """Add the headers to the responses of an application."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    https = HTTPS_ONLY if settings.projectx_env == "production" else {}
    for name, value in (SECURITY | https).items():
        response.headers.setdefault(name, value)
    # Responses are private and must not be cached by others.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
