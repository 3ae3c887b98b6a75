"""The WSGI applications: `app` has all; `auth`, `order`, `product`, `admin`, `pages` have one part.

`ports` is all of them in one process, selected by the port of the request. Each is built on first
access, so that a service starts with only the settings that it needs.
"""

import gc
import importlib
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask

# What imports create stays: the search for garbage among it would take a fifth of their time.
gc.disable()

import telemetry
from config import settings
from models import connection_limit
from state_machines import MACHINES
from state_machines.durable import inspection
from tasks import dispatch
from web import commands
from web.activity_registry import LOAD_ACTIVITIES
from web.application import create_app
from web.bank import RETRIEVE_MONEY, Money
from web.commands import config as config_command
from web.commands.stripe_endpoint import Endpoints, make_group

gc.freeze()
gc.enable()

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SERVICES = {"app": ()} | {name: (name,) for name in ("auth", "order", "product", "admin", "pages")}
PORTS = {
    settings.auth_port: "auth",
    settings.order_port: "order",
    settings.product_port: "product",
}


_build_lock = Lock()


def build(name: str) -> Flask:
    """Return the application `name`, built once, with its dispatch thread started."""
    # Several threads may serve first requests at once: with the cache alone, each would build it.
    with _build_lock:
        return _build(name)


@cache
def _build(name: str) -> Flask:
    # Activities load the libraries of providers: the worker checks their names.
    inspection.check_registry(MACHINES)
    app = create_app(*SERVICES[name])
    commands.add(app, make_group(_load_endpoints))
    # The settings are valid here; the application `preflight` also lists the faults of others.
    commands.add(app, config_command.make_group(()))
    app.config[LOAD_ACTIVITIES] = _load_activities
    app.config[RETRIEVE_MONEY] = retrieve_money
    with app.app_context():
        connection_limit.check()
    dispatch.start()
    telemetry.configure("web")
    # Loaded modules stay in memory: exclude them from garbage collection.
    gc.freeze()
    return app


def _load_endpoints() -> Endpoints:
    # Stripe's library needs 35 MB and half a second: load it only for the command that uses it.
    from tasks.gateways.stripe import endpoints

    return endpoints


def retrieve_money(intent_id: str) -> Money | None:
    """Retrieve an intent and its refunds from Stripe, or None when Stripe has no such intent."""
    from tasks.gateways.stripe import bank

    return bank.retrieve_money(intent_id)


def _load_activities() -> None:
    # They load Stripe's library, too.
    importlib.import_module("tasks.activities")


def ports(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Serve the application of the port of the request; all services on any other port."""
    name = PORTS.get(int(environ["SERVER_PORT"]), "app")
    return build(name)(environ, start_response)


def __getattr__(name: str) -> Any:
    if name in SERVICES:
        return build(name)
    raise AttributeError(name)
