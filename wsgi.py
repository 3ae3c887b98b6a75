"""What a WSGI server serves. `app` has everything; `auth`, `order` and `product` are one service
each; `ports` is all four in one process, told apart by the port that a request came to.

Each is built when it is asked for, so that a service starts with the settings that it needs.
"""

import gc
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask

from config import settings
from models import connections
from tasks import dispatch
from web import commands, create_app
from web.commands.stripe_endpoint import Endpoints, make_group

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SERVICES = {"app": (), "auth": ("auth",), "order": ("order",), "product": ("product",)}
PORTS = {
    settings.auth_port: "auth",
    settings.order_port: "order",
    settings.product_port: "product",
}


_one_at_a_time = Lock()


def build(name: str) -> Flask:
    """The application `name`, which hands on what it commits; made once."""
    # The first requests of a process come at once, each in a thread: a cache alone would let all of
    # them make it, side by side.
    with _one_at_a_time:
        return _build(name)


@cache
def _build(name: str) -> Flask:
    app = create_app(*SERVICES[name])
    commands.add(app, make_group(_load_endpoints))
    with app.app_context():
        connections.check()
    dispatch.start()
    # What is loaded by now stays: the collector need not look through it again and again.
    gc.freeze()
    return app


def _load_endpoints() -> Endpoints:
    # Stripe's library costs 35 MB and half a second: only the command that calls it pays.
    from tasks.gateways.stripe import endpoints

    return endpoints


def ports(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The service whose port the request came to; everything on any other port."""
    name = PORTS.get(int(environ["SERVER_PORT"]), "app")
    return build(name)(environ, start_response)


def __getattr__(name: str) -> Any:
    if name in SERVICES:
        return build(name)
    raise AttributeError(name)
