"""docker-compose.yml gives each part its settings, and the secrets that it needs alone."""

import re

import pytest

from config import Settings
from production import REQUIRED
from tests.architecture.compose import (
    COMPOSE,
    OURS,
    ROOT,
    SECRET,
    SERVICES,
    TEXT,
    secrets_of,
    settings_of_shop,
)

EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if "=" in line and not line.startswith("#")
)


def test_secrets_are_files_and_in_no_environment() -> None:
    for name, file in COMPOSE["secrets"].items():
        assert file == {"file": f"./secrets/{name}"}
    for name, service in SERVICES.items():
        environment = service.get("environment", {})
        assert not {secret.upper() for secret in SECRET} & set(environment), name
        assert set(secrets_of(name).values()) <= set(COMPOSE["secrets"])
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert not {name.upper() for name in COMPOSE["secrets"]} & set(EXAMPLE)


def test_both_servers_require_a_password() -> None:
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == (
        "/run/secrets/postgres_password"
    )
    command = SERVICES["redis"]["command"][-1]
    assert "user default on #$$hash ~* &* +@all" in command
    for name, service in OURS.items():
        if "REDIS_URL" in service.get("environment", {}):
            assert secrets_of(name)["redis_password"] == "redis_password"


def test_no_part_gets_the_whole_file_of_variables() -> None:
    assert not [name for name, service in SERVICES.items() if "env_file" in service]


@pytest.mark.parametrize("part", [part for part in REQUIRED if part != "all"])
def test_each_part_gets_what_it_needs_and_no_secret_of_another(part: str) -> None:
    environment, secrets = SERVICES[part]["environment"], set(secrets_of(part))
    assert environment["PROJECTX_PART"] == part
    assert environment["PROJECTX_SECRETS"] == "/run/secrets"
    assert {name.upper() for name in set(REQUIRED[part]) - SECRET} <= set(environment)
    needed = SECRET & set(REQUIRED[part]) | {"redis_password"}
    needed |= {"database_password"} if "database_url" in REQUIRED[part] else set()
    needed |= {"app_password"} if part == "migrate" else set()
    assert secrets - {"flower_basic_auth"} == needed


def test_the_pages_bring_what_the_order_service_answers() -> None:
    order, pages = (SERVICES[part]["environment"] for part in ("order", "pages"))
    names = settings_of_shop()
    assert "STRIPE_PUBLISHABLE_KEY" in names
    assert {name: pages.get(name, "none") for name in names} == {
        name: order[name] for name in names
    }


def test_the_gateway_gets_every_variable_of_its_configuration() -> None:
    folder = ROOT / SERVICES["gateway"]["volumes"][0].split(":")[0]
    templates = "".join(path.read_text() for path in folder.glob("*.template"))
    assert set(re.findall(r"\$\{(\w+)\}", templates)) <= set(SERVICES["gateway"]["environment"])


def test_no_secret_has_a_default() -> None:
    for variable, default in re.findall(r"\$\{(\w+):-([^}]+)\}", TEXT):
        assert variable.lower() not in SECRET, f"{variable} defaults to {default}"


def test_every_setting_reaches_a_part() -> None:
    passed = {name for service in SERVICES.values() for name in service.get("environment", {})}
    passed |= {secret.upper() for name in SERVICES for secret in secrets_of(name)}
    # A port of a container is published under another number.
    ports = {name for name in Settings.model_fields if name.endswith("_port")}
    assert {name.upper() for name in Settings.model_fields if name not in ports} <= passed
    # One that has no value here is that of .env, and left out where .env has none.
    secret = {name.upper() for name in SECRET}
    assert not secret & {name for name, value in COMPOSE["x-tuning"].items() if value is None}


def test_every_variable_is_a_setting_or_explained_in_the_example() -> None:
    known = {name.upper() for name in Settings.model_fields}
    used = set(re.findall(r"\$\{(\w+)", TEXT)) | set(EXAMPLE)
    gateway, servers = {"TLS_PORT", "CERTIFICATES"}, {"PROMETHEUS", "GRAFANA", "JAEGER"}
    images = {f"{name}_IMAGE" for name in servers | {"POSTGRES", "REDIS", "NGINX"}} | {"IMAGE"}
    assert used - known == gateway | images | {f"{name}_PORT" for name in servers}


def test_the_sandbox_settings_of_the_page_name_the_published_port() -> None:
    page = (ROOT / "docs/how-to/run-elsewhere.md").read_text()
    (block,) = re.findall(r"```sh\n(PROJECTX_ENV=development\n.*?)```", page, re.DOTALL)
    values = EXAMPLE | dict(line.split("=", 1) for line in block.splitlines())
    assert values["PUBLIC_URL"] == values["ALLOWED_ORIGINS"]
    assert values["PUBLIC_URL"] == f"https://localhost:{values['TLS_PORT']}"
    required = {name for name, message in re.findall(r"\$\{(\w+):\?([^}]+)\}", TEXT)}
    # The command that creates the secrets prints it.
    assert [name for name in sorted(required) if not values.get(name)] == ["JWT_PUBLIC_KEYS"]


def test_the_example_lists_every_variable_of_production() -> None:
    by_the_file_itself = {"database_url", "redis_url"}
    needed = {name for names in REQUIRED.values() for name in names} - by_the_file_itself
    assert {name.upper() for name in needed - SECRET} <= set(EXAMPLE)
    page = (ROOT / "docs/how-to/run-elsewhere.md").read_text()
    assert set(COMPOSE["secrets"]) <= set(re.findall(r"`(\w+)`", page))


def test_a_part_waits_only_for_what_is_started_and_becomes_ready() -> None:
    for name, service in SERVICES.items():
        for other, needed in service.get("depends_on", {}).items():
            # Compose refuses to start a part that needs one of a profile that is off.
            assert set(SERVICES[other].get("profiles", [])) <= set(service.get("profiles", [])), (
                name
            )
            if needed["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], other
            else:
                assert SERVICES[other]["restart"] == "no", other
