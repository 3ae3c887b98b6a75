"""Signals that were not applied, and the operator who has them applied again."""

import json

import pytest
from flask import Flask

from models import AuditRow, SignalRow, SignalState, transaction
from models.base import db
from state_machines.actions.selection import LOCKED
from state_machines.durable import inbox, sweep
from tests.support.commands import flask, read
from tests.support.web import Person, a_payment_event


@pytest.fixture
def three(ann: Person) -> list[str]:
    """Store failed signals: two of Stripe, and one of SendGrid. Return the ids of Stripe's."""
    events = [a_payment_event("charge.dispute.created"), a_payment_event("refund.updated")]
    for event in events:
        inbox.receive("stripe", event["id"], event["type"], event)
    inbox.receive("sendgrid", "e1", "open", {})
    with transaction() as session:
        session.execute(db.update(SignalRow).values(state=SignalState.FAILED))
    return [event["id"] for event in events]


def states() -> list[SignalState]:
    with transaction() as session:
        return list(session.scalars(db.select(SignalRow.state).order_by(SignalRow.id)))


FAILED, STORED = SignalState.FAILED, SignalState.STORED


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ((), (STORED, STORED, STORED)),
        (("--source", "stripe"), (STORED, STORED, FAILED)),
        (("--kind", "refund.updated"), (FAILED, STORED, FAILED)),
        (("--source", "sendgrid", "--kind", "refund.updated"), (FAILED, FAILED, FAILED)),
        (("--since", "2999-01-01"), (FAILED, FAILED, FAILED)),
        (("--since", "2020-01-01T12:00"), (STORED, STORED, STORED)),
        (("--until", "2020-01-01"), (FAILED, FAILED, FAILED)),
        (("--error", "not with a refund"), (FAILED, STORED, FAILED)),
        (("--limit", "2"), (STORED, STORED, FAILED)),
        (("--state", "unmatched"), (FAILED, FAILED, FAILED)),
    ],
)
def test_all_failed_signals_are_replayed(
    shop: Flask, three: list[str], filters: tuple[str, ...], left: tuple[SignalState, ...]
) -> None:
    number = left.count(STORED)
    counted = flask(shop, "signals", "replay", "--all", "--dry-run", *filters)
    assert (counted.exit_code, counted.stdout.splitlines()[0]) == (
        0,
        f"{number} would be applied again",
    )
    assert states() == [FAILED] * 3, "a dry run changes nothing"
    done = flask(shop, "signals", "replay", "--all", *filters)
    assert (done.exit_code, done.stdout) == (0, f"{number} will be applied again\n")
    assert states() == list(left)
    with transaction() as session:
        rows = session.scalars(db.select(AuditRow)).all()
        assert [row.details["details"]["signals"] for row in rows] == [number] * bool(number)


def test_a_locked_signal_is_not_replayed_and_holds_back_no_other(
    shop: Flask, three: list[str]
) -> None:
    locked = db.select(SignalRow.id).where(SignalRow.external_id == three[1])
    with shop.app_context(), db.engine.begin() as connection:
        key = connection.scalar(locked.with_for_update())
        done = flask(shop, "signals", "replay", "--all", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "signals": 2, "unchanged": 0, "refused": [{"id": str(key), "why": LOCKED}],
    }  # fmt: skip
    assert states() == [STORED, FAILED, STORED]


def test_replayed_signals_get_the_state_of_their_result(shop: Flask, three: list[str]) -> None:
    flask(shop, "signals", "replay", "--all")
    sweep.apply_signals()
    assert states() == [FAILED, FAILED, SignalState.IGNORED]
    subjects = {row["subject"] for row in read(shop, "notices", "list", "--kind", "failed_signal")}
    assert subjects == {f"stripe {event_id}" for event_id in three}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--source", "stripe"),
        ("--dry-run",),
        (),
        ("00000000-0000-7000-8000-000000000000", "--all"),
        ("--all", "--since", "yesterday"),
        ("--all", "--state", "applied"),
    ],
)
def test_a_replay_without_a_filter_is_a_usage_error(
    shop: Flask, three: list[str], arguments: tuple[str, ...]
) -> None:
    assert flask(shop, "signals", "replay", *arguments).exit_code == 2
    assert states() == [FAILED] * 3
