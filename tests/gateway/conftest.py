"""The services behind a real nginx, with the configuration that is shipped."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
from tests.support.programs import Program, program

TEMPLATE = ROOT / "deploy/gateway/nginx.conf.template"
SETTINGS = {
    "TRUSTED_PROXIES": "1",
    "LOGIN_LIMIT_PER_ADDRESS": "3/hour",
    "WEB_WORKERS": "1",
    "WEB_THREADS": "4",
    "PUBLIC_URL": "http://127.0.0.1",
}


@pytest.fixture(scope="module")
def gateway(flask_app: Flask, pages: Path) -> Iterator[str]:
    """Its address."""
    nginx, assigned = program("nginx"), ports.assign_free_ports()
    environment = os.environ | SETTINGS | assigned
    with ExitStack() as closing:
        folder = closing.enter_context(temporary_folder())
        for name in ("web", "events"):
            command = commands(environment, folder, sandbox=False)[name]
            closing.enter_context(running(command, folder / f"{name}.log", environment))
        (port,) = ports.free_ports(1)
        configuration = folder / "nginx.conf"
        configuration.write_text(_fill_in(TEMPLATE.read_text(), folder, port, assigned))
        closing.enter_context(_served(nginx, configuration))
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(port) and _leads_to_all(url), "the gateway")
        yield url


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[Child]:
    with log.open("wb") as output:
        child = Child(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def _fill_in(template: str, folder: Path, port: int, variables: dict[str, str]) -> str:
    """Fill in the template as nginx's image does: only the given variables."""
    services = {
        name: f"127.0.0.1:{variables[f'{name}_PORT']}"
        for name in ("AUTH", "ORDER", "PRODUCT", "EVENTS")
    } | dict.fromkeys(("ADMIN", "PAGES"), f"127.0.0.1:{variables['WEB_PORT']}")
    return Template(template).safe_substitute(
        services,
        LISTEN=f"127.0.0.1:{port}",
        TEMPORARY=folder,
        RESOLVER="127.0.0.1",
        FORWARDED_FOR="$remote_addr",
        FORWARDED_PROTO="$scheme",
    )


@contextmanager
def _served(nginx: Program, configuration: Path) -> Iterator[None]:
    folder = configuration.parent
    here = f"daemon off; pid {folder}/nginx.pid;"
    command = [nginx.path, "-p", str(folder), "-c", str(configuration), "-e", "stderr", "-g", here]
    with running(command, folder / "nginx.log", nginx.environment):
        yield


def _leads_to_all(url: str) -> bool:
    """Tell if the services and the events process answer."""
    statuses = [requests.get(url + path, timeout=5).status_code for path in ("/docs", "/events")]
    return statuses == [200, 401]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
