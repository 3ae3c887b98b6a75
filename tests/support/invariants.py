"""Invariants of a system at rest: the books equal the bank's, the stock and the mailbox.

Each complaint names its orders. `db` is a psycopg2 connection, `ledger` the sandbox's /ledger.json,
`mails` its /mail.json.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg2.extras import RealDictCursor

Json = dict[str, Any]

SOLD = ("Confirmed", "Shipped", "Delivered")
ENDS = {
    *((state, "Success") for state in (*SOLD, "Cancelled", "Failed")),
    *(("Cancelled", "Cancelled"), ("Failed", "Failure")),
}
UNDER_WAY = """
    SELECT 'order ' || id AS what, state FROM orders WHERE state = 'Pending'
    UNION ALL SELECT 'payment of ' || order_id, state FROM payment
        WHERE state NOT IN ('Success', 'Cancelled', 'Failure')
    UNION ALL SELECT 'refund of ' || order_id, state FROM refund
        WHERE state IN ('Requested', 'Submitted')
    UNION ALL SELECT name || ' of ' || subject_id, state FROM activity
        WHERE state IN ('queued', 'pending', 'waiting', 'running') AND machine <> 'reconciliation'
    UNION ALL SELECT 'signal ' || kind || ' ' || external_id, state FROM signal
        WHERE state = 'stored'
"""
MONEY = """
    SELECT orders.id::text, orders.state, orders.total,
        payment.state AS payment, payment.intent_id, payment.captured,
        coalesce(sum(refund.amount), 0)::integer AS refunded
    FROM orders JOIN payment ON payment.order_id = orders.id
    LEFT JOIN refund ON refund.order_id = orders.id
        AND refund.state IN ('Requested', 'Submitted', 'Succeeded')
    GROUP BY orders.id, payment.id
"""
SHELVES = """
    SELECT product.id::text, product.stock, product.reserved,
        coalesce(sum(quantity) FILTER (WHERE orders.state = 'Pending'), 0) AS waiting,
        coalesce(sum(quantity) FILTER (WHERE orders.state = ANY(%s)), 0) AS sold
    FROM product LEFT JOIN order_item ON order_item.product_id = product.id
    LEFT JOIN orders ON orders.id = order_item.order_id
    GROUP BY product.id
"""
# What a customer may hear of: where an order came to, and each refund.
NEWS = """
    SELECT subject_id::text AS id, 'order_' || lower(target) AS category FROM transition
        WHERE machine = 'order' AND NOT ignored AND source <> target
    UNION ALL SELECT refund.order_id::text, 'order_refunded' FROM transition
        JOIN refund ON refund.id = subject_id WHERE target = 'Succeeded' AND source <> target
"""
# What they must hear of: where the order is now, and each refund that has not come back. A letter
# about a state that the order has left is not sent any more, nor is any to a deleted account.
LAST_NEWS = """
    SELECT DISTINCT ON (subject_id) subject_id::text AS id, 'order_' || lower(target) AS category
        FROM transition JOIN orders ON orders.id = subject_id JOIN users ON users.id = user_id
        WHERE machine = 'order' AND NOT ignored AND source <> target AND users.status <> 'Deleted'
        ORDER BY subject_id, transition.version DESC
"""
GIVEN_BACK = """
    SELECT order_id::text AS id, 'order_refunded' AS category FROM refund
        JOIN orders ON orders.id = order_id JOIN users ON users.id = user_id
        WHERE refund.state = 'Succeeded' AND users.status <> 'Deleted'
"""
ABOUT_NO_ORDER = ("login_code", "new_device")
# Tries of which nobody can say whether the letter left, by order and kind of letter.
DOUBTS = """
    SELECT coalesce(refund.order_id, activity.subject_id)::text AS id,
        replace(name, 'emails.', '') AS category, sum(unknown_outcomes)::integer AS tries
    FROM activity LEFT JOIN refund ON refund.id = activity.subject_id
    WHERE name LIKE 'emails.order_%%' AND unknown_outcomes > 0 GROUP BY 1, 2
"""
# Orders of which the bank or somebody in the shop has decided what they cost.
DECIDED = """
    SELECT order_id::text AS id FROM dispute
    UNION SELECT order_id::text FROM refund
        WHERE state = 'Failed' OR (origin IN ('operator', 'stripe') AND state = 'Succeeded')
    UNION SELECT subject_id::text FROM transition WHERE machine = 'order' AND signal = 'accept'
"""
PAID = """
    SELECT subject_id::text AS id FROM transition
    WHERE machine = 'order' AND signal = 'paid' GROUP BY subject_id HAVING count(*) > 1
