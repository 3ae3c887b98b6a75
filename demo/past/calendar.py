"""The calendar of the past: which stories begin, and when."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from demo.past import incidents, stories
from demo.past.shop import Shop
from demo.past.stories import Story

Opening = Callable[[Shop], Story]
# Orders by chance, and their weights.
WEIGHTS: dict[Opening, int] = {
    stories.buy: 60,
    stories.buy_with_challenge: 7,
    stories.buy_after_decline: 8,
    stories.buy_by_bank_transfer: 3,
    stories.bank_transfer_fails: 1,
    stories.never_pay: 7,
    stories.give_up_after_decline: 3,
    stories.cancel_unpaid: 5,
    stories.cancel_paid: 5,
    stories.return_a_part: 5,
    stories.return_everything: 2,
    incidents.lock_out: 1,
    incidents.forget_code: 3,
}
# What a past has, if it is long enough, by the hours before its end at which it begins.
FIXED: tuple[tuple[float, Opening], ...] = (
    (960, incidents.dispute_won),
    (840, incidents.dispute_lost),
    (700, incidents.sendgrid_outage),
    (699.9, stories.buy),
    (699.8, stories.buy),
    (600, stories.pay_too_late),
    (420, stories.refund_fails),
    (336, incidents.dispute_open),
    (288, incidents.bank_inquires),
    (264, stories.return_a_part),
    (200, stories.never_pay),
    (120, incidents.confirmation_refused),
    (72, stories.bank_transfer_hangs),
    (40, incidents.confirmation_refused),
    (30, stories.buy_by_bank_transfer),
    (26, stories.refund_waits),
    (20, incidents.change_amount),
    (18, incidents.lock_out),
    (9, stories.buy),
    (5, stories.buy),
    (2.5, stories.buy_with_challenge),
    (1.1, stories.buy),
    (0.4, incidents.forget_code),
    (0.15, stories.give_up_after_decline),
    (0.1, stories.never_pay),
    (0.06, stories.never_pay),
)
# Share of orders by the full hours between them and the hour of the past's end, on any day. They do
# not follow a time zone, so that the past is the same at whatever hour it is made.
HOURS = (10, 8, 7, 6, 6, 7, 7, 6, 6, 6, 5, 3, 2, 1, 0.5, 0.5, 0.5, 1, 1, 2, 5, 9, 12, 12)


def plan(
    dice: random.Random, end: datetime, days: int, orders: int
) -> Iterator[tuple[datetime, Opening]]:
    """Yield the stories and when they begin: the fixed ones, and up to `orders` by chance."""
    earliest = end - timedelta(days=days, hours=-1)
    for hours, opening in FIXED:
        if end - timedelta(hours=hours) > earliest:
            yield end - timedelta(hours=hours), opening
    openings, weights = list(WEIGHTS), list(WEIGHTS.values())
    for _ in range(orders):
        # Trade grows: later days have more orders.
        day = int(days * (1 - dice.random() ** 0.75))
        hour = dice.choices(range(24), HOURS)[0]
        moment = end - timedelta(days=day, hours=hour, seconds=dice.randrange(3600))
        if earliest < moment < end - timedelta(hours=1):
            yield moment, dice.choices(openings, weights)[0]
