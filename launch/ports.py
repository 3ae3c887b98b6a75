"""Ports: free ones for tests, and a clear word about taken ones."""

import random
import socket
from collections.abc import Mapping

# The variable that moves each port, and the port where it is unset.
DEFAULTS = {
    "WEB_PORT": 8080,
    "AUTH_PORT": 8081,
    "ORDER_PORT": 8082,
    "PRODUCT_PORT": 8083,
    "FLOWER_PORT": 5555,
    "SANDBOX_PORT": 8090,
}

# Below the ports that systems give to outgoing connections (32768 and up on Linux, 49152 on macOS):
# one of those could be gone again before its server has started.
OURS = range(20000, 32000)


class PortTakenError(Exception):
    """Another program listens where one of ours has to."""


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now, all different."""
    found: list[int] = []
    while len(found) < count:
        port = random.choice(OURS)  # noqa: S311
        if port not in found and not taken(port):
            found.append(port)
    return found


def free_set() -> dict[str, str]:
    """A free port for each of our variables."""
    return {name: str(p) for name, p in zip(DEFAULTS, free_ports(len(DEFAULTS)), strict=True)}


def chosen(environment: Mapping[str, str]) -> dict[str, str]:
    """The ports that `environment` names, or the usual ones. Raises PortTakenError."""
    ports = {name: environment.get(name) or str(usual) for name, usual in DEFAULTS.items()}
    for name, port in ports.items():
        if taken(int(port)):
            raise PortTakenError(f"port {port} is taken: set {name} to another one")
    return ports


def settled(environment: Mapping[str, str]) -> bool:
    """Whether nobody listens on any of our ports."""
    return not any(taken(int(environment.get(n) or usual)) for n, usual in DEFAULTS.items())


def taken(port: int) -> bool:
    with socket.socket() as probe:
        # A port that was served a moment ago is free, although the system still remembers it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
