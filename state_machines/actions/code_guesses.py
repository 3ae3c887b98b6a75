"""How many wrong codes one address takes, across logins, e-mails and clients: kept in PostgreSQL.

NIST SP 800-63B (rev. 4: section 3.2.2, rev. 3: 5.2.2) allows 100 consecutive failures of an account
at most, and advises waits that grow. A stranger can make such failures for somebody else, so each
way (`Way`) has failures, waits and a share of the hundred of its own.
"""

from datetime import timedelta

from sqlalchemy import delete, select

from models.base import db
from models.clock import now
from models.errors import TooManyError
from models.login import Login, LoginFailure, Way

# Together they are 99. What has used up its share stays closed until somebody signs in with the
# address on another way, or an operator opens it (`flask logins unlock`).
SHARES = {Way.UNBOUND: 30, Way.BOUND: 39, Way.KNOWN: 30}
# Wrong codes without a wait: two logins' worth.
FREE_FAILURES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(days=1)
REFUSAL = "Too many wrong codes were tried for this address: wait before you try again"


def refuse_while_waiting(login: Login, way: Way) -> None:
    """Raises TooManyError while no code is taken for the login's address on this way.

    The first code for a login that was asked for before the waits began is always taken, but when
    the share is used up: others who guess must not spoil the sign-in of who was there before them.
    """
    failure = _find(login.email, way)
    if failure is None or failure.failures < FREE_FAILURES:
        return
    if failure.failures >= SHARES[way]:
        raise TooManyError(REFUSAL, LONGEST_WAIT.total_seconds())
    left = failure.failed_at + wait_after(failure.failures) - now()
    was_before = failure.slowed_at is not None and login.created_at < failure.slowed_at
    is_first = way != Way.UNBOUND and was_before and login.wrong_codes == 0
    if left > timedelta(0) and not is_first:
        raise TooManyError(REFUSAL, left.total_seconds())


def wait_after(failures: int) -> timedelta:
    """The wait after so many consecutive failures: it doubles with each."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    # Doubled twelve times, the first wait is longer than a day.
    doubled = FIRST_WAIT.total_seconds() * 2 ** min(failures - FREE_FAILURES, 12)
    return min(timedelta(seconds=doubled), LONGEST_WAIT)


def count_failure(email: str, way: Way) -> None:
    """Count one more wrong code. The address must be locked (`lock_address`)."""
    failure = _find(email, way)
    if failure is None:
        failure = LoginFailure(email=email, way=way, failures=0)
        db.session.add(failure)
    failure.failures += 1
    failure.failed_at = now()
    if failure.failures == FREE_FAILURES:
        failure.slowed_at = now()


def forget_failures(email: str) -> bool:
    """Forget the failures of an address: somebody has signed in with it, or an operator says so.

    Returns whether there were any.
    """
    every = delete(LoginFailure).where(LoginFailure.email == email).returning(LoginFailure.id)
    return bool(db.session.scalars(every).all())


def _find(email: str, way: Way) -> LoginFailure | None:
    query = select(LoginFailure).where(LoginFailure.email == email, LoginFailure.way == way)
    failure: LoginFailure | None = db.session.scalar(
        query.execution_options(populate_existing=True)
    )
    return failure
