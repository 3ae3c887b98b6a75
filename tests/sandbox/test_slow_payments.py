"""Payments that take a while: 3-D Secure and bank debits."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import requests
import stripe

from tests.support.sandbox import Receiver, Sandbox, eventually


def answer_challenge(intent: Any, outcome: str) -> requests.Response:
    url = intent.next_action.use_stripe_sdk.stripe_js
    return requests.post(url.replace("?", f"/{outcome}?"), timeout=60, allow_redirects=False)


def test_a_passed_challenge_pays(reporting: Sandbox, listener: Receiver) -> None:
    intent: Any = reporting.paid_intent("pm_card_authenticationRequired")
    assert intent.status == "requires_action"
    page = requests.get(intent.next_action.use_stripe_sdk.stripe_js, timeout=60)
    assert "$20.00" in page.text

    assert answer_challenge(intent, "complete").json()["status"] == "succeeded"
    assert reporting.intents.retrieve(intent.id).amount_received == 2000
    assert eventually(
        lambda: (
            {"payment_intent.requires_action", "payment_intent.succeeded"}
            <= set(listener.types(intent.id))
        )
    )


def test_a_failed_challenge_asks_for_another_card(reporting: Sandbox, listener: Receiver) -> None:
    intent: Any = reporting.paid_intent("pm_card_authenticationRequired")
    answer_challenge(intent, "fail")

    failed: Any = reporting.intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert eventually(lambda: "payment_intent.payment_failed" in listener.types(intent.id))


def test_a_card_may_be_declined_after_its_challenge(shared: Sandbox) -> None:
    intent: Any = shared.paid_intent("pm_card_threeDSecureRequiredChargeDeclined")
    answer = answer_challenge(intent, "complete").json()
    assert answer["status"] == "requires_payment_method"
    assert answer["last_payment_error"]["decline_code"] == "generic_decline"


def test_a_redirect_returns_to_the_shop(shared: Sandbox) -> None:
    intent: Any = shared.new_intent(
        confirm=True,
        payment_method="pm_card_authenticationRequired",
        return_url="https://shop.example/done?a=1",
    )
    url = intent.next_action.redirect_to_url.url
    answer = requests.post(url.replace("?", "/complete?"), timeout=60, allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://shop.example/done?a=1&payment_intent=")


def test_a_bank_debit_processes_then_pays(reporting: Sandbox) -> None:
    intent = reporting.paid_intent("pm_usBankAccount_success")
    assert intent.status == "processing"
    assert eventually(lambda: reporting.intents.retrieve(intent.id).status == "succeeded")


def test_a_bank_debit_processes_then_fails(reporting: Sandbox, listener: Receiver) -> None:
    intent = reporting.paid_intent("pm_usBankAccount_insufficientFunds")
    assert intent.status == "processing"
    assert eventually(lambda: "payment_intent.payment_failed" in listener.types(intent.id))
    assert reporting.intents.retrieve(intent.id).status == "requires_payment_method"
    assert reporting.ledger()[intent.id]["captured"] == 0


def test_a_processing_payment_cannot_be_canceled(shared: Sandbox) -> None:
    intent = shared.paid_intent("pm_usBankAccount_processing")
    with pytest.raises(stripe.InvalidRequestError, match="status of processing") as refused:
        shared.intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_slow_payment_settles_after_a_crash(sandbox: Sandbox) -> None:
    method: Any = {
        "type": "us_bank_account",
        "us_bank_account": {"account_number": "000123456789"},
        "metadata": {"settle_seconds": "1.5"},
    }
    made = sandbox.client.v1.payment_methods.create(method)
    intent = sandbox.paid_intent(made.id)
    assert intent.status == "processing"
    sandbox.end(kill=True)
    sandbox.start()
    assert eventually(lambda: sandbox.intents.retrieve(intent.id).status == "succeeded")


def test_a_bank_that_misses_the_cancellation_pays(reporting: Sandbox, listener: Receiver) -> None:
    intent: Any = reporting.paid_intent("pm_sandbox_succeedsAfterCancel")
    assert intent.status == "requires_action"
    assert reporting.intents.cancel(intent.id).status == "canceled"
    assert eventually(lambda: "payment_intent.succeeded" in listener.types(intent.id))
    paid: Any = reporting.intents.retrieve(intent.id)
    assert (paid.status, paid.amount_received) == ("succeeded", 2000)
    assert reporting.client.v1.refunds.create({"payment_intent": intent.id}).amount == 2000


@pytest.mark.parametrize(
    ("token", "end", "problem"),
    [
        ("pm_sandbox_voucher", "succeeded", None),
        (
            "pm_sandbox_voucherExpires",
            "payment_failed",
            "payment_intent_payment_attempt_expired",
        ),
    ],
)
def test_a_voucher_is_paid_or_expires(
    reporting: Sandbox, listener: Receiver, token: str, end: str, problem: str | None
) -> None:
    intent: Any = reporting.paid_intent(token)
    assert intent.status == "requires_action"
    assert intent.next_action.oxxo_display_details.expires_after > intent.created
    story = {"payment_intent.requires_action", f"payment_intent.{end}"}
    assert eventually(lambda: story <= set(listener.types(intent.id)))
    ended: Any = reporting.intents.retrieve(intent.id)
    assert ended.next_action is None
    assert (ended.last_payment_error and ended.last_payment_error.code) == problem


def act_in_time(reporting: Sandbox, act: Callable[[str], object]) -> str:
    """Act on a voucher that is not paid yet, and return its intent's id.

    On a busy machine, some are paid before.
    """
    while True:
        intent = reporting.paid_intent("pm_sandbox_voucher")
        with suppress(stripe.InvalidRequestError):
            act(intent.id)
            return intent.id


def test_a_canceled_voucher_is_not_paid(reporting: Sandbox, listener: Receiver) -> None:
    card: Any = {"payment_method": "pm_card_visa"}
    called_off = act_in_time(reporting, reporting.intents.cancel)
    replaced = act_in_time(reporting, lambda key: reporting.intents.confirm(key, card))
    # One that was confirmed later is paid: by then the others would have been.
    last = reporting.paid_intent("pm_sandbox_voucher")
    assert eventually(lambda: "payment_intent.succeeded" in listener.types(last.id))
    assert reporting.intents.retrieve(called_off).status == "canceled"
    assert listener.types(replaced).count("payment_intent.succeeded") == 1
