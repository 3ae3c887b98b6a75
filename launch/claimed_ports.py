"""The ports that a system claims before its parts listen on them."""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from launch.output import say
from launch.ports import DEFAULTS, PortTakenError, free_ports, is_taken
from launch.processes import has_metrics

# The ports of the parts that no order needs.
MOVABLE = ("EVENTS_PORT", "FLOWER_PORT", "METRICS_PORT", "EXPORTER_PORT")


@contextmanager
def claimed_ports(environment: Mapping[str, str], *, sandbox: bool) -> Iterator[dict[str, str]]:
    """Claim the ports that `environment` sets, or the usual ones, and yield them.

    A usual port of MOVABLE that is taken is replaced by a free one, and a line says so. Another
    system of this user that starts meanwhile finds the claimed ports taken. Raises PortTakenError.
    """
    ports = {name: environment.get(name) or str(usual) for name, usual in DEFAULTS.items()}
    movable = {name for name in MOVABLE if not environment.get(name)}
    needed = ports.keys() - _unused(environment, sandbox=sandbox)
    _refuse_equal({name: ports[name] for name in needed - movable})
    with ExitStack() as claims:
        # A port that is set goes before the free one that replaces another.
        for name in sorted(needed, key=lambda name: (name in movable, name)):
            taken = ports[name]
            if _claim(int(taken), claims):
                continue
            if name not in movable:
                raise PortTakenError(f"port {taken} is taken: set {name} to another port")
            ports[name] = str(_claim_free(claims))
            say(f"projectx: port {taken} is taken: {name} is {ports[name]} now")
        yield ports


def _refuse_equal(ports: Mapping[str, str]) -> None:
    """Raise PortTakenError if two parts have one port."""
    names: dict[str, str] = {}
    for name in sorted(ports):
        other = names.setdefault(ports[name], name)
        if other != name:
            raise PortTakenError(f"{other} and {name} are both {ports[name]}: set another port")


def _unused(environment: Mapping[str, str], *, sandbox: bool) -> set[str]:
    """Return the variables of the parts that do not run."""
    metrics = set() if has_metrics(environment) else {"METRICS_PORT", "EXPORTER_PORT"}
    return metrics if sandbox else metrics | {"SANDBOX_PORT"}


def _claim_free(claims: ExitStack) -> int:
    while not _claim(port := free_ports(1)[0], claims):
        pass
    return port


def _claim(port: int, claims: ExitStack) -> bool:
    """Claim a port until the end of `claims`. Return False if it is taken or claimed."""
    folder = Path(tempfile.gettempdir()) / f"projectx-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = claims.enter_context((folder / str(port)).open("w"))
    try:
        # The system releases the lock when this process ends, however it ends.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return not is_taken(port)
