"""What production refuses to start with: what is missing, the sandbox's, or open to strangers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from config import Settings

WEB = ("database_url", "redis_url", "allowed_origins", "public_url", "jwt_public_keys")
AUTH = (*WEB, "jwt_private_key", "code_secret", "encryption_keys")
ORDER = (*WEB, "stripe_publishable_key", "stripe_webhook_secrets", "encryption_keys")
PROVIDERS = ("stripe_secret_key", "sendgrid_api_key", "email_from")
WORKER = ("database_url", "redis_url", *PROVIDERS, "public_url", "encryption_keys")
# The settings that each part of the system (PROJECTX_PART) cannot do without; it gets no others.
NEEDED = {
    # It does all; the signing key is asked for by the service that signs.
    "all": tuple(
        name for name in dict.fromkeys((*AUTH, *ORDER, *WORKER)) if name != "jwt_private_key"
    ),
    "auth": AUTH,
    "order": ORDER,
    "product": WEB,
    "worker": WORKER,
    "beat": ("redis_url",),
    "flower": ("redis_url",),
    "migrate": ("database_url",),
}
SANDBOX = {
    "stripe_secret_key": "sk_test_sandbox",
    "stripe_publishable_key": "pk_test_sandbox",
    "stripe_webhook_secrets": "whsec_sandbox",
    "sendgrid_api_key": "SG.sandbox",
}
OVER_TLS = ("shop_url", "public_url")


def complaints(settings: "Settings") -> list[str]:
    """All that is wrong, each with the name of its variable and without its value."""
    given = settings.model_fields_set
    needed = NEEDED[settings.projectx_part]
    # A default, such as an address of a development machine, does not count.
    missing = [name for name in needed if name not in given or not getattr(settings, name)]
    return [f"{name.upper()} is missing" for name in missing] + [
        *(f"{name.upper()} is the sandbox's" for name in _of_the_sandbox(settings)),
        *(f"{name.upper()} must begin with https://" for name in _in_the_clear(settings)),
    ]


def _of_the_sandbox(settings: "Settings") -> Iterator[str]:
    for name, value in SANDBOX.items():
        kept = getattr(settings, name)
        if value in ((kept,) if isinstance(kept, str) else kept):
            yield name


def _in_the_clear(settings: "Settings") -> Iterator[str]:
    for name in (*OVER_TLS, "allowed_origins"):
        kept = getattr(settings, name, "")
        addresses = (kept,) if isinstance(kept, str) else kept
        if name in settings.model_fields_set and any(map(_plain, addresses)):
            yield name


def _plain(address: str) -> bool:
    return bool(address) and urlsplit(address).scheme != "https"
