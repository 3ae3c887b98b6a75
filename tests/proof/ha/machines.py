"""Worker machines: network namespaces with workers, each joined to this machine by a link.

The namespaces have no names: the kernel deletes one, with its link, when its last process ends. All
its processes end with this one (launch.children), so that nothing stays, however a test ends.
"""

import json
import random
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Network
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, Self

import pytest

from launch.children import Child, end_group, run
from launch.processes import PYTHON, commands
from launch.stack import ROOT, Stack
from launch.waiting import until
from tests.proof.ha.forwarder import LOOPBACK
from tests.support.programs import Program, program

WORKERS = ("worker-1", "worker-2", "sweeper")
# The servers of this machine that the workers use.
SERVERS = ("DATABASE_URL", "REDIS_URL", "STRIPE_API_BASE", "SENDGRID_API_BASE")
# Reserved for tests of networks (RFC 2544).
ADDRESSES = IPv4Network("198.18.0.0/16")
# The first process of a machine: it names the machine, and lives as long.
INIT = 'echo "$0" >/proc/sys/kernel/hostname && exec sleep infinity'


class Host(Stack):
    """A system without workers of its own."""

    def _commands(self) -> dict[str, list[str]]:
        return {name: each for name, each in super()._commands().items() if name not in WORKERS}


class Machine:
    """A network namespace with a worker of each kind, which reach `host` by a link alone."""

    def __init__(self, name: str, network: IPv4Network, host: Host, ip: Program) -> None:
        self.name, self._host, self._ip = name, host, ip
        self._near, self._far = (f"{each}/{network.prefixlen}" for each in network.hosts())
        # A name of at most 15 characters, which nobody else takes.
        self._link = f"pxm{secrets.token_hex(5)}"
        self._processes: dict[str, Child] = {}

    def start(self) -> None:
        """Start the machine and its workers; their claims show when they work."""
        self._start("init", ["unshare", "--net", "--uts", "--", "/bin/sh", "-c", INIT, self.name])
        init = self._processes["init"].pid
        until(lambda: Path(f"/proc/{init}/comm").read_text() == "sleep\n", "a namespace")
        self._run("link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", init)
        self._run("address", "add", self._near, "dev", self._link)
        self._run("link", "set", self._link, "up")
        for words in (("address", "add", self._far, "dev", "eth0"), ("link", "set", "eth0", "up")):
            run([*self._inside(), self._ip.path, *words], env=self._ip.environment, check=True)
        self._forward()
        every = commands(self._host.environment, self._host.data, sandbox=True)
        for name in WORKERS:
            self._start(name, [*self._inside(), *every[name]])

    def cut(self) -> None:
        """Pull the cable: nothing arrives any more, and nobody is told."""
        self._run("link", "set", self._link, "down")

    def restore(self) -> None:
        """Plug the cable in again."""
        self._run("link", "set", self._link, "up")

    def lose(self) -> None:
        """Cut the link, and kill every process of the machine: the servers hear no goodbye."""
        self.cut()
        for name in ("init", *WORKERS):
            self._kill(name)
        self._remove_link()

    def runs(self) -> bool:
        """Return whether all its processes are those that were started."""
        return all(process.poll() is None for process in self._processes.values())

    def log(self) -> str:
        """Return what its workers have written."""
        return self._log.read_text(errors="replace")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._processes):
            self._kill(name)
        self._remove_link()

    @property
    def _log(self) -> Path:
        return self._host.data / f"{self.name}.log"

    def _forward(self) -> None:
        """Lead the near end of the link to the servers of the host, which keep their ports."""
        urls = {self._host.environment[name] for name in SERVERS}
        ports = {url.partition(f"{LOOPBACK}:")[2].partition("/")[0] for url in urls}
        command = [*PYTHON, "tests.proof.ha.forwarder", self._address, *sorted(ports)]
        forwarder = Child(command, cwd=ROOT, stdout=PIPE)
        self._processes["forwarder"] = forwarder
        assert forwarder.stdout is not None
        with forwarder.stdout as lines:
            assert lines.readline(), "the forwarder does not start"

    @property
    def _address(self) -> str:
        return self._near.partition("/")[0]

    def _inside(self) -> list[str]:
        init = self._processes["init"].pid
        return ["nsenter", f"--net=/proc/{init}/ns/net", f"--uts=/proc/{init}/ns/uts", "--"]

    def _start(self, name: str, command: list[str]) -> None:
        environment = dict(self._host.environment)
        for server in SERVERS:
            environment[server] = environment[server].replace(LOOPBACK, self._address)
        # PostgreSQL shows it as the name of the application.
        environment["PGAPPNAME"] = self.name
        with self._log.open("ab") as log:
            self._processes[name] = Child(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name)
        end_group(process.pid, signal.SIGKILL)
        process.wait(60)

    def _remove_link(self) -> None:
        """Delete the link, unless the kernel has done so: closed connections may delay it."""
        run([self._ip.path, "link", "delete", self._link], env=self._ip.environment, stderr=DEVNULL)
        until(lambda: self._link not in links(self._ip), f"the end of {self.name}")

    def _run(self, *words: object) -> None:
        command = [self._ip.path, *(str(word) for word in words)]
        run(command, env=self._ip.environment, check=True, capture_output=True, text=True)


@contextmanager
def running_machines(ip: Program, host: Host, *names: str) -> Iterator[list[Machine]]:
    """Run machines of these names, whose links are made with `ip`."""
    with ExitStack() as closing:
        networks = free_networks(ip, len(names))
        yield [
            closing.enter_context(Machine(name, network, host, ip))
            for name, network in zip(names, networks, strict=True)
        ]


def find_ip() -> Program:
    """Return the program `ip`, or skip the test with the reason why there can be no machines."""
    ip = program("iproute2", executable="ip")
    if missing := [name for name in ("unshare", "nsenter") if shutil.which(name) is None]:
        pytest.skip(f"{' and '.join(missing)} of util-linux is not installed")
    probe = ["unshare", "--net", "--uts", "--", ip.path, "link", "add", "type", "veth"]
    done = run(probe, env=ip.environment, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no network namespaces, or no links between them: {done.stderr.strip()}")
    return ip


def free_networks(ip: Program, count: int, prefix: int = 30) -> list[IPv4Network]:
    """Return networks to which this machine has no route of its own; 30 is for two machines."""
    taken = [
        IPv4Network(route["dst"], strict=False)
        for route in ask(ip, "-4", "route", "show", "table", "all")
        if route["dst"] != "default"
    ]
    free = [
        network
        for network in ADDRESSES.subnets(new_prefix=prefix)
        if not any(network.overlaps(each) for each in taken)
    ]
    return random.sample(free, count)


def links(ip: Program) -> set[str]:
    """Return the names of the network links of this machine."""
    return {link["ifname"] for link in ask(ip, "link", "show")}


def ask(ip: Program, *words: str) -> list[dict[str, Any]]:
    command = [ip.path, "-json", *words]
    done = run(command, env=ip.environment, check=True, capture_output=True, text=True)
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer
