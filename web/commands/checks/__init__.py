"""Checks of what the settings lead to: servers, keys, clocks. Each fault names its variable."""

import importlib
from collections.abc import Callable, Iterator

from config import settings
from production import REQUIRED
from settings_error import SettingsError
from web.commands.checks import database, keys, providers, redis_server

# The settings that a check needs, and its function. It yields faults.
CHECKS: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "PostgreSQL: version, schema, rights, connections, clock": ("database_url", database.check),
    "Redis: password, policy, memory": ("redis_url", redis_server.check),
    "Stripe: key": ("stripe_secret_key", providers.check_stripe),
    "SendGrid: key": ("sendgrid_api_key", providers.check_sendgrid),
    "the signing key is published": ("jwt_private_key", keys.check_signing_key),
}


def run(*, test_keys: bool) -> tuple[list[str], list[str]]:
    """Return the names of the checks that apply to this part, and all faults."""
    names, faults = (
        ["Stripe's keys are of the right mode"],
        [*keys.check_modes(test_keys=test_keys), *_check_places(), *_check_costs()],
    )
    faults += _check_signer()
    for name, (setting, check) in CHECKS.items():
        if getattr(settings, setting) and _belongs_to_part(setting):
            names.append(name)
            faults += check()
    return names, faults


def _check_places() -> Iterator[str]:
    """Yield a fault when orders and waiting requests together could take every thread."""
    orders, threads = settings.orders_at_once, settings.web_threads
    if settings.projectx_part in ("all", "order") and orders >= threads / 2:
        yield f"ORDERS_AT_ONCE is {orders}: set it below half of WEB_THREADS, which is {threads}"


def _check_signer() -> Iterator[str]:
    """Yield a fault when the auth service would not start. Production lists all that is missing."""
    is_production = settings.projectx_env == "production"
    if settings.projectx_part == "auth" and not settings.jwt_private_key and not is_production:
        yield from keys.check_signing_key()


def _check_costs() -> Iterator[str]:
    """Yield a fault for costs of shipping in which no order can be paid."""
    try:
        importlib.import_module("models.shipping")
    except SettingsError as error:
        yield error.message


def _belongs_to_part(setting: str) -> bool:
    # An optional setting of development belongs to the only part.
    return settings.projectx_part == "all" or setting in REQUIRED[settings.projectx_part]
