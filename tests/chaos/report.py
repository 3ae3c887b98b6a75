"""What is true of the system when the trouble is over."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests import invariants
from tests.invariants import Json

COMMANDS = ("verify", "stuck")


class Report:
    """Prints a line for each of the invariants. `db` is a psycopg2 connection."""

    def __init__(self, db: Any, ledger: list[Json], mails: list[Json]) -> None:
        self._db, self._ledger, self._mails = db, ledger, mails

    def check(self, placed: list[str], shelves: dict[str, int]) -> bool:
        """Whether all invariants hold for the orders `placed`."""
        db, ledger = self._db, self._ledger
        checks: dict[str, Callable[[], object]] = {
            "orders in, right ends out": lambda: invariants.every_order_has_ended(db, placed),
            "our books are the bank's": lambda: invariants.the_bank_agrees(db, ledger),
            "nobody paid for nothing": lambda: invariants.nobody_pays_for_nothing(db, ledger),
            "refunds fit": lambda: invariants.refunds_fit(db),
            "the shelves add up": lambda: invariants.the_shelves_add_up(db, shelves),
            "every letter came": lambda: invariants.every_letter_came(db, self._mails),
            "nothing is left to pay": lambda: invariants.nothing_can_be_paid(ledger),
            "paid once": lambda: invariants.paid_once(db),
        }
        found = [told(name, check) for name, check in checks.items()]
        return all(found)

    def replay(self, flask: Callable[..., object]) -> bool:
        """Whether the histories lead to their rows, and nothing is stuck."""
        found = [told(f"machines {one}", partial(flask, "machines", one)) for one in COMMANDS]
        return all(found)

    def tell(self, placed: list[str]) -> None:
        """The figures."""
        ends = "SELECT state, count(*) FROM orders GROUP BY state ORDER BY state"
        states = ", ".join(
            f"{row['count']} {row['state']}" for row in invariants.read(self._db, ends)
        )
        ledger = self._ledger
        ours = invariants.read(self._db, "SELECT coalesce(sum(captured), 0) AS all FROM payment")
        captured = sum(row["captured"] for row in ledger)
        print(f"orders: {len(placed)} in; {states}")
        print(f"captured: {captured} cents at the bank, {captured - ours[0]['all']} more than here")
        print(f"intents created twice: {sum(row['creates'] > 1 for row in ledger)}")
        print(f"letters sent again after a doubt: {len(self._mails) - self._letters()}")

    def _letters(self) -> int:
        """Without those that came twice."""
        return len({(mail["to"], mail["text"]) for mail in self._mails})


def told(name: str, check: Callable[[], object]) -> bool:
    """Print whether a check complains."""
    try:
        check()
    except (AssertionError, RuntimeError) as complaint:
        print(f"  {name:<28} BROKEN: {complaint}")
        return False
    print(f"  {name:<28} well")
    return True
