"""The page about the web app names components and hooks that exist."""

import re

from launch.stack import ROOT

TEXT = (ROOT / "docs/explanation/web-app.md").read_text()
NAME = re.compile(r"`(use[A-Z]\w+|[A-Z][a-z]+(?:[A-Z]\w*)?|[a-z]+[A-Z]\w*)`")


def test_every_component_and_hook_exists() -> None:
    folder = ROOT / "frontend/src"
    code = "\n".join(file.read_text() for file in folder.rglob("*.ts*"))
    missing = [
        name for name in NAME.findall(TEXT) if not re.search(rf"\b(function|const) {name}\b", code)
    ]
    assert missing == []
