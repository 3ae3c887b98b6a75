"""Rows as of years of trade, inserted by INSERT ... SELECT in slices.

Finished orders go back from now, ten thousand a day. Each has all rows that are kept without a
limit; activities and signals are there for RETENTION_DAYS only. Waiting orders are Pending, with an
intent at the sandbox and a deadline in a day.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psycopg2

from sandbox.rows.intents import Intent

INTERVALS = {"finished": "8.64 s", "waiting": "0.005 s"}  # between two orders
RETENTION_DAYS = 90
SLICE = 50_000  # orders in a transaction
SETUP = """
SET session_replication_role = replica;  -- no triggers, no foreign keys: the rows are consistent
SET synchronous_commit = off;
SET statement_timeout = 0;
SET work_mem = '64MB';
CREATE FUNCTION pg_temp.key(kind text, n bigint, at timestamptz) RETURNS uuid IMMUTABLE LANGUAGE sql
AS $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid $$;
CREATE TEMP TABLE bought (n bigint, at timestamptz, order_id uuid, payment_id uuid, user_id uuid,
    product_id bigint, name text, price int, currency text);
"""
# Each user has ten orders; products alternate. The oldest order is the first.
BOUGHT = """
TRUNCATE bought;
INSERT INTO bought
SELECT n, at, pg_temp.key(%(kind)s || 'order', n, at), pg_temp.key(%(kind)s || 'payment', n, at),
    pg_temp.key('user', n / 10, '2020-01-01'), goods.id, goods.name, goods.price, goods.currency
FROM generate_series(%(last)s, %(first)s, -1) AS n
CROSS JOIN LATERAL (SELECT timestamptz %(now)s - interval '1 h' - n * interval %(interval)s AS at)
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places
      FROM product) AS goods ON goods.place = n %% goods.places
ORDER BY n DESC;
INSERT INTO users (id, email, username, first_name, last_name, address_line1, address_line2, city,
    state, postal_code, country, phone_number, status, roles, created_at, updated_at)
SELECT DISTINCT ON (user_id) user_id, 'u' || n / 10 || '@example.com', 'u' || n / 10, '', '', '',
    '', '', '', '', '', '', 'Active', '{}'::text[], at, at FROM bought ORDER BY user_id
ON CONFLICT DO NOTHING;
INSERT INTO order_item (order_id, line, product_id, name, quantity, price)
SELECT order_id, 0, product_id, name, 1, price FROM bought;
"""
ORDERS = """
INSERT INTO orders (id, version, created_at, updated_at, state, user_id, reference_id,
    request_hash, currency, subtotal, shipping_cost, tax_amount, total, billing_address,
    shipping_address)
SELECT order_id, {version}, at, at, '{state}', user_id, pg_temp.key(%(kind)s, n, at)::text,
    md5(n::text) || md5(user_id::text), currency, price, 1000, 0, price + 1000,
    E'1 Main Street\\nSpringfield', E'1 Main Street\\nSpringfield' FROM bought;
"""
PAYMENTS = """
INSERT INTO payment (id, version, created_at, updated_at, state, order_id, amount, currency,
    captured, captured_currency, intent_id, client_secret, charge_id, card_brand, last4, exp_month,
    exp_year, deadline_at, poll_at)
SELECT payment_id, {version}, at, at, '{state}', order_id, price + 1000, currency, {paid} * (price
    + 1000), CASE {paid} WHEN 1 THEN currency END, 'pi_' || substr(replace(payment_id::text,
    '-', ''), 5), 'pi_' || substr(replace(payment_id::text, '-', ''), 5) || '_secret_0', 'ch_' ||
    payment_id, 'visa', '4242', 12, 2034, {ahead}, {ahead} FROM bought;
"""
MOVES = """
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at)
SELECT CASE machine WHEN 'order' THEN order_id ELSE payment_id END, version, machine, signal,
    source, target, false, 'signal:stripe:evt_' || payment_id, at
FROM bought, (VALUES {moves}) AS moves (machine, version, signal, source, target);
INSERT INTO stock_move (order_id, product_id, stock, reserved, at)
SELECT order_id, product_id, stock, reserved, at
FROM bought, (VALUES {pieces}) AS pieces (stock, reserved);
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
    payload, provider_request_id, created_at, finished_at)
SELECT pg_temp.key(%(kind)s || called, n, at), called, 'payment', payment_id, 'done', 1, 0, at,
    '{{}}', 'req_' || payment_id, at, at FROM bought, unnest(ARRAY[{calls}]) AS called
WHERE at > timestamptz %(now)s - %(days)s * interval '1 day';
"""
SIGNALS = """
INSERT INTO signal (id, source, external_id, kind, payload, state, subject_id, attempts, due_at,
    received_at, applied_at)
