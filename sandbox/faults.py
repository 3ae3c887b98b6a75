"""Deliberate faults. The same seed and the same requests give the same faults."""

import random
from dataclasses import dataclass
from enum import Enum, auto

from sandbox.fault_plan import FaultPlan

# Seconds; a shuffled webhook waits a random time up to this, so that neighbours change places.
SHUFFLE_WINDOW = 0.5


class Fault(Enum):
    NONE = auto()
    RATE_LIMIT = auto()  # 429, nothing done
    ERROR = auto()  # 500, nothing done
    REFUSED = auto()  # 400, nothing done: like a permanent error of the request
    TIMEOUT = auto()  # executed and stored, but never answered


@dataclass(frozen=True, slots=True)
class Fate:
    """The faults of one webhook; `wait` is in seconds."""

    dropped: bool = False
    doubled: bool = False
    wait: float = 0


class Faults:
    """A random source of faults, with a sequence of its own for each kind of call.

    `hold` is how long a call that gets no answer stays open, in seconds.
    """

    hold = 1.0

    def __init__(self) -> None:
        self.set(FaultPlan())

    def set(self, plan: FaultPlan) -> None:
        self.plan = plan
        self._stripe, self._webhook, self._sendgrid = (
            random.Random(f"{plan.seed}:{name}")  # noqa: S311 -- a seed repeats them
            for name in ("stripe", "webhook", "sendgrid")
        )

    def of_stripe(self) -> Fault:
        plan = self.plan.stripe
        return _pick(self._stripe, plan.rateLimitRate, plan.errorRate, plan.timeoutRate)

    def of_sendgrid(self) -> Fault:
        return _pick(
            self._sendgrid, 0, self.plan.sendgrid.errorRate, self.plan.sendgrid.timeoutRate
        )

    def bounces(self) -> bool:
        return self._sendgrid.random() < self.plan.sendgrid.bounceRate

    def fate(self) -> Fate:
        plan = self.plan.stripe.webhook
        dice = self._webhook
        return Fate(
            dropped=dice.random() < plan.dropRate,
            doubled=dice.random() < plan.duplicateRate,
            wait=plan.delayMs / 1000 + (dice.random() * SHUFFLE_WINDOW if plan.shuffle else 0),
        )


def _pick(dice: random.Random, rate_limit: float, error: float, timeout: float) -> Fault:
    # Always three draws, so that changing one rate does not shift the faults of the others.
    limited, failed, lost = dice.random(), dice.random(), dice.random()
    if limited < rate_limit:
        return Fault.RATE_LIMIT
    if failed < error:
        return Fault.ERROR
    return Fault.TIMEOUT if lost < timeout else Fault.NONE
