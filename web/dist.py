"""The built web app: the files of frontend/dist, which launch/frontend.py or the image makes."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "frontend" / "dist"
# Vite's names: no separator of folders, and no leading dot.
ASSET_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
# In the order in which we prefer them: the best compression first.
ENCODINGS = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that never changes: its name has a hash of its content."""

    path: Path
    encodings: tuple[str, ...]

    def encoded(self, encoding: str | None) -> Path:
        """Return the file of an encoding, or the plain file."""
        return self.path.with_name(self.path.name + ENCODINGS.get(encoding or "", ""))


def read_index() -> str | None:
    """Return the HTML of the app, in which every page begins; None if it is not built."""
    path = FOLDER / "index.html"
    try:
        # A build replaces the folder while we run.
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


def find_asset(name: str) -> Asset | None:
    """Return an asset by its name, or None."""
    path = FOLDER / "assets" / name
    is_variant = path.suffix in ENCODINGS.values()
    if not ASSET_NAME.fullmatch(name) or is_variant or not path.is_file():
        return None
    encodings = (
        encoding
        for encoding, suffix in ENCODINGS.items()
        if path.with_name(path.name + suffix).is_file()
    )
    return Asset(path, tuple(encodings))


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> str:
    return path.read_text()
