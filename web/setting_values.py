"""The values of the settings as operators may see them: no secret, and no password of a URL."""

import re
from typing import Any

from config import Settings

SECRETS = frozenset(
    {
        "app_password",
        "code_secret",
        "database_password",
        "encryption_keys",
        "jwt_private_key",
        "redis_password",
        "sendgrid_api_key",
        "stripe_secret_key",
        "stripe_webhook_secrets",
    }
)
# URLs that may contain a user and a password, also in their query.
WITH_PASSWORD = frozenset({"database_url", "redis_url"})
MASK = "***"
USER = re.compile(r"//.*@")
PARAMETER = re.compile(r"([?&][^=&]*(?:pass|secret|key)[^=&]*=)[^&]*", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Return whether no part of a setting may be shown."""
    return name in SECRETS


def shown_value(name: str, value: Any) -> str | None:
    """Return the value of a setting as text, or None for a secret."""
    if is_secret(name):
        return None
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if name in WITH_PASSWORD:
        return PARAMETER.sub(rf"\1{MASK}", USER.sub(f"//{MASK}@", text))
    return text


def shown_default(name: str) -> str | None:
    """Return the default of a setting as text, or None for a secret."""
    return shown_value(name, Settings.model_fields[name].default)
