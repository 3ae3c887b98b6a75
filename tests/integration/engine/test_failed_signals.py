"""A signal that fails has a notice for the operators, and can be replayed."""

from uuid import UUID

from models import Notice, NoticeKind, SignalRow, SignalState, transaction
from models.base import db
from models.clock import MovableClock
from state_machines.durable import inbox, sweep
from state_machines.durable.base import handling
from state_machines.durable.base.handling import MalformedError
from tests.support.depot import load_signal

trouble: dict[str, Exception] = {}


def apply(kind: str, payload: dict[str, str]) -> UUID:
    if kind in trouble:
        raise trouble[kind]
    return UUID(int=7)


handling.handlers["test-trouble"] = apply


def open_notices() -> list[tuple[NoticeKind, str]]:
    with transaction() as session:
        rows = session.execute(
            db.select(Notice.kind, Notice.subject).where(Notice.settled_at.is_(None))
        )
        return [(kind, subject) for kind, subject in rows]


def fail(*external_ids: str) -> None:
    for external_id in external_ids:
        inbox.receive("test-trouble", external_id, "odd", {})


def wear_out(time: MovableClock) -> None:
    """Let all attempts to apply the stored signals fail."""
    for _ in range(inbox.RETRY.attempts):
        time.advance(minutes=6)
        sweep.apply_signals()


def test_every_failed_signal_has_a_notice_until_it_is_applied(
    database: object, time: MovableClock
) -> None:
    trouble["odd"] = RuntimeError("the handler is broken")
    try:
        fail("e-1", "e-2")
        assert open_notices() == [], "it is tried again"
        wear_out(time)
        assert load_signal("e-1").state == SignalState.FAILED
        expected = {(NoticeKind.FAILED_SIGNAL, f"test-trouble e-{number}") for number in (1, 2)}
        assert set(open_notices()) == expected
    finally:
        trouble.clear()
    with transaction():
        assert inbox.replay_all(SignalRow.state == SignalState.FAILED) == 2
    sweep.apply_signals()
    assert (load_signal("e-1").state, load_signal("e-2").state) == (SignalState.APPLIED,) * 2
    assert open_notices() == []


def test_a_malformed_signal_has_a_notice_at_once(
    database: object,
) -> None:
    trouble["odd"] = MalformedError("no such thing")
    try:
        fail("e-1")
        inbox.receive_all("test-trouble", [("e-2", "odd", {}), ("e-3", "plain", {})])
    finally:
        trouble.clear()
    kinds = {subject for _, subject in open_notices()}
    assert kinds == {"test-trouble e-1", "test-trouble e-2"}


def test_a_single_further_attempt_is_the_last_one(database: object, time: MovableClock) -> None:
    trouble["odd"] = RuntimeError("the handler is broken")
    try:
        fail("e-1")
        wear_out(time)
        with transaction():
            inbox.replay_all(SignalRow.state == SignalState.FAILED, attempts=1)
        sweep.apply_signals()
        assert load_signal("e-1").state == SignalState.FAILED
        assert len(open_notices()) == 1
    finally:
        trouble.clear()
