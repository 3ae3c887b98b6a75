"""The limits of wrong codes for one address, across its logins, emails and clients.

NIST SP 800-63B (rev. 4: section 3.2.2, rev. 3: 5.2.2) allows at most 100 consecutive failures of an
account, and advises waits that grow. A stranger can enter wrong codes for somebody else's address,
so each way (`Way`) has its own failures, waits and share of the hundred.
"""

from datetime import timedelta

from sqlalchemy import delete, select

from models.base import db
from models.clock import now
from models.errors import TooManyError
from models.login import Login, LoginFailure, Way
from models.problem_codes import ProblemKind

# Maximum consecutive failures on each way, 99 together. A way that has used its share stays closed
# until somebody signs in on another way, or an operator runs `flask logins unlock`.
SHARES = {Way.UNBOUND: 30, Way.BOUND: 39, Way.KNOWN: 30}
# Wrong codes without a wait: those of two logins.
FREE_FAILURES = 10
FIRST_WAIT, MAX_WAIT = timedelta(seconds=30), timedelta(days=1)
REFUSAL = "Too many wrong codes were tried for this address: wait before you try again"


def refuse_while_waiting(login: Login, way: Way) -> None:
    """Raise TooManyError while codes for the login's address must wait on this way.

    The first code for a login that began before the waits is accepted unless the share is used up:
    people who guess must not block a sign-in that was there before them.
    """
    failure = _find(login.email, way)
    if failure is None or failure.failures < FREE_FAILURES:
        return
    if failure.failures >= SHARES[way]:
        raise TooManyError(REFUSAL, ProblemKind.WRONG_CODES, MAX_WAIT.total_seconds())
    left = failure.failed_at + wait_after(failure.failures) - now()
    was_before = failure.slowed_at is not None and login.created_at < failure.slowed_at
    is_first = way != Way.UNBOUND and was_before and login.wrong_codes == 0
    if left > timedelta(0) and not is_first:
        raise TooManyError(REFUSAL, ProblemKind.WRONG_CODES, left.total_seconds())


def wait_after(failures: int) -> timedelta:
    """Return the wait after this number of consecutive failures; each doubles it."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    # Twelve doublings exceed a day.
    doubled = FIRST_WAIT.total_seconds() * 2 ** min(failures - FREE_FAILURES, 12)
    return min(timedelta(seconds=doubled), MAX_WAIT)


def count_failure(email: str, way: Way) -> None:
    """Count a wrong code for a locked address (`lock_address`)."""
    failure = _find(email, way)
    if failure is None:
        failure = LoginFailure(email=email, way=way, failures=0)
        db.session.add(failure)
    failure.failures += 1
    failure.failed_at = now()
    if failure.failures == FREE_FAILURES:
        failure.slowed_at = now()


def forget_failures(email: str) -> bool:
    """Delete the failures of an address, on all ways. Returns whether there were any."""
    deletion = delete(LoginFailure).where(LoginFailure.email == email).returning(LoginFailure.id)
    return bool(db.session.scalars(deletion).all())


def _find(email: str, way: Way) -> LoginFailure | None:
    query = select(LoginFailure).where(LoginFailure.email == email, LoginFailure.way == way)
    failure: LoginFailure | None = db.session.scalar(
        query.execution_options(populate_existing=True)
    )
    return failure
