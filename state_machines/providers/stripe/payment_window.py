"""The payment window, which depends on the payment method.

A card is paid within the shop's window. A voucher may be paid until it expires, and a bank debit
takes days: Stripe's intent says which of these it is.

Sources: https://docs.stripe.com/payments/vouchers, https://docs.stripe.com/payments/bank-debits
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from models.clock import now
from models.payment import PROCESSING

# Bank debits and bank transfers are settled within 14 days; microdeposits are verified within ten.
BANK_WINDOW = timedelta(days=14)
# What an intent waits for while the customer's bank is at work, without a time of expiry: a status,
# and types of `next_action`.
BANK_ACTIONS = (PROCESSING, "verify_with_microdeposits", "display_bank_transfer_instructions")
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


def payable_until(waits_for: str | None, expires_at: int | None) -> datetime | None:
    """Return the time until which an intent can be paid; None means the shop's own window.

    `waits_for` is that of the intent, and `expires_at` the result of `expiry_of`.
    """
    if waits_for is not None and expires_at is not None:
        return datetime.fromtimestamp(expires_at, UTC)
    return now() + BANK_WINDOW if waits_for in BANK_ACTIONS else None
