"""How long a payment may take: as long as its payment method needs.

A card is paid within the shop's window. A voucher may be paid until it expires, and a bank debit
takes days: Stripe's intent says which of these it is.

Sources: https://docs.stripe.com/payments/vouchers, https://docs.stripe.com/payments/bank-debits
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from config import settings
from models.clock import now
from models.payment import PAYABLE, Payment

# Bank debits and bank transfers are settled within 14 days; microdeposits are verified within ten.
BANK_WINDOW = timedelta(days=14)
# Of `next_action`: the customer pays or verifies by their bank, without a time of the voucher's.
BANK_ACTIONS = ("verify_with_microdeposits", "display_bank_transfer_instructions")
EXPIRY = ("expires_after", "expires_at")
FOR_EVER = 253_402_300_800  # the Unix seconds of the year 10000: no time is later


def expiry_of(next_action: Any) -> int | None:
    """The Unix seconds at which a voucher or a QR code expires, wherever its kind puts them."""
    return max(_expiries(next_action), default=None)


def _expiries(part: Any) -> Iterator[int]:
    for name, value in part.items() if isinstance(part, dict) else ():
        if name in EXPIRY and isinstance(value, int) and 0 <= value < FOR_EVER:
            yield value
        else:
            yield from _expiries(value)


def payable_until(status: str, action: str | None, expires_at: int | None) -> datetime | None:
    """Until when an intent of this status may still be paid; None where the shop's own window goes.

    `action` is the type of its `next_action`, `expires_at` what `expiry_of` found there.
    """
    if status == "processing":
        return now() + BANK_WINDOW
    if status != "requires_action":
        return None
    if expires_at is not None:
        return datetime.fromtimestamp(expires_at, UTC)
    return now() + BANK_WINDOW if action in BANK_ACTIONS else None


def move_deadline(payment: Payment, until: datetime | None) -> None:
    """Move the deadline of a locked payment to `until`; back to the shop's window when None."""
    if payment.state not in PAYABLE:
        return
    if until is None:
        latest = now() + settings.payment_window
        payment.deadline_at = min(payment.deadline_at or latest, latest)
    else:
        payment.deadline_at = max(until, payment.created_at + settings.payment_window)
