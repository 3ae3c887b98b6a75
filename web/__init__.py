"""HTTP in, signals out. Here only the wiring: one application a service, or one with all."""

import re

from flask import Flask
from flask_cors import CORS
from flask_migrate import Migrate
from flask_openapi.blueprint import APIBlueprint
from werkzeug.middleware.proxy_fix import ProxyFix

import state_machines  # noqa: F401  registers the machines
from config import settings
from models import base
from web import commands, denials, errors, rate_limits, request, security_headers, tokens, urls
from web.openapi import Api
from web.routes import (
    health,
    landing,
    login,
    order,
    passkeys,
    privacy,
    product,
    product_changes,
    session,
    step_up,
    summary,
    user,
    webhook,
)

SERVICES: dict[str, tuple[APIBlueprint, ...]] = {
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
    ),
    "order": (order.api, summary.api, webhook.api),
    "product": (product.api, product_changes.api),
}
EXPOSED = (
    "Content-Disposition",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    # It tells a client that a step-up is needed.
    "WWW-Authenticate",
    "X-Request-Id",
    "X-Total-Count",
)


def create_app(*services: str) -> Flask:
    """An application that serves `services`; all of them, and the first page, when none is named.

    Raises RuntimeError when a setting that they need is missing.
    """
    app = Api("web")
    # A forged Host (or X-Forwarded-Host) leads nobody elsewhere.
    app.config["TRUSTED_HOSTS"] = settings.hosts
    base.attach(app, pool_size=settings.database_pool)
    Migrate(app, base.db, directory="migrations", render_as_batch=False)
    for part in (
        denials,
        request,
        errors,
        security_headers,
        urls,
        rate_limits,
        commands,
    ):
        part.register(app)
    CORS(
        app,
        # It takes a text with a bracket in it, as an IPv6 address has, for a pattern.
        origins=[re.compile(re.escape(origin) + r"\Z") for origin in settings.allowed_origins],
        supports_credentials=True,
        expose_headers=list(EXPOSED),
        max_age=600,
    )
    if "auth" in (services or SERVICES):
        tokens.signing_key()
    for service, blueprints in SERVICES.items():
        serve = app.register_api if service in (services or SERVICES) else app.describe
        for blueprint in blueprints:
            serve(blueprint)
    app.register_api(health.api)
    if not services:
        app.register_blueprint(landing.bp)
    if settings.trusted_proxies:
        # Each proxy adds an address; the scheme and the host are those that the nearest one says.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app
