"""Accessibility of pages, checked by axe-core."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
IS_LOADED = "'axe' in window"
# Colours are between two values, and texts half transparent, while something moves.
WAIT_FOR_MOTION = """() => Promise.allSettled(document.getAnimations()
  .filter(({ playState }) => playState === 'running')
  .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
  .map(({ finished }) => finished))"""


def find_violations(page: Page) -> list[str]:
    """Return each broken rule with the elements that break it."""
    # The page's policy refuses scripts from elsewhere, but not those of the browser's tools.
    if not page.evaluate(IS_LOADED):
        page.evaluate(AXE.read_text())
    # Rows that wait for their successors are dimmed: their colours are not to be measured.
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.evaluate(WAIT_FOR_MOTION)
    result: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in result["violations"]
    ]
