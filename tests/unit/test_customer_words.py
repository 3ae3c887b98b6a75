"""Customers read our words, and never a provider's."""

import pytest

from models.customer_words import DECLINED, decline_sentence, shown_code, step_reason


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (None, None),
        ("insufficient_funds", "The card has insufficient funds."),
        ("stolen_card", DECLINED),
        ("a code of next year", DECLINED),
    ],
)
def test_a_decline_is_shown_in_our_words(code: str | None, sentence: str | None) -> None:
    assert decline_sentence(code) == sentence


@pytest.mark.parametrize(
    ("machine", "signal", "reason", "shown"),
    [
        ("payment", "declined", "insufficient_funds", "The card has insufficient funds."),
        ("payment", "declined", "No such payment_method: 'pm_1'", DECLINED),
        ("payment", "rejected", "InvalidRequestError: No such account acct_1", None),
        ("refund", "failed", "lost_or_stolen_card", None),
        ("order", "cancel", "the customer is rude", None),
        ("payment", "rejected", "never created", "never created"),
        ("order", "paid", None, None),
    ],
)
def test_a_history_step_shows_only_what_a_customer_may_read(
    machine: str, signal: str, reason: str | None, shown: str | None
) -> None:
    assert step_reason(machine, signal, reason) == shown


def test_a_confidential_decline_code_is_shown_as_a_general_one() -> None:
    codes = ("insufficient_funds", "stolen_card", "fraudulent", None)
    assert [shown_code(code) for code in codes] == [
        "insufficient_funds",
        "card_declined",
        "card_declined",
        None,
    ]
