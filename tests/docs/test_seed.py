"""Each slide of the original system has an answer, and its file exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$", re.MULTILINE)


def test_forty_slides_have_an_answer_in_a_file() -> None:
    rows = ROW.findall((ROOT / "docs/reference/seed.md").read_text())
    assert [int(number) for number, *_ in rows] == list(range(1, 41))
    assert [path for *_, path in rows if not (ROOT / path).is_file()] == []
    assert len({description for _, description, *_ in rows}) == len(rows)
