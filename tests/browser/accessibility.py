"""Accessibility of pages, checked by axe-core."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


def find_violations(page: Page) -> list[str]:
    """Return each broken rule with the elements that break it."""
    # The page's policy refuses scripts from elsewhere, but not those of the browser's tools.
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in result["violations"]
    ]
