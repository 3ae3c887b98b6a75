"""Programs of the system's packages: installed ones, or Debian's, unpacked but not installed."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from launch import unprivileged_user
from launch.children import run
from launch.stack import ROOT

# Where a distribution keeps programs that its users do not call.
PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")
LIBRARIES = ("lib/*-linux-gnu", "usr/lib/*-linux-gnu")


@dataclass(frozen=True, slots=True)
class Program:
    path: str
    environment: dict[str, str]


def program(name: str) -> Program:
    """Return the path of a program of the package `name`, or skip the test with a reason."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES))
    if installed := shutil.which(name, path=path):
        return Program(installed, dict(os.environ))
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        pytest.skip(f"{name} is not installed, and there is no apt-get to fetch it with")
    with _alone() as folder:
        unpacked = folder / name
        if not unpacked.exists():
            _fetch(name, folder)
    executable = shutil.which(
        name, path=os.pathsep.join(f"{unpacked}/usr/{d}" for d in ("sbin", "bin"))
    )
    assert executable is not None, f"the package {name} has no program {name}"
    libraries = [str(path) for place in LIBRARIES for path in unpacked.glob(place)]
    return Program(executable, os.environ | {"LD_LIBRARY_PATH": os.pathsep.join(libraries)})


@contextmanager
def _alone() -> Iterator[Path]:
    """Yield the folder of the unpacked packages to one process at a time."""
    folder = unprivileged_user.reachable_folder(ROOT / ".data" / "programs")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _fetch(name: str, folder: Path) -> None:
    """Unpack a package, and the libraries that it needs and the system does not have."""
    half = folder / f"{name}.half"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    try:
        packages = [name, *_missing_libraries(name)]
        if run(["apt-get", "download", *packages], cwd=half).returncode and os.geteuid() == 0:
            # A new machine has no lists of packages yet.
            run(["apt-get", "update", "--quiet"])
            packages = [name, *_missing_libraries(name)]
            run(["apt-get", "download", *packages], cwd=half, check=True, capture_output=True)
        for package in half.glob("*.deb"):
            run(["dpkg-deb", "--extract", str(package), str(half)], check=True)
    except subprocess.CalledProcessError as failed:
        pytest.skip(f"{name} is not installed, and apt-get does not get it: {failed.stderr}")
    half.rename(folder / name)


def _missing_libraries(name: str) -> list[str]:
    waiting, seen = [name], {name}
    while waiting:
        output = run(
            ["apt-cache", "depends", "--important", waiting.pop()], capture_output=True, text=True
        )
        for line in output.stdout.splitlines():
            kind, _, package = line.strip().partition(": ")
            if kind == "Depends" and package.startswith("lib") and package not in seen:
                seen.add(package)
                if not _is_installed(package):
                    waiting.append(package)
    return [package for package in seen - {name} if not _is_installed(package)]


def _is_installed(package: str) -> bool:
    query = run(["dpkg-query", "--show", "--showformat=${Status}", package], capture_output=True)
    return b"install ok installed" in query.stdout
