"""Programs of the system's packages: installed ones, or Debian's, unpacked but not installed."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
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
MODULES = "usr/lib/python3/dist-packages"  # of Debian's own Python
NEEDED = ("lib", "python3-")  # begin the names of packages that a program needs to run


@dataclass(frozen=True, slots=True)
class Program:
    path: str
    environment: dict[str, str]


def program(name: str, *more: str, executable: str = "") -> Program:
    """Return the path of a program of the package `name`, or skip the test with a reason.

    `more` are packages that it also needs; `executable` is its name, if it is not the package's.
    """
    executable = executable or name
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES))
    if installed := shutil.which(executable, path=path):
        return Program(installed, dict(os.environ))
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        pytest.skip(f"{name} is not installed, and there is no apt-get to fetch it with")
    with _alone() as folder:
        unpacked = folder / name
        if not unpacked.exists():
            _fetch((name, *more), folder)
    places = os.pathsep.join(f"{unpacked}/usr/{d}" for d in ("sbin", "bin"))
    program_path = shutil.which(executable, path=places)
    assert program_path is not None, f"the package {name} has no program {executable}"
    _skip_without_interpreter(program_path)
    libraries = [str(path) for place in LIBRARIES for path in unpacked.glob(place)]
    found_by = {
        "LD_LIBRARY_PATH": os.pathsep.join(libraries),
        "PYTHONPATH": str(unpacked / MODULES),
    }
    return Program(program_path, os.environ | found_by)


def _skip_without_interpreter(script: str) -> None:
    """Skip the test if the first line of a script names a program that is not there."""
    with Path(script).open("rb") as file:
        line = file.readline(200)
    if line.startswith(b"#!") and not Path(line[2:].split()[0].decode()).exists():
        pytest.skip(f"{script} needs {line[2:].decode().strip()}, which is not installed")


@contextmanager
def _alone() -> Iterator[Path]:
    """Yield the folder of the unpacked packages to one process at a time."""
    folder = unprivileged_user.reachable_folder(ROOT / ".data" / "programs")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _fetch(names: Sequence[str], folder: Path) -> None:
    """Unpack packages, and the libraries that they need and the system does not have."""
    half = folder / f"{names[0]}.half"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    try:
        packages = [*names, *_missing_libraries(names)]
        if run(["apt-get", "download", *packages], cwd=half).returncode and os.geteuid() == 0:
            # A new machine has no lists of packages yet.
            run(["apt-get", "update", "--quiet"])
            packages = [*names, *_missing_libraries(names)]
            run(["apt-get", "download", *packages], cwd=half, check=True, capture_output=True)
        for package in half.glob("*.deb"):
            run(["dpkg-deb", "--extract", str(package), str(half)], check=True)
    except subprocess.CalledProcessError as failed:
        pytest.skip(f"{names[0]} is not installed, and apt-get does not get it: {failed.stderr}")
    half.rename(folder / names[0])


def _missing_libraries(names: Sequence[str]) -> list[str]:
    waiting, seen = list(names), set(names)
    while waiting:
        output = run(
            ["apt-cache", "depends", "--important", waiting.pop()], capture_output=True, text=True
        )
        for line in output.stdout.splitlines():
            kind, _, package = line.strip().partition(": ")
            if kind == "Depends" and package.startswith(NEEDED) and package not in seen:
                seen.add(package)
                if not _is_installed(package):
                    waiting.append(package)
    return [package for package in seen - set(names) if not _is_installed(package)]


def _is_installed(package: str) -> bool:
    query = run(["dpkg-query", "--show", "--showformat=${Status}", package], capture_output=True)
    return b"install ok installed" in query.stdout
