"""The JavaScript that a visitor's first page needs: little of it, and nothing for paying."""

import re
from collections.abc import Iterator
from pathlib import Path

from launch.stack import ROOT

SCRIPT = re.compile(r'<script type="module"[^>]* src="/assets/([^"]+)"')
STATIC_IMPORT = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')
# The figure of the page, after gzip.
SENTENCE = re.compile(r"first page needs at most (\d+) KB of JavaScript")
MAX_KILOBYTES = 170
SLACK_KILOBYTES = 10


def find_first_load(pages: Path) -> Iterator[Path]:
    """Yield the scripts of index.html, and what they import before anything is shown."""
    waiting = SCRIPT.findall((pages / "index.html").read_text())
    names = set(waiting)
    while waiting:
        script = pages / "assets" / waiting.pop()
        yield script
        imports = set(STATIC_IMPORT.findall(script.read_text())) - names
        names |= imports
        waiting += imports


def test_the_first_load_is_as_small_as_the_docs_say(pages: Path) -> None:
    compressed = [Path(f"{script}.gz").stat().st_size for script in find_first_load(pages)]
    kilobytes = sum(compressed) / 1000
    (figure,) = SENTENCE.findall((ROOT / "docs/explanation/web-app.md").read_text())
    assert len(compressed) > 1
    assert int(figure) - SLACK_KILOBYTES <= kilobytes <= int(figure) <= MAX_KILOBYTES


def test_the_first_load_has_nothing_of_stripe(pages: Path) -> None:
    assert [s.name for s in find_first_load(pages) if "js.stripe.com" in s.read_text()] == []
