"""People in Stripe's dashboard, and the banks behind it; their changes arrive as events."""

import random
from collections.abc import Iterator
from typing import Any

import requests

from config import settings
from sandbox.rows.disputes import Dispute
from sandbox.rows.intents import CONFIRMABLE, Intent
from sandbox.stripe_api.chargebacks import DECIDING, ESCALATING, ITSELF, decide
from tests.proof.simulation.outside import Outside
from tests.proof.simulation.step import Step

OTHER_AMOUNTS = (100, 4900, 9900)
EVIDENCE = (*DECIDING, ESCALATING, "a letter")


class Dashboard:
    def __init__(self, dice: random.Random, outside: Outside) -> None:
        self._dice, self._outside = dice, outside
        self._http = requests.Session()

    def steps(self) -> Iterator[Step]:
        if payable := self.payable():
            yield Step(0.15, "cancel at Stripe", lambda: self._cancel(payable))
            yield Step(0.2, "change the amount", lambda: self._change_amount(payable))
        if paid := self._paid():
            yield Step(0.25, "refund at Stripe", lambda: self._refund(paid))
        disputes = list(self._outside.store.disputes.values())
        if open_ := [dispute for dispute in disputes if not dispute.decided]:
            yield Step(1.5, "give evidence", lambda: self._give_evidence(open_))
            yield Step(0.3, "give in", lambda: self._give_in(open_))
            yield Step(0.3, "prevent", lambda: self._prevent(open_))
        if over := [dispute for dispute in disputes if dispute.status in ("won", "lost")]:
            yield Step(0.3, "change their mind", lambda: self._change_mind(over))

    def payable(self) -> list[Intent]:
        intents = self._outside.store.intents.values()
        return [intent for intent in intents if intent.status in CONFIRMABLE]

    def pay(self, intent: Intent, card: str) -> None:
        self._post(
            f"payment_intents/{intent.id}/confirm",
            payment_method=card,
            return_url="http://localhost",
        )

    def _cancel(self, payable: list[Intent]) -> None:
        self._post(f"payment_intents/{self._dice.choice(payable).id}/cancel")

    def _change_amount(self, payable: list[Intent]) -> None:
        """Change the amount of an intent, which is then paid with it."""
        intent = self._dice.choice(payable)
        amount = self._dice.choice(OTHER_AMOUNTS)
        self._post(f"payment_intents/{intent.id}", amount=amount)
        self.pay(intent, self._dice.choice(("pm_card_visa", "pm_sandbox_succeedsAfterCancel")))

    def _refund(self, paid: list[Intent]) -> None:
        intent = self._dice.choice(paid)
        part = {"amount": 100} if self._dice.random() < 0.3 else {}
        self._post("refunds", payment_intent=intent.id, **part)

    def _paid(self) -> list[Intent]:
        intents = self._outside.store.intents.values()
        return [intent for intent in intents if intent.status == "succeeded"]

    def _give_evidence(self, disputes: list[Dispute]) -> None:
        evidence = {"evidence[uncategorized_text]": self._dice.choice(EVIDENCE)}
        self._post(f"disputes/{self._dice.choice(disputes).id}", **evidence)

    def _give_in(self, disputes: list[Dispute]) -> None:
        self._post(f"disputes/{self._dice.choice(disputes).id}/close")

    def _prevent(self, disputes: list[Dispute]) -> None:
        """Settle a dispute between the bank and the card's network."""
        decide(self._outside.bank, self._dice.choice(disputes), "prevented", ITSELF)

    def _change_mind(self, disputes: list[Dispute]) -> None:
        dispute = self._dice.choice(disputes)
        other = "lost" if dispute.status == "won" else "won"
        decide(self._outside.bank, dispute, other, ITSELF)

    def _post(self, path: str, **form: Any) -> None:
        """Send a change to Stripe. A change that Stripe refuses has no effect."""
        url = f"{settings.stripe_api_base}/v1/{path}"
        self._http.post(url, data=form, auth=(settings.stripe_secret_key, ""), timeout=60)
