"""The applications: one for each service, or one with all of them."""

import re

from flask import Flask
from flask_cors import CORS
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from config import settings
from models import connection
from models.base import db
from signing_keys import signing_key
from web import (
    denials,
    errors,
    rate_limits,
    request,
    request_metrics,
    security_events,
    security_headers,
    traced_requests,
    urls,
)
from web.blueprint import ApiBlueprint
from web.commands import groups
from web.openapi import Api
from web.revisions import MIGRATIONS
from web.routes import (
    admin,
    docs,
    events,
    health,
    login,
    order,
    pages,
    passkeys,
    privacy,
    product,
    product_changes,
    quote,
    session,
    shop,
    site,
    step_up,
    summary,
    user,
    webhook,
)

SERVICES: dict[str, tuple[ApiBlueprint, ...]] = {
    "auth": (
        login.api,
        step_up.api,
        passkeys.api,
        passkeys.mine,
        session.api,
        session.listing,
        user.api,
        user.keys,
        privacy.api,
        events.api,
    ),
    "order": (shop.api, quote.api, order.api, summary.api, webhook.api),
    "product": (product.api, product_changes.api),
    "admin": admin.BLUEPRINTS,
}
# The rules and commands of every application, in the order in which they see a request.
PARTS = (
    denials,
    request,
    errors,
    security_headers,
    urls,
    groups,
    traced_requests,
    request_metrics,
    security_events,
)
request_metrics.SERVICES.update(
    {blueprint.name: service for service, each in SERVICES.items() for blueprint in each}
)
EXPOSED_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    # Its error says that a step-up is needed.
    "WWW-Authenticate",
    "X-Request-Id",
    "X-Total-Count",
)


def create_app(*services: str) -> Flask:
    """Create the application of these services, or of all and the pages when none is named.

    Raises RuntimeError when a required setting is missing.
    """
    app = Api("web")
    # A forged Host or X-Forwarded-Host must not appear in links.
    app.config["TRUSTED_HOSTS"] = settings.hosts
    connection.attach(app, pool_size=settings.database_pool)
    # Commands are also started from other folders.
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=False)
    for part in PARTS:
        part.register(app)
    _allow_origins(app)
    app.register_blueprint(docs.bp)
    if "auth" in (services or SERVICES):
        signing_key()
        # No route of another service is limited, and the check takes a tenth of a short request.
        rate_limits.register(app)
    for service, blueprints in SERVICES.items():
        serve = app.register_api if service in (services or SERVICES) else app.describe
        for blueprint in blueprints:
            serve(blueprint)
    app.register_api(health.api)
    if not services or "pages" in services:
        pages.register(app)
        app.register_blueprint(site.bp)
    if settings.trusted_proxies:
        # Every proxy appends an address; the nearest one sets the scheme and the host.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _allow_origins(app: Flask) -> None:
    """Let the pages of the allowed origins call the application."""
    CORS(
        app,
        # The library would take a text with brackets, such as an IPv6 address, for a pattern.
        origins=[re.compile(re.escape(origin) + r"\Z") for origin in settings.allowed_origins],
        supports_credentials=True,
        expose_headers=list(EXPOSED_HEADERS),
        max_age=600,
    )
