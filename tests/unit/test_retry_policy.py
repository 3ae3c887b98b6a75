"""The delays between attempts, as the policy says."""

import pytest

from state_machines.durable import NonRetryableError, RetryableError, RetryPolicy
from tasks.emails import PATIENT, LoginCode, OrderConfirmed, OrderRefunded
from tasks.payments import CreateIntent

EXACT = RetryPolicy(initial=2, backoff=1.5, maximum=10, attempts=10, jitter=0)


def test_waits_grow_by_the_backoff_up_to_the_maximum() -> None:
    waits = [EXACT.delay(n).total_seconds() for n in range(1, 7)]
    assert waits == pytest.approx([2, 3, 4.5, 6.75, 10, 10])


def test_jitter_spreads_the_waits_within_its_bounds() -> None:
    waits = {RetryPolicy(initial=10, jitter=0.1).delay(1).total_seconds() for _ in range(200)}
    assert len(waits) > 100
    assert 9 <= min(waits) < max(waits) <= 11


def test_a_non_retryable_error_and_the_last_attempt_end_the_retries() -> None:
    assert EXACT.allows(RetryableError("busy"), 9)
    assert not EXACT.allows(RetryableError("busy"), 10)
    assert not EXACT.allows(NonRetryableError("never"), 1)


@pytest.mark.parametrize("activity", [LoginCode, CreateIntent])
def test_the_seed_s_policy_is_kept(activity: type[LoginCode | CreateIntent]) -> None:
    policy = activity.retry
    assert (policy.initial, policy.backoff, policy.maximum) == (2, 1.5, 10)
    assert (policy.attempts, activity.timeout) == (10, 5)


def test_order_emails_are_attempted_for_about_a_day() -> None:
    assert OrderConfirmed.retry == OrderRefunded.retry == PATIENT
    waits = [PATIENT.delay(n).total_seconds() for n in range(1, PATIENT.attempts)]
    assert waits[:4] == pytest.approx([2, 3, 4.5, 6.75], rel=0.11), "as the seed's at first"
    assert max(waits) <= 660
    assert 22 < sum(waits) / 3600 < 27
