"""Tests of repeated errors: one line each, and one traceback for each kind."""

import logging
from collections.abc import Iterator

import pytest

from models.logs import TracebackOnce, protect_logs


# Records of our packages carry the text of their traceback.
@pytest.fixture(params=["tests.complaint", "tasks.complaint"])
def log(request: pytest.FixtureRequest) -> Iterator[logging.Logger]:
    log, once = logging.getLogger(request.param), TracebackOnce()
    factory = logging.getLogRecordFactory()
    protect_logs()
    log.setLevel(logging.INFO)
    log.addFilter(once)
    yield log
    log.removeFilter(once)
    logging.setLogRecordFactory(factory)


def fail(kind: type[Exception], words: str) -> None:
    raise kind(words)


def complain(log: logging.Logger, row: str, kind: type[Exception], words: str) -> None:
    try:
        fail(kind, words)
    except kind:
        log.exception("row %s is put off", row)


def test_each_kind_of_error_has_one_traceback_and_each_row_one_line(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    for row in ("a-1", "a-2", "100%s"):
        complain(log, row, ValueError, f"no such state as {row}\nDETAIL: of row {row}")
    complain(log, "b-1", KeyError, "name")
    assert [record.getMessage() for record in caplog.records] == [
        "row a-1 is put off: ValueError: no such state as a-1",
        "row a-2 is put off: ValueError: no such state as a-2",
        "row 100%s is put off: ValueError: no such state as 100%s",
        "row b-1 is put off: KeyError: 'name'",
    ]
    written = [logging.Formatter().format(record) for record in caplog.records]
    assert ["Traceback" in text for text in written] == [True, False, False, True]


def test_a_line_without_an_error_is_left_as_it_is(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    log.info("%d rows", 3)
    assert caplog.messages == ["3 rows"]
