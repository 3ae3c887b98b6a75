"""Figures that the pages name are those of the code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from config import settings
from models.connection import MAX_SILENCE_SECONDS
from models.durable.activity import PUBLISHER_LEASE
from models.silence import CHECK_INTERVAL_SECONDS
from state_machines.durable import inbox, sweep
from state_machines.durable.base.timers import MAX_POLL_INTERVAL
from state_machines.durable.calls import batches
from state_machines.durable.operations import publishing
from state_machines.payment import MAX_INTERVAL, PaymentMachine
from tasks.beat import EXPIRY

ROOT = Path(__file__).parents[2]
WORDS = {"one": 1, "six": 6, "ten": 10, "twelve": 12}
HOUR = 3600
WEEK = timedelta(days=7)
# A page, its words with the figure in brackets, and what the code says.
FIGURES = [
    (
        "docs/how-to/operate.md",
        r"at once, (\w+) of a name\s+are published each",
        sweep.QUEUED_PER_SECOND,
    ),
    (
        "docs/explanation/the-engine.md",
        r"publishes (\w+) of each name a second",
        sweep.QUEUED_PER_SECOND,
    ),
    (
        "docs/reference/activities.md",
        r"publishes (\w+) of each name a second",
        sweep.QUEUED_PER_SECOND,
    ),
    ("docs/decisions/0022*.md", r"`QUEUED_PER_SECOND` \((\w+)\)", sweep.QUEUED_PER_SECOND),
    ("docs/decisions/0022*.md", r"`MAX_PENDING` \((\w+)\)", publishing.MAX_PENDING),
    ("docs/decisions/0022*.md", r"`MAX_PAGES` \((\w+)\)", sweep.MAX_PAGES),
    ("docs/explanation/guarantees.md", r"after their lease of (\w+) s, so Redis", EXPIRY),
    ("docs/explanation/guarantees.md", r"sweep after (\w+) s\.", PUBLISHER_LEASE.total_seconds()),
    ("docs/explanation/guarantees.md", r"sweep tries it up to (\w+)\s", inbox.RETRY.attempts),
    ("docs/how-to/operate.md", r"not apply them in (\w+) attempts", inbox.RETRY.attempts),
    ("docs/reference/tables.md", r"not be applied in (\w+) attempts", inbox.RETRY.attempts),
    ("docs/how-to/run-elsewhere.md", r"can make at once \((\w+)\)", batches.CONCURRENT_CALLS),
    (
        "docs/reference/settings.md",
        r"doubles up to (\w+) hours",
        MAX_INTERVAL.total_seconds() / HOUR,
    ),
    (
        "docs/reference/settings.md",
        r"at least once a (week)",
        MAX_POLL_INTERVAL / WEEK,
    ),
    ("docs/reference/settings.md", r"stays silent is left (\S+) s \(", MAX_SILENCE_SECONDS),
    ("docs/reference/settings.md", r"\(and at most (a second)\) later", CHECK_INTERVAL_SECONDS),
]


@pytest.mark.parametrize(("page", "words", "figure"), FIGURES)
def test_a_figure_is_that_of_the_code(page: str, words: str, figure: float) -> None:
    (path,) = ROOT.glob(page)
    figures_of_page = re.findall(words, path.read_text())
    assert figures_of_page, "the page says it in other words now: change this test with it"
    for text in figures_of_page:
        number = {"week": 1, "a second": 1}.get(text) or WORDS.get(text) or float(text)
        assert number == figure


def test_a_silent_database_is_left_within_the_seconds_that_the_pages_name() -> None:
    page = (ROOT / "docs/explanation/guarantees.md").read_text()
    (limit,) = re.findall(r"silent without a reset \| An error within (\d+) s", page)
    assert settings.statement_timeout + MAX_SILENCE_SECONDS + CHECK_INTERVAL_SECONDS <= int(limit)


def test_the_intervals_of_closing_payments_are_those_of_the_page() -> None:
    closing = PaymentMachine.deadline_of("Cancelling")
    assert closing is not None
    minutes = [interval.total_seconds() / 60 for interval in closing.intervals]
    assert minutes[:3] == [1, 2, 4]
    text = "asks again after a minute (`RECHECK_INTERVALS`), two, four"
    assert text in (ROOT / "docs/explanation/guarantees.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/explanation/the-engine.md"])
def test_pages_do_not_name_the_number_of_the_engine_s_files(page: str) -> None:
    assert not re.search(
        r"(sixteen|seventeen|eighteen|\d+) (small )?files", (ROOT / page).read_text()
    )
