"""The environment in which the tests run: their own PostgreSQL, Redis and sandbox."""

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from subprocess import DEVNULL

from launch import development, ports
from launch.children import Child
from launch.postgres import Postgres
from launch.redis import Redis
from launch.unprivileged_user import temporary_folder
from launch.waiting import until

# Minor units. In no other currency do the tests sell anything.
SHIPPING_COSTS = "usd:1000,eur:900,jpy:500,kwd:1500,chf:0,idr:0"


def prepare(stack: ExitStack, variables: Mapping[str, str]) -> dict[str, str]:
    """Start the services that `variables` do not name, and return the project's variables."""
    data = stack.enter_context(temporary_folder())
    prepared = development.load_secrets(data) | development.SANDBOX | {"PROJECTX_ENV_FILE": ""}
    prepared["SHIPPING_COSTS"] = SHIPPING_COSTS
    if "DATABASE_URL" not in variables:
        postgres = stack.enter_context(Postgres(data / "postgres", durable=False))
        prepared["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in variables:
        prepared["REDIS_URL"] = stack.enter_context(Redis(data / "redis")).url
    sandbox = _sandbox(stack)
    return prepared | {"STRIPE_API_BASE": sandbox, "SENDGRID_API_BASE": sandbox}


def _sandbox(stack: ExitStack) -> str:
    (port,) = ports.free_ports(1)
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--settle-seconds", "0.2"]
    process = Child(command, stdout=DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    url = f"http://127.0.0.1:{port}"
    until(lambda: _answers(url), "the start of the sandbox")
    return url


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=1):  # noqa: S310
            return True
    except (urllib.error.URLError, OSError):
        return False
