"""Visitors who sign in, with a code or a passkey, or have their account deleted.

They use a known browser or a new one, and the correct code or a guess.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from models import User, reading, transaction
from models.base import db
from models.erasure import Erasure, ErasureState
from models.errors import ProjectXError
from state_machines.actions import sign_in
from state_machines.actions.erase_user import request_erasure
from state_machines.actions.login_codes import MAX_WRONG_CODES, begin_login, resend_code
from state_machines.actions.sign_in import Device
from state_machines.durable import SignalRefusedError
from state_machines.login import LoginMachine
from tests.proof.simulation.outside import Outside
from tests.proof.simulation.step import Step

ADDRESSES = ("ann@example.com", "bob@example.com")
BROWSERS = ("a phone", "a laptop", None)
WRONG = "000000"


class Visitors:
    """`users` are the ids of those who have an account already."""

    def __init__(self, dice: random.Random, outside: Outside, users: list[UUID]) -> None:
        self._dice, self._outside, self._users = dice, outside, users
        self._logins: list[tuple[UUID, str]] = []

    def steps(self) -> Iterator[Step]:
        yield Step(0.5, "ask for a code", self._ask_for_code)
        yield Step(0.15, "use a passkey", self._use_passkey)
        yield Step(0.04, "leave", self._leave)
        if self._logins:
            yield Step(0.8, "enter a code", self._enter_code)
            yield Step(0.15, "guess codes", self._guess_codes)
            yield Step(0.15, "resend a code", self._resend)

    def retry_erasures(self) -> bool:
        """Let an operator retry failed erasures, and return True if there were any."""
        failed = db.select(Erasure.user_id).where(Erasure.state == ErasureState.FAILED)
        with transaction():
            users = sorted(db.session.scalars(failed).all())
            for user_id in users:
                request_erasure(db.session.get_one(User, user_id, with_for_update=True))
        return bool(users)

    def _ask_for_code(self) -> None:
        address, browser = self._dice.choice(ADDRESSES), self._dice.choice(BROWSERS)
        with suppress(ProjectXError), transaction():
            login = begin_login(address, browser)
            self._logins.append((login.id, address))

    def _enter_code(self) -> None:
        """Enter the code of an email to that address, of any login, or a wrong one."""
        login_id, address = self._dice.choice(self._logins)
        emails = [mail for mail in self._outside.mails() if "login_code" in mail["categories"]]
        texts = [mail["text"] for mail in emails if mail["to"] == address]
        words = " ".join(texts[-3:]).split()
        codes = [word for word in words if word.isdigit() and len(word) == len(WRONG)] or [WRONG]
        self._try(login_id, address, self._dice.choice(codes))

    def _guess_codes(self) -> None:
        login_id, address = self._dice.choice(self._logins)
        for _ in range(self._dice.randint(1, MAX_WRONG_CODES + 1)):
            self._try(login_id, address, WRONG)

    def _try(self, login_id: UUID, address: str, code: str) -> None:
        browser = self._dice.choice(BROWSERS)
        known = login_id if self._dice.random() < 0.8 else None
        with suppress(ProjectXError), transaction():
            entered = sign_in.enter_code(address, code, login_id=known, browser_hash=browser)
            if entered.user is not None:
                sign_in.open_session(entered.login, entered.user, _device(browser), ["otp"])

    def _use_passkey(self) -> None:
        browser = self._dice.choice(BROWSERS[:2])
        with suppress(ProjectXError), transaction():
            user = db.session.get_one(User, self._dice.choice(self._users))
            login = sign_in.enter_passkey(user, str(browser))
            sign_in.open_session(login, user, _device(browser), ["hwk"])

    def _resend(self) -> None:
        login_id, _ = self._dice.choice(self._logins)
        with suppress(ProjectXError, SignalRefusedError), transaction():
            for login in LoginMachine.lock([login_id]).values():
                resend_code(login)

    def _leave(self) -> None:
        """Delete an account, unless it is refused because an order is under way."""
        with reading() as session:
            users = list(session.scalars(db.select(User.id).order_by(User.id)))
        with suppress(ProjectXError), transaction():
            user = db.session.get_one(User, self._dice.choice(users), with_for_update=True)
            request_erasure(user)


def _device(browser: str | None) -> Device:
    return Device(
        user_agent=browser or "a script", ip_address="192.0.2.1", browser_hash=browser or ""
    )
