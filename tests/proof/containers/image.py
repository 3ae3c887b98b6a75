"""The image of the parts, made as the Dockerfile says, without Docker.

Its base images are replaced: by this machine's Python and `/usr`, and by the web app as it is built
here.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from launch.children import run
from launch.stack import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
INSTALL = "pip install --no-cache-dir --require-hashes -r requirements/runtime.txt"
NEVER_COPIED = ("__pycache__", ".env*")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Image:
    """The folders of the code and of the virtual environment."""

    app: Path
    venv: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the Dockerfile sets."""
        (line,) = (line for line in DOCKERFILE.splitlines() if line.startswith("ENV "))
        variables = dict(word.split("=", 1) for word in line.split()[1:])
        assert variables["PATH"] == "/venv/bin:$PATH"
        return variables | {"PATH": f"{self.venv}/bin:{PATH}"}


def build(folder: Path, pages: Path) -> Image:
    """Build the image in `folder`, with the built pages of the web app."""
    image = Image(folder / "app", folder / "venv")
    image.app.mkdir()
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    for name in (line[1:] for line in lines if line.startswith("!") and line != "!frontend"):
        _copy(ROOT / name, image.app / name)
    shutil.copytree(pages, image.app / "frontend" / "dist")
    assert f"RUN /venv/bin/{INSTALL}\n" in DOCKERFILE
    run([sys.executable, "-m", "venv", str(image.venv)], check=True)
    command = [str(image.venv / "bin" / "python"), "-m", *INSTALL.split(), "--quiet"]
    run(command, cwd=image.app, check=True)
    return image


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*NEVER_COPIED))
    else:
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)
