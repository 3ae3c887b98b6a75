"""The report on a system after all faults."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import requests

from tests.support import invariants
from tests.support.invariants import Json

COMMANDS = ("verify", "stuck")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The records of the sandbox's bank and mailbox."""

    ledger: list[Json]
    mails: list[Json]
    calls: dict[str, dict[str, int]]

    @classmethod
    def of(cls, url: str) -> Self:
        pages = ("ledger", "mail", "calls")
        return cls(*(requests.get(f"{url}/{page}.json", timeout=60).json() for page in pages))

    def duplicates(self) -> dict[str, int]:
        """Return the repeated calls by kind."""
        creates = {row["orderId"]: row["creates"] for row in self.ledger}
        refunds = Counter(refund_id for row in self.ledger for refund_id in row["refundIds"])
        emails = Counter((mail["to"], mail["text"]) for mail in self.mails)
        times = {
            "creates": creates.values(),
            "cancels": [row["cancels"] for row in self.ledger],
            "refunds": refunds.values(),
            "emails": emails.values(),
        }
        return {kind: sum(max(0, each - 1) for each in counts) for kind, counts in times.items()}


class Report:
    """Prints a line for each of the invariants. `db` is a psycopg2 connection."""

    def __init__(self, db: Any, sandbox: Sandbox) -> None:
        self._db, self._sandbox = db, sandbox

    def check(self, placed: list[str], shelves: dict[str, int]) -> bool:
        """Return True if all invariants hold for the orders `placed`."""
        db, ledger, mails = self._db, self._sandbox.ledger, self._sandbox.mails
        checks: dict[str, Callable[[], object]] = {
            "orders in, right ends out": lambda: invariants.every_order_has_ended(db, placed),
            "our books are the bank's": lambda: invariants.the_bank_agrees(db, ledger),
            "nobody paid for nothing": lambda: invariants.nobody_pays_for_nothing(db, ledger),
            "refunded once": lambda: invariants.refunded_once(ledger),
            "refunds fit": lambda: invariants.refunds_fit(db),
            "the shelves add up": lambda: invariants.the_shelves_add_up(db, shelves),
            "every email arrived": lambda: invariants.every_email_arrived(db, mails),
            "nothing is left to pay": lambda: invariants.nothing_can_be_paid(ledger),
            "paid once": lambda: invariants.paid_once(db),
        }
        results = [print_result(name, check) for name, check in checks.items()]
        return all(results)

    def replay(self, flask: Callable[..., object]) -> bool:
        """Return True if the histories lead to their rows, and nothing is stuck."""
        results = [
            print_result(f"machines {command}", partial(flask, "machines", command))
            for command in COMMANDS
        ]
        return all(results)

    def tell(self, placed: list[str]) -> None:
        """Print the figures."""
        ends = "SELECT state, count(*) FROM orders GROUP BY state ORDER BY state"
        states = ", ".join(
            f"{row['count']} {row['state']}" for row in invariants.read(self._db, ends)
        )
        print(f"orders: {len(placed)} in; {states}")
        ours, ledger = invariants.read(self._db, invariants.MONEY), self._sandbox.ledger
        for what in ("captured", "refunded"):
            bank, here = (sum(row[what] for row in rows) for rows in (ledger, ours))
            print(f"{what}: {bank} cents at the bank, {bank - here} more than here")
        doubled = self._sandbox.duplicates()
        for kind, calls in self._sandbox.calls.items():
            print(
                f"{kind}: {calls['received']} calls, {calls['executed']} carried out, "
                f"{calls['replayed']} answered from their key, {doubled[kind]} duplicates"
            )


def print_result(name: str, check: Callable[[], object]) -> bool:
    """Print whether a check complains."""
    try:
        check()
    except (AssertionError, RuntimeError) as complaint:
        print(f"  {name:<28} BROKEN: {complaint}")
        return False
    print(f"  {name:<28} well")
    return True
