"""The payment window, which depends on the payment method.

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
# Types of `next_action` that the customer's bank carries out, and that have no time of expiry.
BANK_ACTIONS = ("verify_with_microdeposits", "display_bank_transfer_instructions")
EXPIRY = ("expires_after", "expires_at")
MAX_UNIX_SECONDS = 253_402_300_800  # the year 10000, where Python's datetimes end


def expiry_of(next_action: Any) -> int | None:
    """Return the time at which a voucher or a QR code expires, in Unix seconds, or None.

    Each kind of action has it in another place, so that all of `next_action` is searched.
    """
    return max(_expiries(next_action), default=None)


def _expiries(part: Any) -> Iterator[int]:
    for name, value in part.items() if isinstance(part, dict) else ():
        if name in EXPIRY and isinstance(value, int) and 0 <= value < MAX_UNIX_SECONDS:
            yield value
        else:
            yield from _expiries(value)


def payable_until(status: str, action: str | None, expires_at: int | None) -> datetime | None:
    """Return the time until which an intent can be paid; None means the shop's own window.

    `action` is the type of its `next_action`, and `expires_at` the result of `expiry_of`.
    """
    if status == "processing":
        return now() + BANK_WINDOW
    if status != "requires_action":
        return None
    if expires_at is not None:
        return datetime.fromtimestamp(expires_at, UTC)
    return now() + BANK_WINDOW if action in BANK_ACTIONS else None


def move_deadline(payment: Payment, until: datetime | None) -> None:
    """Move the deadline of a locked payment to `until`; None restores the shop's window."""
    if payment.state not in PAYABLE:
        return
    if until is None:
        latest = now() + settings.payment_window
        payment.deadline_at = min(payment.deadline_at or latest, latest)
    else:
        payment.deadline_at = max(until, payment.created_at + settings.payment_window)
