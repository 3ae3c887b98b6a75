"""Arrows that a few hundred seeds may not come past, and the tests that always do."""

from collections.abc import Iterator
from pathlib import Path

from models.login import LIVE
from state_machines import DisputeMachine
from tests.proof.exploration.arrows import NOT_WALKED, arrow_name
from tests.proof.exploration.world import MACHINES

ROOT = Path(__file__).parents[3]
RACES = "tests/integration/races"
JOBS = "tests/integration/bulk/test_jobs.py::"
# An arrow as (machine, signal, source, target).
Arrow = tuple[str, str, str, str]
RARE = f"{RACES}/test_rare_turns.py::"
EMAILS = f"{RACES}/test_logins.py::"
ORPHANS = f"{RACES}/test_reconciliation.py::test_an_orphaned_intent_is_cancelled"
DISPUTES = f"{RACES}/test_disputes.py::test_every_status_of_a_dispute_is_recorded"
LOCKED = f"{RARE}test_wrong_codes_lock_a_sign_in_in_every_live_state"
RIGHT = f"{RARE}test_the_correct_code_signs_in_in_every_live_state"
ERASED = f"{RARE}test_sendgrid_answers_about_an_erasure_before_and_after_its_end"
DONE = f"{JOBS}test_all_failed_activities_run_again_batch_by_batch"
PAUSED = f"{JOBS}test_a_paused_job_does_nothing_until_it_is_resumed"
FAILED = f"{JOBS}test_a_batch_that_cannot_be_committed_fails_the_job_which_can_be_resumed"
CANCELLED = f"{JOBS}test_a_cancelled_job_leaves_the_rows_that_wait"
TESTS: dict[Arrow, str] = {
    ("bulk", "begin", "nothing", "Running"): DONE,
    ("bulk", "finish", "Running", "Done"): DONE,
    ("bulk", "pause", "Running", "Paused"): PAUSED,
    ("bulk", "resume", "Paused", "Running"): PAUSED,
    ("bulk", "give_up", "Running", "Failed"): FAILED,
    ("bulk", "resume", "Failed", "Running"): FAILED,
    **{
        ("bulk", "cancel", state, "Cancelled"): CANCELLED
        for state in ("Running", "Paused", "Failed")
    },
    ("payment", "orphaned", "Failure", "Failure"): ORPHANS,
    ("payment", "orphaned", "Cancelled", "Cancelled"): ORPHANS,
    ("refund", "find", "Failed", "Submitted"): (
        f"{RARE}test_a_refund_recorded_as_refused_but_made_succeeds"
    ),
    ("login", "sent", "CodeUnsent", "CodeSent"): (
        f"{EMAILS}test_a_retried_login_email_is_sent_only_while_its_code_is_valid"
    ),
    ("login", "resend", "CodeUnsent", "CodePending"): (
        f"{EMAILS}test_only_the_bounce_of_the_newest_email_counts"
    ),
    **{("login", "lock", state, "Locked"): LOCKED for state in LIVE},
    **{("login", "wrong_code", state, state): LOCKED for state in LIVE},
    **{("login", "right_code", state, "Succeeded"): RIGHT for state in LIVE},
    **{
        ("erasure", signal, state, state): ERASED
        for signal in ("forgotten", "remembered")
        for state in ("Requested", "Erased", "Failed")
    },
    **{
        ("dispute", arrow.signal.value, str(arrow.source), str(arrow.target)): DISPUTES
        for arrow in DisputeMachine.arrows
        if arrow.source is not None
    },
}


def walked() -> Iterator[Arrow]:
    """Return the arrows that the exploration covers, according to its own test."""
    for machine in MACHINES:
        for arrow in machine.arrows:
            if arrow.source is not None and arrow_name(machine, arrow) not in NOT_WALKED:
                yield machine.name, arrow.signal.value, arrow.source, arrow.target


def missing() -> list[str]:
    """Return the tests that are named here and do not exist."""
    return [test for test in TESTS.values() if not _is_there(*test.split("::"))]


def _is_there(file: str, name: str) -> bool:
    return f"def {name}(" in (ROOT / file).read_text()
