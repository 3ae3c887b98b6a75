"""Payments whose customers are asked to act: 3-D Secure, and vouchers that are paid days later."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import requests

from config import settings
from models.clock import MovableClock
from models.notice import NoticeKind
from state_machines.durable import sweep
from state_machines.providers.stripe.payment_window import BANK_WINDOW
from tests.support.sandbox import eventually
from tests.support.shop import Shop
from tests.support.stripe import Stripe, deliver

WINDOW = settings.payment_timeout
CANCEL = "payments.cancel_intent"
DECLINED, CHALLENGED = "payment_intent.payment_failed", "payment_intent.requires_action"
PROCESSING = "payment_intent.processing"
SECURE = "pm_card_authenticationRequired"


def take_voucher(till: Shop, bank: Stripe, payment_id: UUID, kind: str = "Waits") -> datetime:
    """Let the customer take a voucher; return when it expires."""
    answer: Any = bank.confirm(till.payment(payment_id), f"pm_sandbox_voucher{kind}")
    seconds = answer["next_action"]["oxxo_display_details"]["expires_after"]
    return datetime.fromtimestamp(seconds, UTC)


def hear(till: Shop, bank: Stripe, payment_id: UUID, kind: str) -> None:
    """Deliver the events of a kind, as soon as Stripe has them."""
    payment = till.payment(payment_id)
    assert eventually(lambda: bank.events(payment, kind))
    deliver(*bank.events(payment, kind))


def test_a_voucher_may_be_paid_until_it_expires(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    expiry = take_voucher(till, bank, payment_id)
    hear(till, bank, payment_id, CHALLENGED)
    assert till.payment(payment_id).deadline_at == expiry
    time.advance(seconds=WINDOW + 1)
    till.sweep()
    assert till.states(payment_id) == ("Initiated", "Pending")
    time.advance(seconds=3 * 24 * 3600)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Failure", "Failed")
    assert till.shelf(payment_id) == (100, 0)


def test_a_voucher_without_its_event_is_found_by_the_poll(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    expiry = take_voucher(till, bank, payment_id)
    assert till.payment(payment_id).deadline_at != expiry
    time.advance(seconds=300)
    assert sweep.schedule_polls() == 1
    till.sweep()
    assert till.payment(payment_id).deadline_at == expiry


def test_a_voucher_is_paid_or_expires(till: Shop, bank: Stripe) -> None:
    paid, expired = till.initiated(), till.initiated()
    take_voucher(till, bank, paid, "")
    take_voucher(till, bank, expired, "Expires")
    for payment_id in (paid, expired):
        hear(till, bank, payment_id, CHALLENGED)
    hear(till, bank, paid, "payment_intent.succeeded")
    assert till.states(paid) == ("Success", "Confirmed")
    expiry = till.payment(expired).deadline_at
    hear(till, bank, expired, DECLINED)
    assert till.states(expired) == ("Declined", "Pending"), "another method may follow"
    deadline = till.payment(expired).deadline_at
    assert deadline is not None
    assert expiry is not None
    assert deadline < expiry, "which has the shop's window again"


def test_polls_do_not_move_the_deadline_of_a_bank_that_processes(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), "pm_usBankAccount_processing")
    hear(till, bank, payment_id, PROCESSING)
    deadline = time() + BANK_WINDOW
    while time() < deadline:
        assert till.payment(payment_id).deadline_at == deadline
        assert till.notices(payment_id) == []
        time.advance(days=1)
        sweep.schedule_polls()
        till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Initiated", "Pending")
    assert till.notices(payment_id) == [NoticeKind.SLOW_PAYMENT]
    assert till.payment(payment_id).deadline_at == time() + BANK_WINDOW, "the next window"


def test_a_bank_that_processes_after_a_voucher_has_its_own_window(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    expiry = take_voucher(till, bank, payment_id)
    hear(till, bank, payment_id, CHALLENGED)
    time.advance(days=1)
    bank.confirm(till.payment(payment_id), "pm_usBankAccount_processing")
    hear(till, bank, payment_id, PROCESSING)
    assert till.payment(payment_id).deadline_at == time() + BANK_WINDOW
    assert time() + BANK_WINDOW > expiry


def test_stripe_is_polled_before_the_payment_window_ends(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), SECURE)
    hear(till, bank, payment_id, CHALLENGED)
    # The customer turns to a voucher, and no event tells of it.
    expiry = take_voucher(till, bank, payment_id)
    time.advance(seconds=WINDOW + 1)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Initiated", "Pending")
    assert till.payment(payment_id).deadline_at == expiry
    assert till.signals(payment_id)[-2:] == ["expire", "still_waiting"]


def test_an_open_3d_secure_challenge_ends_with_the_payment_window(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), SECURE)
    hear(till, bank, payment_id, CHALLENGED)
    time.advance(seconds=WINDOW + 1)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Failure", "Failed")


@pytest.mark.parametrize("passed", [True, False])
def test_during_3d_secure_no_earlier_decline_is_shown(
    till: Shop, bank: Stripe, *, passed: bool
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), "pm_card_chargeDeclined")
    hear(till, bank, payment_id, DECLINED)
    assert till.states(payment_id)[0] == "Declined"
    answer: Any = bank.confirm(till.payment(payment_id), SECURE)
    hear(till, bank, payment_id, CHALLENGED)
    assert till.states(payment_id)[0] == "Initiated"
    url = answer["next_action"]["redirect_to_url"]["url"]
    end = "complete" if passed else "fail"
    requests.post(url.replace("?", f"/{end}?"), timeout=60, allow_redirects=False)
    if passed:
        hear(till, bank, payment_id, "payment_intent.succeeded")
        assert till.states(payment_id) == ("Success", "Confirmed")
    else:
        deliver(*bank.events(till.payment(payment_id), DECLINED)[-1:])
        assert till.states(payment_id) == ("Declined", "Pending")
