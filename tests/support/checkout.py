"""Copies of this checkout, in which a test may change files and run the checks."""

import shutil
import sys
from pathlib import Path

from launch.children import run
from launch.stack import ROOT


def copy_checkout(target: Path) -> Path:
    """Copy the files of the repository, with a link to the virtual environment."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)
    return target


def copy_mypy_cache(target: Path) -> None:
    """Copy mypy's cache, if there is one: without it, mypy reads all libraries for a minute."""
    cache = ROOT / ".mypy_cache"
    if cache.is_dir():
        shutil.copytree(cache, target / cache.name)


def run_module(folder: Path, *words: str) -> str:
    """Run a Python module in `folder` and return its output. Raises CalledProcessError."""
    command = [sys.executable, "-m", *words]
    return str(run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)
