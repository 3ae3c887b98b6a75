"""docker-compose.yml is a product too: what can be checked without Docker is checked."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import celeryconfig
from config import NEEDED_IN_PRODUCTION, Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if "=" in line and not line.startswith("#")
)


def test_every_part_of_the_design_is_there() -> None:
    parts = {"postgres", "redis", "auth", "order", "product", "worker", "beat", "flower", "gateway"}
    assert parts <= set(SERVICES)


@pytest.mark.parametrize(("service", "port"), [("auth", 8081), ("order", 8082), ("product", 8083)])
def test_services_run_their_own_app_on_their_own_port(service: str, port: int) -> None:
    command = SERVICES[service]["command"]
    assert command[:2] == ["gunicorn", f"wsgi:{service}"]
    assert f"0.0.0.0:{port}" in command
    assert SERVICES[service]["ports"] == [f"${{{service.upper()}_PORT:-{port}}}:{port}"]


def test_only_the_auth_service_holds_the_signing_key() -> None:
    for name in ("order", "product", "worker", "beat", "flower"):
        assert SERVICES[name]["environment"]["JWT_PRIVATE_KEY"] == "", name


def test_every_long_lived_service_restarts_and_is_bounded() -> None:
    for name, service in SERVICES.items():
        if name not in ("migrate", "sandbox"):
            assert service["restart"] == "unless-stopped", name
            assert "mem_limit" in service, name


def test_a_worker_serves_every_queue() -> None:
    # Without -Q a worker takes all declared queues.
    assert "-Q" not in SERVICES["worker"]["command"]
    assert len(celeryconfig.task_queues) >= 3


def test_no_secret_has_a_default() -> None:
    for variable, default in re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT):
        assert variable.endswith(("_PORT", "_THREADS")), f"{variable} defaults to {default}"


def test_every_variable_is_one_that_the_settings_know_or_the_example_explains() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"POSTGRES_PASSWORD"}
    used = set(re.findall(r"\$\{(\w+)", TEXT)) | set(EXAMPLE)
    assert used - known - {"FLOWER_USER", "FLOWER_PASSWORD"} == set()


def test_the_example_lists_all_that_production_needs() -> None:
    given = {"database_url", "redis_url"}  # by the compose file itself
    assert {name.upper() for name in NEEDED_IN_PRODUCTION if name not in given} <= set(EXAMPLE)


def test_the_gateway_sends_each_path_to_its_service() -> None:
    nginx = (ROOT / "deploy/gateway/nginx.conf").read_text()
    for service, port in (("auth", 8081), ("order", 8082), ("product", 8083)):
        assert f"upstream {service} {{ server {service}:{port};" in nginx
        assert f"location /{service} {{ proxy_pass http://{service}; }}" in nginx
