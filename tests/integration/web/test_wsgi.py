"""The services as processes start them, and what they do when something is away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from config import settings
from launch import ports
from launch.children import run
from launch.stack import ROOT
from tests.support import python
from tests.support.served import serving
from tests.support.wsgi import serve

pytestmark = pytest.mark.slow

COUNT = """
import wsgi
from models.base import db

pools = set()
for name in ("auth", "order", "product", "app"):
    with wsgi.build(name).app_context():
        pools.add(id(db.engine.pool))
print(len(pools))
"""


def test_the_services_of_a_process_share_their_connections(app: Flask) -> None:
    done = python.run("-c", COUNT, check=True)
    assert done.stdout == "1\n", "four times the connections would be too many for PostgreSQL"


@pytest.fixture
def closed(app: Flask) -> int:
    """Return a port on which nothing listens."""
    (port,) = ports.free_ports(1)
    return port


def test_each_port_has_its_service(app: Flask, pages: Path) -> None:
    paths = ("/auth/user", "/order", "/product", "/")
    own = {
        settings.auth_port: [401, 404, 404, 404],
        settings.order_port: [404, 401, 404, 404],
        settings.product_port: [404, 404, 200, 404],
        settings.web_port: [401, 401, 200, 200],
        9: [401, 401, 200, 200],
    }
    answers = serve(*((port, "GET", path) for port in own for path in paths))
    assert [answer[0] for answer in answers] == [code for codes in own.values() for code in codes]


def test_commands_of_the_schema_run_in_any_folder(app: Flask, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi:product", "db", "heads"]
    path = os.environ | {"PYTHONPATH": str(ROOT)}
    done = run(command, cwd=tmp_path, env=path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()[-6:]) == (0, "(head)"), done.stderr


def test_a_server_leaves_nothing_in_the_home_of_its_user(app: Flask, tmp_path: Path) -> None:
    with serving(HOME=str(tmp_path), XDG_RUNTIME_DIR=""):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_server_is_not_started_with_the_settings_of_another_part(app: Flask) -> None:
    command = [sys.executable, "-m", "gunicorn", "wsgi:order", "--bind", "127.0.0.1:0"]
    part = os.environ | {"PROJECTX_PART": "pages"}
    done = run(command, cwd=ROOT, env=part, capture_output=True, text=True, timeout=60)
    expected = "PROJECTX_PART is pages, and wsgi:order needs other settings"
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, expected)


def test_only_auth_needs_the_signing_key(app: Flask) -> None:
    answers = serve(
        (settings.order_port, "GET", "/health"),
        (settings.product_port, "GET", "/product"),
        JWT_PRIVATE_KEY="",
    )
    assert [answer[0] for answer in answers] == [200, 200]
    with pytest.raises(subprocess.CalledProcessError) as stopped:
        serve((settings.auth_port, "GET", "/health"), JWT_PRIVATE_KEY="")
    assert "JWT_PRIVATE_KEY is not set" in stopped.value.stderr


def test_all_routes_work_without_redis(closed: int) -> None:
    login = {"email": "a@example.com"}
    ready, *logins = serve(
        (settings.web_port, "GET", "/ready"),
        *[(settings.web_port, "POST", "/auth/login", login)] * 7,
        REDIS_URL=f"redis://127.0.0.1:{closed}/0",
    )
    assert (ready[0], ready[1]["status"]) == (200, "degraded")
    assert [answer[0] for answer in logins] == [201] * 6 + [429], "each process counts for itself"


def test_a_missing_postgresql_is_reported_as_a_problem(closed: int) -> None:
    url = f"postgresql://nobody@127.0.0.1:{closed}/nothing"
    ready, products, health = serve(
        (settings.web_port, "GET", "/ready"),
        (settings.web_port, "GET", "/product"),
        (settings.web_port, "GET", "/health"),
        DATABASE_URL=url,
    )
    assert (ready[0], ready[1]["postgresql"]) == (503, "unreachable")
    assert (products[0], health[0]) == (503, 200)
    assert products[1]["title"] == "Service Unavailable"
    assert int(products[2]["Retry-After"]) > 0


AT_ONCE = """
import sys, threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from config import settings
from werkzeug.test import Client
import wsgi

everybody = threading.Barrier(24)
sys.setswitchinterval(1e-5)

def ask(number):
    port = (settings.auth_port, settings.order_port, settings.product_port)[number % 3]
    path = ("/auth/user", "/order", "/product")[number % 3]
    everybody.wait()
    return Client(wsgi.ports).open(path, base_url=f"http://localhost:{port}").status_code

with ThreadPoolExecutor(24) as pool:
    print(sorted(Counter(pool.map(ask, range(24))).items()))
"""


def test_the_first_requests_of_a_process_may_be_simultaneous(app: Flask) -> None:
    done = python.run("-c", AT_ONCE)
    assert done.stdout == "[(200, 8), (401, 16)]\n", done.stderr


FLASK = ("-m", "flask", "--app", "wsgi")


def test_the_settings_are_checked_by_the_application_of_all_commands(app: Flask) -> None:
    done = python.run(*FLASK, "config", "check", "--help")
    assert (done.returncode, "fault of the settings" in done.stdout) == (0, True)


@pytest.mark.parametrize("name", ["DATABASE_URL", "JWT_PRIVATE_KEY"])
def test_a_command_names_a_missing_setting_in_a_sentence(app: Flask, name: str) -> None:
    done = python.run(*FLASK, "orders", "list", env=os.environ | {name: ""})
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {name} is not set")
