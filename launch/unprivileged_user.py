"""The user that PostgreSQL runs as: it refuses root, so root starts it as `nobody`."""

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

# Holds what `nobody` must reach when the project itself is in a private folder.
PUBLIC_ROOT = Path("/var/tmp/projectx")  # noqa: S108  only root creates it, and its own subfolders


def user_options() -> dict[str, Any]:
    """Return the arguments of subprocess.Popen that select the user; none unless we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder that PostgreSQL can reach, and delete it at the end."""
    with tempfile.TemporaryDirectory(prefix="projectx-") as name:
        folder = Path(name)
        remove_at_the_end(folder)
        folder.chmod(0o711)
        yield folder


def reachable_folder(folder: Path) -> Path:
    """Create `folder`, or a substitute that PostgreSQL can reach, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return folder
    home = folder.resolve() if _is_public(folder.resolve().parent) else _substitute(folder)
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return home


def _substitute(folder: Path) -> Path:
    """Return a public folder, whose path is kept in `folder`: a fresh clone gets a fresh one."""
    pointer = folder / "elsewhere"
    if not pointer.exists():
        write_whole(pointer, str(PUBLIC_ROOT / secrets.token_hex(8)), replace=False)
    home = Path(pointer.read_text())
    home.mkdir(parents=True, exist_ok=True)
    PUBLIC_ROOT.chmod(0o755)
    return home


def reachable_package(package: Path) -> Path:
    """Return the folder of a package with programs, or of a copy that `nobody` can reach."""
    package = package.resolve()
    if os.geteuid() != 0 or _is_public(package):
        return package
    copy = PUBLIC_ROOT / hashlib.sha256(str(package).encode()).hexdigest()[:16]
    if not copy.exists():
        partial = copy.with_suffix(f".{os.getpid()}")
        # The programs look for their libraries beside the package.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, partial / part.name, symlinks=True)
        PUBLIC_ROOT.chmod(0o755)
        partial.rename(copy)
    return copy / package.name


def _is_public(folder: Path) -> bool:
    """Return whether every user may enter `folder`."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))
