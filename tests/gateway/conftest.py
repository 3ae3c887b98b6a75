"""The services behind a real nginx, with the configuration that is shipped."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest
import requests
from flask import Flask

from launch import ports
from launch.children import Child
from launch.processes import commands
from launch.stack import ROOT
from launch.unprivileged_user import temporary_folder
from launch.waiting import until
from tests.support.certificates import certify
from tests.support.programs import program

TEMPLATES = ROOT / "deploy/gateway"
PUBLIC_URL = "https://shop.example"
SETTINGS = {
    "TRUSTED_PROXIES": "1",
    "LOGIN_LIMIT_PER_ADDRESS": "3/hour",
    "WEB_WORKERS": "1",
    "WEB_THREADS": "4",
    "PUBLIC_URL": "http://127.0.0.1",
}


@dataclass(frozen=True)
class Services:
    """The running services: the folder of their logs, and their ports."""

    folder: Path
    ports: dict[str, str]


@pytest.fixture(scope="module")
def services(flask_app: Flask, pages: Path) -> Iterator[Services]:
    """Yield the services and the events process."""
    assigned = ports.assign_free_ports()
    environment = os.environ | SETTINGS | assigned
    with ExitStack() as closing:
        folder = closing.enter_context(temporary_folder())
        for name in ("web", "events"):
            command = commands(environment, folder, sandbox=False)[name]
            closing.enter_context(running(command, folder / f"{name}.log", environment))
        yield Services(folder, assigned)


@pytest.fixture(scope="module")
def gateway(services: Services) -> Iterator[str]:
    """Yield the address of a gateway behind a proxy that speaks TLS."""
    (port,) = ports.free_ports(1)
    with _served(services, LISTEN=f"127.0.0.1:{port}", TLS="/none/*.conf"):
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(port) and _leads_to_all(url), "the gateway")
        yield url


@pytest.fixture(scope="module")
def secure_gateway(services: Services, gateway: str) -> Iterator[tuple[str, str, Path]]:
    """Yield the addresses of a gateway with a certificate, for HTTPS and HTTP, and that file.

    It starts after the other one, when the services answer.
    """
    port, http_port = ports.free_ports(2)
    certificates = services.folder / "certificates"
    certificates.mkdir()
    certify(certificates)
    for suffix in ("crt", "key"):
        (certificates / f"server.{suffix}").rename(certificates / f"tls.{suffix}")
    listening = {"LISTEN": f"127.0.0.1:{port} ssl http2", "LISTEN_HTTP": f"127.0.0.1:{http_port}"}
    tls = services.folder / "tls.conf"
    with _served(services, TLS=str(tls), CERTIFICATES=str(certificates), **listening):
        until(lambda: _answers(port), "the gateway with TLS")
        urls = f"https://127.0.0.1:{port}", f"http://127.0.0.1:{http_port}"
        yield *urls, certificates / "tls.crt"


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[Child]:
    with log.open("wb") as output:
        child = Child(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def _fill_in(template: str, services: Services, variables: dict[str, str]) -> str:
    """Fill in a template as nginx's image does: only the given variables."""
    places = {
        name: f"127.0.0.1:{services.ports[f'{name}_PORT']}"
        for name in ("AUTH", "ORDER", "PRODUCT", "EVENTS")
    } | dict.fromkeys(("ADMIN", "PAGES"), f"127.0.0.1:{services.ports['WEB_PORT']}")
    return Template(template).safe_substitute(
        places | variables,
        TEMPORARY=services.folder,
        PUBLIC_URL=PUBLIC_URL,
        RESOLVER="127.0.0.1",
        FORWARDED_FOR="$remote_addr",
        FORWARDED_PROTO="$scheme",
    )


@contextmanager
def _served(services: Services, **variables: str) -> Iterator[None]:
    """Run nginx with these values of the templates' variables."""
    nginx, folder = program("nginx"), services.folder
    name = "secure" if "CERTIFICATES" in variables else "plain"
    configuration = folder / f"{name}.conf"
    configuration.write_text(
        _fill_in((TEMPLATES / "nginx.conf.template").read_text(), services, variables)
    )
    if "CERTIFICATES" in variables:
        text = (TEMPLATES / "tls.conf.template").read_text()
        Path(variables["TLS"]).write_text(_fill_in(text, services, variables))
    here = f"daemon off; pid {folder}/{name}.pid;"
    command = [nginx.path, "-p", str(folder), "-c", str(configuration), "-e", "stderr", "-g", here]
    with running(command, folder / f"{name}.log", nginx.environment):
        yield


def _leads_to_all(url: str) -> bool:
    """Tell if the services and the events process answer."""
    statuses = [requests.get(url + path, timeout=60).status_code for path in ("/docs", "/events")]
    return statuses == [200, 401]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