SELECT pg_temp.key('signal' || source, n, at), source, 'evt_' || payment_id, 'payment_intent',
    jsonb_build_object('id', payment_id, 'object', 'event', 'data', repeat(md5(n::text), 20)),
    'applied', payment_id, 1, at, at, at FROM bought, unnest(ARRAY['stripe', 'sendgrid']) AS source
WHERE at > timestamptz %(now)s - %(days)s * interval '1 day';
"""
PLACED = "('order', 1, 'place', NULL, 'Pending'), ('payment', 1, 'start', NULL, 'Pending')"
INITIATED = f"{PLACED}, ('payment', 2, 'initiated', 'Pending', 'Initiated')"
PAID = f"""{INITIATED}, ('payment', 3, 'succeeded', 'Initiated', 'Success'),
    ('order', 2, 'paid', 'Pending', 'Confirmed')"""
FINISHED = (
    BOUGHT
    + ORDERS.format(version=2, state="Confirmed")
    + PAYMENTS.format(version=3, state="Success", paid=1, ahead="NULL")
    + MOVES.format(
        moves=PAID,
        pieces="(0, 1), (-1, -1)",
        calls="'payments.create_intent', 'emails.order_confirmed'",
    )
    + SIGNALS
)
RESERVE = """
UPDATE product SET stock = stock + held, reserved = reserved + held
FROM (SELECT product_id, count(*) AS held FROM bought GROUP BY 1) AS holds WHERE product_id = id;
"""
AHEAD = "timestamptz %(now)s + interval '1 day'"
WAITING = (
    BOUGHT
    + ORDERS.format(version=1, state="Pending")
    + PAYMENTS.format(version=2, state="Initiated", paid=0, ahead=AHEAD)
    + MOVES.format(moves=INITIATED, pieces="(0, 1)", calls="'payments.create_intent'")
    + RESERVE
)


class Filler:
    """A writer of orders, with one connection of the tables' owner per core."""

    def __init__(self, url: str) -> None:
        self._connections = [
            psycopg2.connect(url.replace("+psycopg2", "")) for _ in range(os.cpu_count() or 1)
        ]
        for connection in self._connections:
            connection.autocommit = True
            connection.cursor().execute(SETUP)
        self._cursor = self._connections[0].cursor()
        self._cursor.execute("SELECT now()::text")
        self._now: Any = (self._cursor.fetchone() or [None])[0]

    def insert_finished(self, first: int, last: int) -> None:
        """Insert the orders `first` to `last` - 1, counted back from now."""
        self._fill(FINISHED, "finished", first, last)

    def insert_waiting(self, number: int) -> Iterator[Intent]:
        """Insert waiting orders, and yield the intents that Stripe would have."""
        self._fill(WAITING, "waiting", 0, number)
        self._cursor.execute(
            "SELECT intent_id, amount, currency, client_secret, order_id::text FROM payment"
            " WHERE state = 'Initiated' AND deadline_at > now() + interval '12 h'"
        )
        for key, amount, currency, secret, order_id in self._cursor.fetchall():
            created, metadata = 1_700_000_000, {"orderId": order_id}
            yield Intent(key, amount, currency, created, secret, metadata=metadata)

    def execute(self, statement: str) -> None:
        """Execute a statement of which the tables' triggers take no note."""
        self._cursor.execute(statement)

    def settle(self) -> None:
        """Do the work of autovacuum and the checkpointer in the minutes after such a load."""
        self._cursor.execute("VACUUM (FREEZE, ANALYZE)")
        self._cursor.execute("CHECKPOINT")

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def _fill(self, statements: str, kind: str, first: int, last: int) -> None:
        free: SimpleQueue[Any] = SimpleQueue()
        # Waiting orders update the rows of products, which parallel slices would lock.
        connections = self._connections[: 1 if kind == "waiting" else None]
        for connection in connections:
            free.put(connection.cursor())

        def fill(upper: int) -> None:
            cursor, lower = free.get(), max(first, upper - SLICE)
            values = {"kind": kind, "first": lower, "last": upper - 1, "now": self._now}
            cursor.execute(
                statements, values | {"interval": INTERVALS[kind], "days": RETENTION_DAYS}
            )
            free.put(cursor)

        with ThreadPoolExecutor(len(connections)) as pool:
            list(pool.map(fill, range(last, first, -SLICE)))


def append_to_row_log(row_log: Path, intents: Iterator[Intent]) -> None:
    """Append intents to the sandbox's file, which it reads at its next start."""
    with row_log.open("a") as file:
        file.writelines(json.dumps(["Intent", asdict(intent)]) + "\n" for intent in intents)
