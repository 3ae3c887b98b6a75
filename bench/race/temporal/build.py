"""Temporal's server, its schema tool, and the Go worker, built once by Go."""

import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from launch.children import run
from launch.stack import ROOT

VERSION = "v1.32.2"
MODULE = "go.temporal.io/server"
# Newer than many machines have; Go fetches it as it fetches modules.
TOOLCHAIN = "go1.26.10+auto"
FOLDER = ROOT / ".venv-bench" / "temporal"
WORKER_SOURCES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Programs:
    """The built programs, and the folder of the schema's SQL."""

    server: Path
    schema_tool: Path
    worker: Path
    schema: Path


def build() -> Programs | None:
    """Return the programs, built now if they are not yet; None without Go, with a message."""
    if shutil.which("go") is None:
        print("Temporal is left out of the race: there is no Go to build it.", file=sys.stderr)
        return None
    binaries = FOLDER / "bin"
    programs = Programs(
        server=binaries / "server",
        schema_tool=binaries / "sql",
        worker=binaries / f"worker-{_fingerprint()}",
        schema=_module_folder() / "schema" / "postgresql" / "v12",
    )
    if not (programs.server.exists() and programs.schema_tool.exists()):
        print("Building Temporal's server (once, some minutes) ...", file=sys.stderr)
        packages = [f"{MODULE}/cmd/{name}@{VERSION}" for name in ("server", "tools/sql")]
        _go("install", *packages, GOBIN=str(binaries))
    if not programs.worker.exists():
        _go("build", "-o", str(programs.worker), ".")
    return programs


def _module_folder() -> Path:
    cache = _go("env", "GOMODCACHE").strip()
    return Path(cache) / f"{MODULE}@{VERSION}"


def _fingerprint() -> str:
    sources = sorted(
        path for path in WORKER_SOURCES.iterdir() if path.name.startswith(("go.", "main."))
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def _go(*words: str, **variables: str) -> str:
    done = run(
        ["go", *words],
        cwd=WORKER_SOURCES,
        env=os.environ | {"GOTOOLCHAIN": TOOLCHAIN} | variables,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"go {words[0]} failed: {done.stderr[-2000:]}")
    return str(done.stdout)
