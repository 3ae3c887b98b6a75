"""Rows that the console lists and that orders alone do not fill: logins, audit, failures."""

from bench.fill import Filler

# One login for each order, an audit row for each tenth, a refund for each twentieth, a notice for
# each hundredth, a failed activity and an unmatched event for each thousandth.
BESIDE_ORDERS = """
INSERT INTO login (id, version, created_at, updated_at, state, email, code_id, code_hash,
        browser_hash, wrong_codes, unbound_codes)
    SELECT orders.id, 1, orders.created_at, orders.updated_at, 'Succeeded', users.email, orders.id,
        '', orders.id::text, 0, 0
    FROM orders JOIN users ON users.id = user_id ON CONFLICT DO NOTHING;
INSERT INTO audit (id, at, actor, action, subject, details)
    SELECT id, created_at, user_id::text, 'orders ship', id::text, '{}'::jsonb
    FROM orders WHERE hashtext(id::text) % 10 = 0 ON CONFLICT DO NOTHING;
INSERT INTO refund (id, version, created_at, updated_at, state, order_id, origin, amount, currency)
    SELECT id, 1, created_at, updated_at, 'Succeeded', id, 'operator', 1, currency
    FROM orders WHERE hashtext(id::text) % 20 = 0 ON CONFLICT DO NOTHING;
INSERT INTO notice (id, subject, kind, text, created_at, settled_at)
    SELECT id, id::text, 'unread_event', 'a measurement', created_at,
        CASE WHEN hashtext(id::text) % 1000 <> 0 THEN created_at END
    FROM orders WHERE hashtext(id::text) % 100 = 0 ON CONFLICT DO NOTHING;
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
        payload, created_at, finished_at, last_error)
    SELECT id, 'emails.order_confirmed', 'order', id, 'failed', 8, 0, created_at, '{}', created_at,
        created_at, 'SendGrid: 401 unauthorized'
    FROM orders WHERE hashtext(id::text) % 1000 = 1 ON CONFLICT DO NOTHING;
INSERT INTO signal (id, source, external_id, kind, payload, state, attempts, due_at, received_at)
    SELECT id, 'stripe', 'evt_' || id, 'payment_intent.succeeded', NULL, 'unmatched', 1, created_at,
        created_at
    FROM orders WHERE hashtext(id::text) % 1000 = 2 ON CONFLICT DO NOTHING;
"""
# Each waiting payment has a call that is tried again tomorrow, as while Stripe is down.
BESIDE_WAITING = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
        payload, created_at, last_error)
    SELECT id, 'payments.retrieve_intent', 'payment', id, 'waiting', 1, 0, now() + interval '1 day',
        '{}', created_at, 'Stripe: 503'
    FROM payment WHERE state = 'Initiated' AND created_at < now() - interval '1 h'
    ON CONFLICT DO NOTHING
"""
LENGTHEN = """
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at)
    SELECT id, version + n, 'order', 'paid', 'Confirmed', 'Confirmed', true, 'command:bench',
        updated_at + n * interval '1 ms'
    FROM (SELECT * FROM orders WHERE state = 'Confirmed' ORDER BY id DESC LIMIT 1) AS longest,
        generate_series(1, 5000) AS n
"""


def insert_finished(filler: Filler, first: int, last: int) -> None:
    """Insert finished orders, as `Filler.insert_finished` does, with all that is listed."""
    filler.insert_finished(first, last)
    filler.execute(BESIDE_ORDERS)
    filler.settle()


def insert_waiting(filler: Filler, number: int) -> None:
    """Insert orders that wait for their payment, whose calls to Stripe wait, too."""
    for _ in filler.insert_waiting(number):
        pass
    filler.execute(BESIDE_WAITING)
    filler.settle()


def lengthen_history(filler: Filler) -> None:
    """Give the newest order a timeline of 5,000 entries more."""
    filler.execute(LENGTHEN)
