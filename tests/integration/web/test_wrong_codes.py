"""Wrong codes: each makes the next wait longer, and strangers' guesses lock nobody out."""

from sqlalchemy import select

from models import LoginFailure, clock, transaction
from models.clock import MovableClock
from models.login import Way
from state_machines.actions import code_guesses
from tests.support.codes import EMAIL, Browser, another, begin, enter, forget_client, sign_in
from tests.support.web import code_of
from web.rate_limits import limiter


def test_guesses_without_the_login_do_not_lock_it(browser: Browser) -> None:
    victim, stranger = browser(), browser()
    code = code_of(begin(victim))
    assert [enter(stranger, another(code)) for _ in range(8)] == [401] * 5 + [410] * 3
    assert enter(victim, code) == 200


def attack(browser: Browser, time: MovableClock, rounds: int) -> int:
    """Ask for codes and guess five times each, as a new client each time.

    Return the number of guesses that were checked.
    """
    judged = 0
    for _ in range(rounds):
        forget_client()
        login_id = begin(browser())
        code = another(code_of(login_id))
        for _ in range(5):
            if enter(browser(), code, loginId=login_id) != 401:
                break
            judged += 1
        time.advance(minutes=5)
    return judged


def fail(way: Way, failures: int) -> None:
    """Record this number of wrong codes as of now."""
    with transaction() as session:
        at = {"failed_at": clock.now(), "slowed_at": clock.now()}
        session.add(LoginFailure(email=EMAIL, way=way, failures=failures, **at))


def test_wrong_codes_make_the_wait_longer(browser: Browser, time: MovableClock) -> None:
    judged = attack(browser, time, rounds=24)
    assert code_guesses.FREE_FAILURES < judged < 20
    with transaction() as session:
        failure = session.scalars(select(LoginFailure)).one()
    assert (failure.way, failure.failures) == (Way.BOUND, judged)
    login_id = begin(browser())
    body = {"email": EMAIL, "code": code_of(login_id), "loginId": login_id}
    refused = browser().post("/auth/verify-code", json=body)
    assert refused.status_code == 429
    left = int(refused.headers["Retry-After"])
    assert left > 600
    time.advance(seconds=left)
    sign_in(browser())
    with transaction() as session:
        assert session.scalars(select(LoginFailure)).all() == [], "not consecutive any more"


def test_the_loss_of_redis_forgets_no_wrong_code(browser: Browser, time: MovableClock) -> None:
    attack(browser, time, rounds=3)
    fail(Way.UNBOUND, code_guesses.FREE_FAILURES)
    limiter.reset()
    login_id = begin(browser())
    assert enter(browser(), code_of(login_id)) == 429


def test_fewer_than_a_hundred_wrong_codes_are_checked(browser: Browser, time: MovableClock) -> None:
    assert sum(code_guesses.SHARES.values()) < 100
    for way, share in code_guesses.SHARES.items():
        fail(way, share)
    time.advance(days=80)
    login_id = begin(browser())
    assert enter(browser(), code_of(login_id)) == 429
    assert enter(browser(), code_of(login_id), loginId=login_id) == 429


def test_a_known_browser_is_not_affected_by_strangers(browser: Browser, time: MovableClock) -> None:
    known = browser()
    sign_in(known)
    fail(Way.BOUND, code_guesses.SHARES[Way.BOUND])
    fail(Way.UNBOUND, code_guesses.SHARES[Way.UNBOUND])
    time.advance(seconds=61)
    login_id = begin(browser())
    assert enter(browser(), code_of(login_id), loginId=login_id) == 429
    time.advance(seconds=61)
    sign_in(known)


def test_a_browser_that_asked_before_the_guesses_does_not_wait(
    browser: Browser, time: MovableClock
) -> None:
    victim = browser()
    code = code_of(begin(victim))
    for _ in range(3):
        time.advance(seconds=61)
        login_id = begin(browser())
        for _ in range(5):
            enter(browser(), another(code_of(login_id)), loginId=login_id)
    assert enter(browser(), code_of(login_id), loginId=login_id) == 429
    assert enter(victim, code) == 200


def test_the_wait_doubles_up_to_a_day() -> None:
    waits = [code_guesses.wait_after(n).total_seconds() for n in range(9, 26)]
    assert waits[:4] == [0, 30, 60, 120]
    assert waits[-1] == 24 * 3600
    assert waits == sorted(waits)
