"""The mood of a seed: it prefers some steps, cards and faults.

So a few hundred seeds cover rare cases.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Mood:
    """The preferences of one seed.

    `steps` are factors of the weights of steps, by name; `cards` are weights of cards in addition
    to those of the others; `calls` are prefixes of activity names that fail for a while.
    """

    steps: dict[str, float] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)
    calls: tuple[str, ...] = ()


PLAIN = Mood()
DISPUTING = Mood(
    steps={
        "bank": 3, "deliver": 0.5, "give evidence": 3, "change their mind": 4, "prevent": 3,
        "pay": 2, "time": 1.5,
    },
    cards={"pm_card_createDispute": 20, "pm_card_createDisputeInquiry": 20},
)  # fmt: skip
# Payments that come late, with another amount, or go back in the dashboard.
STRANGE = Mood(
    steps={
        "change the amount": 4, "refund at Stripe": 6, "cancel at Stripe": 2, "cancel": 2,
        "fire deadlines": 2, "bank": 2, "deliver": 0.5, "time": 1.3, "forget an intent": 3,
        "accept": 4, "poison": 3,
    },
    cards={"pm_sandbox_succeedsAfterCancel": 12, "pm_card_chargeDeclined": 6,
           "pm_card_threeDSecure2Required": 6, "pm_card_pendingRefund": 4, "pm_card_refundFail": 4},
    calls=("payments.create_intent", "refunds.submit"),
)  # fmt: skip
SIGNING_IN = Mood(
    steps={
        "ask for a code": 4, "enter a code": 2, "guess codes": 5, "resend a code": 8,
        "send emails again": 8, "poison": 4, "lose a key": 3, "place": 0.3, "time": 1.3,
    },
    calls=("emails.login_code",),
)  # fmt: skip
LEAVING = Mood(
    steps={"leave": 12, "lose a key": 12, "poison": 5, "place": 0.3, "time": 1.3},
    calls=("privacy.", "privacy.erase_recipient"),
)
# How many of seventeen seeds have which.
MOODS = {PLAIN: 5, DISPUTING: 4, STRANGE: 4, SIGNING_IN: 2, LEAVING: 2}
