"""The ports of the system: the usual ones, or free ones for tests."""

import random
import socket
from collections.abc import Mapping

# The variable of each port, and its default.
DEFAULTS = {
    "WEB_PORT": 8080,
    "AUTH_PORT": 8081,
    "ORDER_PORT": 8082,
    "PRODUCT_PORT": 8083,
    "EVENTS_PORT": 8084,
    "FLOWER_PORT": 5555,
    "SANDBOX_PORT": 8090,
    "METRICS_PORT": 9464,
    "EXPORTER_PORT": 9465,
}

# Below the ports of outgoing connections (32768 and up on Linux, 49152 on macOS): the system could
# assign one of those before our server has started.
CANDIDATE_PORTS = range(20000, 32000)


class PortTakenError(Exception):
    """Another program listens on a port that we need."""


def free_ports(count: int) -> list[int]:
    """Return `count` different loopback ports on which nobody listens."""
    free: list[int] = []
    while len(free) < count:
        port = random.choice(CANDIDATE_PORTS)  # noqa: S311
        if port not in free and not is_taken(port):
            free.append(port)
    return free


def assign_free_ports() -> dict[str, str]:
    """Return a free port for each of the variables."""
    return {name: str(p) for name, p in zip(DEFAULTS, free_ports(len(DEFAULTS)), strict=True)}


def are_free(environment: Mapping[str, str]) -> bool:
    """Return whether nobody listens on any of the ports."""
    return not any(is_taken(int(environment.get(n) or usual)) for n, usual in DEFAULTS.items())


def is_taken(port: int) -> bool:
    """Return whether a program listens on a loopback port."""
    with socket.socket() as probe:
        # Without this, a port whose server ended a moment ago would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
