"""The engine's statements have the same results on tables in partitions, which only cost more."""

import re
import sys

import pytest

from bench.partitions.__main__ import read_arguments
from launch.children import run
from launch.stack import ROOT
from tests.support.proof import IN_FULL


@pytest.mark.slow
@pytest.mark.skipif(not IN_FULL, reason="a sample of the benchmark, for `make prove`")
def test_the_statements_work_on_tables_in_partitions() -> None:
    sizes = ("3000", "3000", "1")
    command = [sys.executable, "-m", "bench.partitions", *sizes]
    # It ends with an error when a statement changes other rows, or a row to keep is forgotten.
    done = run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ((today, *others),) = re.findall(
        r"^finish of 25 +(\d+)\.000 +(\d+)\.000 +(\d+)", done.stdout, re.MULTILINE
    )
    assert all(int(locks) > int(today) for locks in others)


@pytest.mark.parametrize(
    "words", [["x"], ["0", "0", "0"], ["40", "1000", "10"], ["1000", "9", "1"]]
)
def test_sizes_that_cannot_be_measured_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_arguments(words)
