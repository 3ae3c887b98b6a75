"""The networks of docker-compose.yml: bridges in a namespace, to which containers are joined.

The namespaces have no names, and end with their last process. This machine is joined to the
networks of the ports that Compose publishes.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from launch.children import Child, run
from launch.waiting import until
from tests.proof.containers.compose_file import Service
from tests.proof.ha.machines import free_networks
from tests.support.programs import Program

PREFIX = 24
PUBLISHED = ("edge", "outside")
FIRST_CONTAINER = 10


class Networks:
    """The networks, and a namespace for each container."""

    def __init__(self, ip: Program, services: Mapping[str, Service]) -> None:
        names = sorted({name for service in services.values() for name in service.networks})
        self._ip, self._services = ip, services
        self._networks = dict(zip(names, free_networks(ip, len(names), PREFIX), strict=True))
        self._namespaces: dict[str, Child] = {}

    def address_of(self, service: str, network: str) -> str:
        """Return the address of a container in a network."""
        number = list(self._services).index(service)
        return str(self._networks[network][FIRST_CONTAINER + number])

    def hosts_of(self, service: str) -> str:
        """Return the file of the names that a container finds: of those in its networks."""
        lines = ["127.0.0.1 localhost"]
        for name, other in self._services.items():
            shared = [each for each in self._services[service].networks if each in other.networks]
            lines += [f"{self.address_of(name, network)} {name}" for network in shared[:1]]
        return "\n".join(lines) + "\n"

    def enter(self, service: str) -> list[str]:
        """Return the words before a command that runs it in the namespace of a container."""
        return ["nsenter", f"--net=/proc/{self._namespaces[service].pid}/ns/net", "--"]

    def connect(self) -> None:
        """Make the bridges, and join each container and this machine to its own."""
        self._make_namespace("switch")
        for network in self._networks:
            self._run("switch", f"link add {network} type bridge")
            self._run("switch", f"link set {network} up")
        for name, service in self._services.items():
            process = self._make_namespace(name)
            self._run(name, "link set lo up")
            for number, network in enumerate(service.networks):
                device, address = f"eth{number}", self.address_of(name, network)
                self._join(network, f"{network}{process}", device, process)
                self._run(name, f"address add {address}/{PREFIX} dev {device}")
                self._run(name, f"link set {device} up")
        for network in PUBLISHED:
            device = f"px{os.getpid()}{network[0]}"
            self._join(network, f"{network}-here", device, os.getpid())
            self._run(None, f"address add {self._networks[network][1]}/{PREFIX} dev {device}")
            self._run(None, f"link set {device} up")

    def end(self) -> None:
        """End the namespaces, and with them the links."""
        for child in self._namespaces.values():
            child.kill()
            child.wait()

    def _make_namespace(self, name: str) -> int:
        child = Child(["unshare", "--net", "--", "sleep", "infinity"])
        self._namespaces[name] = child
        comm = Path(f"/proc/{child.pid}/comm")
        until(lambda: comm.read_text() == "sleep\n", "a namespace")
        return child.pid

    def _join(self, network: str, near: str, device: str, process: int) -> None:
        """Join the namespace of a process to a bridge, by a pair of links."""
        peer = f"peer name {device} netns {process}"
        self._run("switch", f"link add {near} type veth {peer}")
        self._run("switch", f"link set {near} master {network}")
        self._run("switch", f"link set {near} up")

    def _run(self, namespace: str | None, words: str) -> None:
        """Run `ip` in a namespace, or on this machine."""
        inside = [] if namespace is None else self.enter(namespace)
        command = [*inside, self._ip.path, *words.split()]
        run(command, env=self._ip.environment, check=True, capture_output=True, text=True)


@contextmanager
def connected(ip: Program, services: Mapping[str, Service]) -> Iterator[Networks]:
    """Yield the networks of these services, connected."""
    networks = Networks(ip, services)
    try:
        networks.connect()
        yield networks
    finally:
        networks.end()
