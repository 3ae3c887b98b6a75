"""Drill: the containers of docker-compose.yml are started, without Docker, and an order is paid."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from demo.buyer import Buyer
from launch.unprivileged_user import temporary_folder
from launch.urls import Urls
from tests.proof.containers import image
from tests.proof.containers.compose_file import Service, read_services
from tests.proof.containers.containers import Containers, ending
from tests.proof.containers.limits import limited
from tests.proof.containers.networks import connected
from tests.proof.containers.others import prepare_servers, prepared_gateway
from tests.proof.containers.settings import PROFILES, write_settings
from tests.proof.ha.machines import find_ip
from tests.support.certificates import certify
from tests.support.programs import program
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

# They start before the others, and after them.
SERVERS, GATEWAY = ("postgres", "redis"), "gateway"
PARTS = ("auth", "order", "product", "admin", "pages", "worker", "mailer", "sweeper", "beat")
# This machine has no programs for them.
NOT_HERE = ("prometheus", "grafana", "jaeger")
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"


@pytest.fixture(scope="module")
def containers(pages: Path) -> Iterator[Containers]:
    """Yield the running containers, of which all are healthy."""
    ip, bubblewrap = find_ip(), program("bubblewrap", executable="bwrap")
    with ExitStack() as closing:
        folder = closing.enter_context(temporary_folder())
        values = write_settings(folder)
        networks = closing.enter_context(connected(ip, read_own(values)))
        address = networks.address_of(GATEWAY, "edge")
        values |= dict.fromkeys(("PUBLIC_URL", "ALLOWED_ORIGINS"), f"https://{address}:8443")
        certificates = folder / "certificates"
        certify(certificates, address)
        for suffix in ("crt", "key"):
            (certificates / f"server.{suffix}").rename(certificates / f"tls.{suffix}")
        services = read_own(values)
        made = image.build(folder, pages)
        limits = closing.enter_context(limited(services))
        running = closing.enter_context(
            ending(Containers(services, networks, limits, made, bubblewrap, folder))
        )
        prepare_servers(running, folder)
        closing.enter_context(prepared_gateway(running, folder))
        start(running)
        yield running


def read_own(values: Mapping[str, str]) -> dict[str, Service]:
    """Return the services that can be started here."""
    services = read_services(values, PROFILES)
    return {name: service for name, service in services.items() if name not in NOT_HERE}


def start(containers: Containers) -> None:
    """Start all containers in the order of `depends_on`."""
    for name in SERVERS:
        containers.start(name)
    containers.await_health("postgres")
    migrate = containers.run("migrate", *containers.services["migrate"].command)
    assert migrate.returncode == 0, migrate.stdout
    others = [name for name in containers.services if name not in (*SERVERS, "migrate", GATEWAY)]
    for name in others:
        containers.start(name)
    for name in others:
        if containers.services[name].health_check is not None:
            containers.await_health(name)
    containers.start(GATEWAY, "-e", "stderr")
    containers.await_health(GATEWAY)


@pytest.fixture
def buyer(containers: Containers) -> Buyer:
    """Return a customer who trusts the gateway's certificate."""
    sandbox = f"http://{containers.networks.address_of('sandbox', 'outside')}:8090"
    url = containers.services["order"].environment["PUBLIC_URL"]
    customer = Buyer(Urls(url, url, url, url, url, sandbox, url, url, url))
    # Not the authorities that the environment may name.
    customer.http.trust_env = False
    customer.http.verify = str(containers.folder / "certificates" / "tls.crt")
    return customer


def test_an_order_is_paid_through_the_gateway(buyer: Buyer) -> None:
    buyer.log_in()
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    buyer.wait_for_email("order_confirmed")


def test_a_page_brings_the_settings_of_the_shop(buyer: Buyer) -> None:
    page = buyer.http.get(f"{buyer.urls.web}/products", timeout=30).text
    (answers,) = re.findall(r'<script type="application/json" id="answers">(.*?)</script>', page)
    brought = json.loads(answers)["/shop.json"]["data"]
    assert brought == buyer.http.get(f"{buyer.urls.web}/shop.json", timeout=30).json()
    assert brought["stripePublishableKey"] == "pk_test_sandbox"


def test_the_gateway_leads_to_every_part(containers: Containers, buyer: Buyer) -> None:
    url = buyer.urls.web
    assert "<html" in buyer.http.get(f"{url}/", timeout=30).text
    assert buyer.http.get(f"{url}/events", timeout=30).status_code == 401
    assert buyer.http.get(f"{url}/admin/overview", timeout=30).status_code == 401
    plain = url.replace("https://", "http://").replace("8443", "8080")
    redirect = requests.get(f"{plain}/products", allow_redirects=False, timeout=30)
    assert (redirect.status_code, redirect.headers["Location"]) == (308, f"{url}/products")
    flower = f"http://{containers.networks.address_of('flower', 'outside')}:5555"
    assert requests.get(flower, timeout=30).status_code == 401


@pytest.mark.parametrize("part", [*PARTS, "events", "exporter", "migrate"])
def test_the_configuration_of_a_part_is_sound(containers: Containers, part: str) -> None:
    done = containers.run(part, "flask", "--app", "preflight", "config", "check")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("part", "server", "network", "port"),
    [(GATEWAY, "postgres", "data", 5432), (GATEWAY, "redis", "data", 6379),
     ("beat", "sandbox", "outside", 8090), ("order", "sandbox", "outside", 8090),
     ("sandbox", "postgres", "data", 5432)],
)  # fmt: skip
def test_a_part_does_not_reach_what_it_does_not_need(
    containers: Containers, part: str, server: str, network: str, port: int
) -> None:
    address = containers.networks.address_of(server, network)
    done = containers.run(part, containers.python, "-c", CONNECT, address, str(port))
    assert "Network is unreachable" in done.stdout


@pytest.mark.parametrize("part", PARTS)
def test_a_container_is_locked(containers: Containers, part: str) -> None:
    status = containers.run(part, "cat", "/proc/self/status").stdout
    assert "CapEff:\t0000000000000000\n" in status
    assert "NoNewPrivs:\t1\n" in status
    assert "Uid:\t10001\t" in status
    service = containers.services[part]
    for folder in (*service.writable, "/app", "/usr", "/etc", "/run/secrets"):
        done = containers.run(part, "touch", f"{folder}/new")
        assert (done.returncode == 0) == (folder in service.writable), folder
    listed = containers.run(part, "ls", "/run/secrets").stdout.split()
    assert set(listed) == set(service.secrets)


def test_the_limits_are_enough_and_are_enforced(containers: Containers, buyer: Buyer) -> None:
    limits, services = containers.limits, containers.services
    if limits.reason:
        pytest.skip(limits.reason)
    buyer.log_in()
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    hits = {name: limits.hits(service) for name, service in services.items()}
    assert {name: each for name, each in hits.items() if any(each.values())} == {}
    greedy = f"b'x' * {services['beat'].limits['memory']}"
    assert containers.run("beat", containers.python, "-c", greedy).returncode != 0
    assert limits.hits(services["beat"])["memory"] == 1
    files = containers.run("events", "sh", "-c", "ulimit -n").stdout
    assert int(files) == limits.files_of(services["events"]) > 0
