"""Containers without Docker: a namespace of each kind, and the folders that Compose would mount.

bubblewrap makes them. Each has a read-only file system, a `/tmp` of its own, the secrets and the
environment of its service, its user, no capability and no way to new privileges, and its limits
(tests/proof/containers/limits.py). Nothing is started again.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess

from launch.children import Child, run
from launch.waiting import until
from tests.proof.containers.compose_file import Service
from tests.proof.containers.image import PATH, Image
from tests.proof.containers.limits import Limits
from tests.proof.containers.networks import Networks
from tests.support.programs import Program

LINKS = ("bin", "lib", "lib64", "sbin")
SHARED = ("/usr", "/etc/ssl", "/etc/ld.so.cache", "/etc/alternatives")
UNPRIVILEGED = ("--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")
OWN = ("hosts", "passwd")
DEVICES = "/dev"
HEALTHY = 120  # seconds


class Containers:
    """The containers of some services. `folder` has their files, and the log of each."""

    def __init__(
        self,
        services: Mapping[str, Service],
        networks: Networks,
        limits: Limits,
        image: Image,
        bubblewrap: Program,
        folder: Path,
    ) -> None:
        self.services, self.networks, self.limits = services, networks, limits
        self._image, self._bubblewrap, self.folder = image, bubblewrap, folder
        self._running: dict[str, Child] = {}
        self._mounts: dict[str, list[tuple[str, Path, str]]] = {}

    def mount(self, name: str, source: Path, target: str, *, writable: bool = False) -> None:
        """Have a container see a file or a folder at `target`."""
        kind = "--bind" if writable else "--ro-bind"
        self._mounts.setdefault(name, []).append((kind, source, target))

    def add_programs(self, name: str, place: Path, root: Path, libraries: str = "") -> None:
        """Let a container run the programs in `place`; `root` has all that they need."""
        # Installed ones are seen by all.
        if root != Path("/"):
            self.mount(name, root, str(root))
        self.services[name].environment.update(PATH=f"{place}:{PATH}", LD_LIBRARY_PATH=libraries)

    @property
    def python(self) -> str:
        """The Python of the image, also in containers of other images."""
        return str(self._image.venv / "bin" / "python")

    def run(self, name: str, *command: str) -> CompletedProcess[str]:
        """Run a command in a container beside the one that is running, as `exec` does."""
        words = self._command(self.services[name], command)
        return run(words, env=self._environment, stdout=PIPE, stderr=STDOUT, text=True)

    def start(self, name: str, *more: str) -> None:
        """Start a container with the command of its service, and `more` at its end."""
        words = self._command(self.services[name], (*self.services[name].command, *more))
        with self._log_of(name).open("wb") as log:
            self._running[name] = Child(words, env=self._environment, stdout=log, stderr=log)

    def await_health(self, name: str) -> None:
        """Wait for the health check of a container. Raises AssertionError with its log."""
        check = self.services[name].health_check
        assert check is not None

        def is_healthy() -> bool:
            assert self._running[name].poll() is None, self.log_of(name)
            return self.run(name, *check).returncode == 0

        until(is_healthy, f"the health of {name}", seconds=HEALTHY)

    def log_of(self, name: str) -> str:
        """Return the end of what a container has written."""
        return f"{name}: {self._log_of(name).read_text(errors='replace')[-4000:]}"

    def end(self) -> None:
        for child in reversed(self._running.values()):
            child.kill()
            child.wait()

    @property
    def _environment(self) -> dict[str, str]:
        return self._bubblewrap.environment

    def _log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _command(self, service: Service, command: tuple[str, ...]) -> list[str]:
        """Return the words that run a command in the container of a service."""
        user, group = service.user
        drop = ["setpriv", f"--reuid={user}", f"--regid={group}", *UNPRIVILEGED, "--"]
        words = [*self.limits.enter(service), *self.networks.enter(service.name)]
        words += [self._bubblewrap.path, "--clearenv"]
        words += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", service.name]
        words += ["--die-with-parent", "--new-session"]
        words += self._file_system(service)
        for name, value in (self._image.environment | service.environment).items():
            words += ["--setenv", name, value]
        return [*words, "--", *drop, *command]

    def _file_system(self, service: Service) -> list[str]:
        """Return the words that mount what a container sees."""
        own = self.folder / service.name
        words = [
            "--proc",
            "/proc",
            "--dev",
            DEVICES,
            "--perms",
            "1777",
            "--tmpfs",
            f"{DEVICES}/shm",
        ]
        words += [word for link in LINKS for word in ("--symlink", f"usr/{link}", f"/{link}")]
        mounts = [("--ro-bind-try", Path(place), place) for place in SHARED]
        for place in service.writable:
            folder = own / Path(place).name
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o1777)
            mounts.append(("--bind", folder, place))
        mounts += [("--ro-bind", self._write(own, name, service), f"/etc/{name}") for name in OWN]
        python = (Path(sys.base_prefix), self._image.venv)
        mounts += [("--ro-bind", each, str(each)) for each in python]
        mounts += [("--ro-bind", self._image.app, "/app")]
        for target, source in service.secrets.items():
            mounts.append(("--ro-bind", self.folder / "secrets" / source, f"/run/secrets/{target}"))
        mounts += self._mounts.get(service.name, [])
        made = {Path("/")}
        for kind, outside, inside in mounts:
            # bubblewrap makes the folder of a file for root alone.
            parents = [each for each in reversed(Path(inside).parents) if each not in made]
            words += [word for each in parents for word in ("--dir", str(each))]
            made.update(parents)
            words += [kind, str(outside), inside]
        return [*words, "--chdir", "/app"]

    def _write(self, folder: Path, name: str, service: Service) -> Path:
        """Write a file of `/etc` that a container has for itself."""
        user, group = service.user
        texts = {
            "hosts": self.networks.hosts_of(service.name),
            "passwd": f"root:x:0:0::/:/bin/sh\nself:x:{user}:{group}::/:/bin/sh\n",
        }
        file = folder / name
        file.write_text(texts[name])
        file.chmod(0o444)
        return file


@contextmanager
def ending(containers: Containers) -> Iterator[Containers]:
    """End the containers after the block."""
    try:
        yield containers
    finally:
        containers.end()
