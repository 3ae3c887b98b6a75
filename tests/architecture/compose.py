"""docker-compose.yml as the tests read it."""

from pathlib import Path
from typing import Any, cast

import yaml

from config import Settings, settings
from web.routes.shop import view_of

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRET = {
    *("stripe_secret_key", "stripe_webhook_secrets", "sendgrid_api_key", "database_password"),
    *("jwt_private_key", "code_secret", "encryption_keys", "postgres_password"),
    *("app_password", "redis_password"),
}
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
WEB = ("auth", "order", "product", "admin", "pages")
WORKERS = ("worker", "mailer", "sweeper")
LOCAL = {
    "flower": "flower",
    "sandbox": "sandbox",
    **dict.fromkeys(("prometheus", "grafana", "jaeger"), "observability"),
}


def queues_of(service: str) -> list[str]:
    """Return the queues of a worker."""
    command = SERVICES[service]["command"]
    queues: str = command[command.index("-Q") + 1]
    return queues.split(",")


def secrets_of(service: str) -> dict[str, str]:
    """Return the secrets of a service: the setting of each, and the file that has its value."""
    listed = SERVICES[service].get("secrets", [])
    pairs = [(each, each) if isinstance(each, str) else (each["target"], each["source"])
             for each in listed]  # fmt: skip
    return dict(pairs)


def settings_of_shop() -> set[str]:
    """Return the variables that the answer of `GET /shop.json` depends on, but for a server's port.

    The ports of containers are published under other numbers.
    """
    read: set[str] = set()

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            read.add(name.upper())
            return getattr(settings, name)

    view_of(cast("Settings", Recorder()), "localhost")
    return read - {"EVENTS_PORT"}
