"""The page about scale uses the figures of the page about performance, and multiplies correctly."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCALE = (ROOT / "docs/explanation/scale.md").read_text(encoding="utf-8")
PERFORMANCE = (ROOT / "docs/explanation/performance.md").read_text(encoding="utf-8")
SHOP = re.compile(r"^\| 32 \| ours \| ([\d.]+) \|.*\| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
ROW = re.compile(r"^\| ([\d,.]+) \| ([\d,]+) \| ([\d,]+) \| (\d+) million orders \|$", re.MULTILINE)


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_the_figures_are_the_measured_ones() -> None:
    ((rate, commits, milliseconds),) = SHOP.findall(PERFORMANCE)
    for text in (f"receipt | {rate} |", f"an order | {commits} |", f"{milliseconds} ms |"):
        assert text in SCALE
    assert "it reached 734 flows a second" in PERFORMANCE
    assert "| 734 flows a second |" in SCALE
    assert re.search(r"^\| 10 million \| [\d.]+ \| 102 % \|", PERFORMANCE, re.MULTILINE)


@pytest.mark.parametrize("row", ROW.findall(SCALE), ids=lambda row: row[0])
def test_the_arithmetic_follows_from_them(row: tuple[str, ...]) -> None:
    ((_, commits, milliseconds),) = SHOP.findall(PERFORMANCE)
    rate, cores, commits_a_second, millions = map(number, row)
    assert cores == round(rate * float(milliseconds) / 1000)
    assert commits_a_second == round(rate * float(commits))
    assert millions == round(rate * 86_400 / 1e6)