"""


def read(db: Any, query: str, *values: object) -> list[Json]:
    """Return all rows of a query, as of now."""
    with db, db.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(query, values)
        return [dict(row) for row in cursor]


def under_way(db: Any) -> list[Json]:
    """Return the work that is left to do, without reconciliations, which never end."""
    return read(db, UNDER_WAY)


def the_last_reconciliation_has_ended(db: Any) -> None:
    """Check that no reconciliation runs, which might still find differences."""
    last = "SELECT state FROM reconciliation ORDER BY created_at DESC LIMIT 1"
    _none((row for row in read(db, last) if row["state"] == "Running"), "not looked at yet")


def every_order_has_ended(db: Any, placed: Iterable[str]) -> None:
    """Check that exactly the orders `placed` exist, each in a final state."""
    states = {row["id"]: (row["state"], row["payment"]) for row in read(db, MONEY)}
    _none(set(placed) ^ states.keys(), "lost, or never placed")
    _none((item for item in states.items() if item[1] not in ENDS), "not in an end state")


def the_bank_agrees(db: Any, ledger: list[Json]) -> None:
    """Compare our payments with the bank's, cent by cent: each order has at most one intent."""
    ours = {
        row["id"]: (row["intent_id"], row["captured"], row["refunded"]) for row in read(db, MONEY)
    }
    _none((row for row in ledger if row["orderId"] not in ours), "intents that are not ours")
    _none((row for row in ledger if row["creates"] != 1), "created more than once")
    refunded_once(ledger)
    bank = {
        row["orderId"]: (row["paymentIntent"], row["captured"], row["refunded"]) for row in ledger
    }
    never_created = (None, 0, 0)
    _none(
        (
            f"{order_id}: {here} here, {bank.get(order_id, never_created)} at the bank"
            for order_id, here in ours.items()
            if here != bank.get(order_id, never_created)
        ),
        "the bank's books differ",
    )


def refunded_once(ledger: list[Json]) -> None:
    """Check that the bank made each of our refunds at most once, whatever its result."""
    made = Counter(refund_id for row in ledger for refund_id in row["refundIds"])
    _none((refund_id for refund_id, times in made.items() if times > 1), "refunded more than once")


def nobody_pays_for_nothing(db: Any, ledger: list[Json], but: Collection[str] = ()) -> None:
    """Check that sold orders are paid in full, and all others cost nothing in the end.

    Orders whose ids are in `but` are left out.
    """
    balances = {row["orderId"]: row["captured"] - row["refunded"] for row in ledger}
    _none(
        (
            f"{row['id']} {row['state']}: {balances.get(row['id'], 0)} kept of {row['total']}"
            for row in read(db, MONEY)
            if row["id"] not in but
            and balances.get(row["id"], 0) != (row["total"] if row["state"] in SOLD else 0)
        ),
        "charged wrongly",
    )


def decided(db: Any) -> set[str]:
    """Return the ids of the orders that the bank or a person has decided about."""
    return {row["id"] for row in read(db, DECIDED)}


def refunds_fit(db: Any) -> None:
    _none(
        (row["id"] for row in read(db, MONEY) if row["refunded"] > row["captured"]),
        "more given back than taken",
    )


def the_shelves_add_up(db: Any, at_first: Mapping[str, int]) -> None:
    """Check that stock and sold pieces equal the stock `at_first`, which is by product id."""
    _none(
        (
            f"product {row['id']}: {row}, {at_first[row['id']]} at first"
            for row in read(db, SHELVES, list(SOLD))
            if row["reserved"] != row["waiting"]
            or at_first[row["id"]] - row["stock"] != row["sold"]
            or not 0 <= row["reserved"] <= row["stock"]
        ),
        "the shelves do not add up",
    )


def every_email_arrived(db: Any, mails: list[Json]) -> int:
    """Check that each email came once; attempts of unknown outcome allow more. Return how many."""
    came = Counter(
        (mail["customArgs"].get("orderId"), category.replace("payment_late", "order"))
        for mail in mails
        for category in mail["categories"]
        if category not in ABOUT_NO_ORDER
    )
    due = Counter((row["id"], row["category"]) for row in read(db, NEWS))
    last = [*read(db, LAST_NEWS), *read(db, GIVEN_BACK)]
    needed = Counter((row["id"], row["category"]) for row in last)
    doubts = Counter({(row["id"], row["category"]): row["tries"] for row in read(db, DOUBTS)})
    _none((needed - came).elements(), "emails that never arrived")
    _none((came - due - doubts).elements(), "emails that arrived too often")
    return (came - due).total()


def nothing_can_be_paid(ledger: list[Json]) -> None:
    """Check that the bank has no open intent after all orders have ended."""
    _none((row for row in ledger if row["status"] not in ("succeeded", "canceled")), "still open")


def paid_once(db: Any) -> None:
    _none((row["id"] for row in read(db, PAID)), "paid more than once")


def _none(items: Iterable[object], complaint: str) -> None:
    listed = list(items)
    assert not listed, f"{complaint}: {listed}"
