"""Checks of the settings in production: missing ones, the sandbox's keys, and unencrypted URLs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from config import Settings

Part = Literal[
    "all",
    "auth",
    "order",
    "product",
    "admin",
    "pages",
    "worker",
    "beat",
    "flower",
    "events",
    "exporter",
    "migrate",
]
WEB = ("database_url", "redis_url", "allowed_origins", "public_url", "jwt_public_keys")
AUTH = (*WEB, "jwt_private_key", "code_secret", "encryption_keys")
# Each page brings along what `GET /shop.json` answers.
PAGES = ("database_url", "redis_url", "public_url", "stripe_publishable_key")
ORDER = (*WEB, "stripe_publishable_key", "stripe_webhook_secrets", "encryption_keys")
# It asks Stripe about payments, reads stored payloads, and sends codes anew.
ADMIN = (*WEB, "stripe_secret_key", "code_secret", "encryption_keys")
PROVIDERS = ("stripe_secret_key", "sendgrid_api_key", "email_from")
WORKER = ("database_url", "redis_url", *PROVIDERS, "public_url", "encryption_keys")
# The settings that each part of the system (PROJECTX_PART) requires. It should get no others.
REQUIRED = {
    # All but the signing key: only the auth service requires it.
    "all": tuple(
        name for name in dict.fromkeys((*AUTH, *ORDER, *WORKER)) if name != "jwt_private_key"
    ),
    "auth": AUTH,
    "order": ORDER,
    "product": WEB,
    "admin": ADMIN,
    "pages": PAGES,
    "worker": WORKER,
    "beat": ("redis_url",),
    "flower": ("redis_url",),
    "events": ("redis_url", "allowed_origins", "jwt_public_keys"),
    "exporter": ("database_url",),
    "migrate": ("database_url",),
}
SANDBOX_KEYS = {
    "stripe_secret_key": "sk_test_sandbox",
    "stripe_publishable_key": "pk_test_sandbox",
    "stripe_webhook_secrets": "whsec_sandbox",
    "sendgrid_api_key": "SG.sandbox",
}
HTTPS_SETTINGS = ("shop_url", "public_url", "events_url", "allowed_origins")


def find_problems(settings: "Settings") -> list[str]:
    """Return all problems, each with the name of its variable and without its value."""
    explicit = settings.model_fields_set
    required = REQUIRED[settings.projectx_part]
    # Defaults, such as the URLs of a development machine, do not count.
    missing = [name for name in required if name not in explicit or not getattr(settings, name)]
    return [f"{name.upper()} is missing" for name in missing] + [
        *(f"{name.upper()} is the sandbox's" for name in _sandbox_keys(settings)),
        *(f"{name.upper()} must begin with https://" for name in _unencrypted_urls(settings)),
    ]


def _sandbox_keys(settings: "Settings") -> Iterator[str]:
    for name, value in SANDBOX_KEYS.items():
        setting = getattr(settings, name)
        if value in ((setting,) if isinstance(setting, str) else setting):
            yield name


def _unencrypted_urls(settings: "Settings") -> Iterator[str]:
    for name in HTTPS_SETTINGS:
        setting = getattr(settings, name)
        urls = (setting,) if isinstance(setting, str) else setting
        if name in settings.model_fields_set and any(map(_is_unencrypted, urls)):
            yield name


def _is_unencrypted(url: str) -> bool:
    return bool(url) and urlsplit(url).scheme != "https"
