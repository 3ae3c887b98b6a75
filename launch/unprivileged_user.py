"""PostgreSQL refuses to run as root: then it runs as `nobody`, in folders that one can reach."""

import hashlib
import os
import pwd
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launch.children import remove_at_the_end
from launch.files import write_whole

# Where root keeps what `nobody` must reach when the project itself lies in a closed folder.
OPEN = Path("/var/tmp/projectx")  # noqa: S108  only root makes it, and its own subfolders


def identity() -> dict[str, Any]:
    """Who PostgreSQL runs as: arguments for subprocess."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that goes away, and that PostgreSQL can reach."""
    with tempfile.TemporaryDirectory(prefix="projectx-") as name:
        folder = Path(name)
        remove_at_the_end(folder)
        folder.chmod(0o711)
        yield folder


def reachable_folder(folder: Path) -> Path:
    """`folder`, made, or one that stands for it where PostgreSQL can reach it."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return folder
    home = folder.resolve() if _open(folder.resolve().parent) else _elsewhere(folder)
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return home


def _elsewhere(folder: Path) -> Path:
    """A folder of its own for this `folder`, named in it, so that a fresh clone starts afresh."""
    note = folder / "elsewhere"
    if not note.exists():
        write_whole(note, str(OPEN / secrets.token_hex(8)), replace=False)
    home = Path(note.read_text())
    home.mkdir(parents=True, exist_ok=True)
    OPEN.chmod(0o755)
    return home


def reachable_package(package: Path) -> Path:
    """An installed package with programs, or a copy of it where PostgreSQL can reach it."""
    package = package.resolve()
    if os.geteuid() != 0 or _open(package):
        return package
    copy = OPEN / hashlib.sha256(str(package).encode()).hexdigest()[:16]
    if not copy.exists():
        half = copy.with_suffix(f".{os.getpid()}")
        # The programs look for their libraries beside the package.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, symlinks=True)
        OPEN.chmod(0o755)
        half.rename(copy)
    return copy / package.name


def _open(folder: Path) -> bool:
    """Whether everybody may walk down to `folder`."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))
