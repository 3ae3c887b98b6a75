"""Pictures of the pages on which a story failed."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Error, Page

from launch.stack import ROOT

FOLDER = ROOT / ".data/failures"
PATIENCE_MS = 5000  # for a page that may hang


def take_pictures(pages: Iterable[Page], folder: Path = FOLDER) -> list[str]:
    """Save a picture of each page of the running test. Return a line with its URL and file."""
    folder.mkdir(parents=True, exist_ok=True)
    story = os.environ["PYTEST_CURRENT_TEST"].rpartition(" (")[0]
    lines = []
    for number, page in enumerate(pages, start=1):
        file = folder / f"{re.sub('[^A-Za-z0-9_]+', '-', story)}-{number}.png"
        try:
            page.screenshot(path=file, timeout=PATIENCE_MS)
        except Error as error:
            lines.append(f"{page.url}: no picture: {error.message.splitlines()[0]}")
        else:
            lines.append(f"{page.url}: {file}")
    return lines
