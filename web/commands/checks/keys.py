"""Checks of keys: those of Stripe have one mode, and the signing key is published."""

from collections.abc import Iterator

import signing_keys
from config import settings
from settings_error import SettingsError

# The beginnings of keys. Source: https://docs.stripe.com/keys
LIVE, TEST = ("sk_live_", "rk_live_", "pk_live_"), ("sk_test_", "rk_test_", "pk_test_")
SECRET_KINDS, PUBLISHABLE_KINDS = ("sk_", "rk_"), ("pk_",)


def check_modes(*, test_keys: bool) -> Iterator[str]:
    """Yield faults of Stripe's keys. Production needs live ones, or with `test_keys` any."""
    keys = {
        "STRIPE_SECRET_KEY": (settings.stripe_secret_key, SECRET_KINDS),
        "STRIPE_PUBLISHABLE_KEY": (settings.stripe_publishable_key, PUBLISHABLE_KINDS),
    }
    is_production = settings.projectx_env == "production"
    for name, (key, kinds) in keys.items():
        if key and not key.startswith(kinds):
            yield f"{name} does not begin with {' or '.join(kinds)}"
        elif key.startswith(TEST) and is_production and not test_keys:
            yield f"{name} is a test key, which moves no money (--test-keys accepts it)"
        elif key.startswith(LIVE) and not is_production:
            yield f"{name} is a live key, which moves money, and PROJECTX_ENV is not production"
        elif key.startswith(LIVE) and settings.stripe_api_base:
            yield f"{name} is a live key, and STRIPE_API_BASE would send it to another address"
    for number, secret in enumerate(settings.stripe_webhook_secrets, start=1):
        if not secret.startswith("whsec_"):
            yield f"STRIPE_WEBHOOK_SECRETS: number {number} does not begin with whsec_"
    modes = {key.startswith(LIVE) for key, _ in keys.values() if key}
    if len(modes) > 1:
        yield "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes"
    if settings.sendgrid_api_key and settings.sendgrid_api_base and is_production:
        yield "SENDGRID_API_KEY is for SendGrid, and SENDGRID_API_BASE would send it elsewhere"


def check_signing_key() -> Iterator[str]:
    """Yield a fault when JWT_PUBLIC_KEYS does not contain the public key of JWT_PRIVATE_KEY."""
    try:
        signing_keys.signing_key()
    except SettingsError as error:
        yield error.message
