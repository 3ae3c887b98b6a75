"""Rows as the last release left them, of every table that it had: its schema is 0017."""

import json
from datetime import timedelta
from typing import Any

from psycopg2.extras import Json

from models.clock import now
from models.encrypted import encrypt
from models.secret import encryption_keys
from tests.support.migrated import run
from tests.support.stripe import an_event

Row = dict[str, Any]

LAST_RELEASE = "0017"


def key(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012}"


def seal(secret: str) -> bytes:
    return encryption_keys().encrypt(secret.encode())


PAST, FUTURE = now() - timedelta(minutes=1), now() + timedelta(days=1)
HOME, FAMILY, CODE = "12 Privet Drive", "4f1a", "123456"
ANN, STAFF, LEAVING = key(1), key(2), key(3)
PAID = an_event(
    "payment_intent.succeeded",
    "payment_intent",
    id="pi_20",
    status="succeeded",
    currency="usd",
    amount_received=5900,
    metadata={"orderId": key(20)},
)
CREATED: Row = {"created_at": PAST}
EXECUTION = CREATED | {"updated_at": PAST}
INITIATED = "start Pending, initiated Initiated"
# Columns of all rows of a table that do not have their own.
COLUMNS: dict[str, Row] = {
    "users": CREATED
    | dict.fromkeys(("address_line2", "city", "state", "postal_code", "country"), "")
    | {"first_name": "Ann", "last_name": "Lee", "address_line1": encrypt(HOME), "phone_number": ""}
    | {"status": "Active", "roles": [], "updated_at": PAST},
    "login": EXECUTION
    | {"email": "ann@example.com", "code_hash": "a1", "browser_hash": "b2"}
    | {"wrong_codes": 1, "unbound_codes": 2},
    "user_session": CREATED
    | {"user_id": ANN, "rotated_at": PAST, "user_agent": "curl", "ip_address": "192.0.2.1"}
    | {"expires_at": FUTURE, "generation": 2, "superseded_at": [PAST], "authenticated_at": PAST}
    | {"methods": ["otp"], "login_id": key(10)},
    "product": CREATED
    | {"description": "", "category": "Home", "tags": ["wood"], "image_url": "", "price": 4900}
    | {"currency": "usd", "stock": 10, "reserved": 0, "created_by": STAFF, "updated_at": PAST},
    "orders": EXECUTION
    | {"user_id": ANN, "request_hash": "c3", "currency": "usd", "subtotal": 4900, "total": 5900}
    | {"shipping_cost": 1000, "tax_amount": 0, "billing_address": encrypt(HOME)}
    | {"shipping_address": "", "payment_method": "card"},
    "payment": EXECUTION | {"amount": 5900, "currency": "usd", "captured": 0},
    "refund": EXECUTION | {"origin": "operator", "amount": 100, "currency": "usd"},
    "dispute": EXECUTION | {"amount": 5900, "currency": "usd", "reason": "fraudulent"},
    "erasure": EXECUTION,
    "reconciliation": EXECUTION | {"since": PAST, "events": 3, "orphans": 1},
    "activity": CREATED | {"attempts": 1, "unanswered": 0, "due_at": PAST, "payload": Json({})},
    "signal": {"source": "stripe", "attempts": 1, "due_at": PAST, "received_at": PAST}
    | {"payload": Json(encrypt(json.dumps(PAID))), "kind": PAID["type"]},
    "notice": CREATED | {"text": "Decide"},
    "transition": {"reason": "as asked", "cause": "request:1", "actor": ANN, "at": PAST},
    "order_item": {"line": 0, "product_id": 1, "name": "Lamp", "quantity": 1, "price": 4900},
    "stock_move": {"product_id": 1, "stock": 0, "reserved": 1, "at": PAST},
    "shipment": {"shipped_at": PAST, "delivered_at": PAST},
    "login_failure": {"failed_at": PAST, "slowed_at": PAST},
    "passkey": CREATED | {"user_id": ANN, "sign_count": 7, "backed_up": True},
    "passkey_challenge": {"expires_at": FUTURE},
    "idempotency_key": CREATED | {"owner": f"user:{ANN}", "key": "k", "request_hash": "d4"},
    "audit": {"at": PAST, "actor": "sam@example.com", "action": "orders ship"},
}
# The number, the machine, the history and some columns. Payment 21 is of order 20, and so on.
EXECUTIONS: tuple[tuple[int, str, str, Row], ...] = (
    (10, "login", "ask CodePending, sent CodeSent, right_code Succeeded", {"user_id": ANN}),
    (11, "login", "ask CodePending", {"deadline_at": PAST}),
    (12, "login", "ask CodePending, sent CodeSent, expire Expired", {}),
    (20, "order", "place Pending", {}),
    (21, "payment", INITIATED, {"intent_id": "pi_20", "ask_at": PAST, "deadline_at": FUTURE}),
    (30, "order", "place Pending, paid Confirmed", {}),
    (31, "payment", f"{INITIATED}, declined Declined, succeeded Success", {"captured": 5900}),
    (32, "refund", "request Requested, submitted Submitted", {"ask_at": FUTURE}),
    (33, "dispute", "open NeedsResponse", {"stripe_id": "dp_1", "due_by": FUTURE}),
    (40, "order", "place Pending, paid Confirmed, ship Shipped, deliver Delivered", {}),
    (
        41,
        "payment",
        f"{INITIATED}, succeeded Success, declined Success ignored",
        {"captured": 5900},
    ),
    (42, "refund", "request Requested, succeeded Succeeded", {"stripe_id": "re_1"}),
    (50, "order", "place Pending, payment_cancelled Cancelled", {}),
    (51, "payment", f"{INITIATED}, cancel Cancelling, canceled Cancelled", {}),
    (60, "order", "place Pending, payment_failed Failed", {}),
    (61, "payment", "start Pending, rejected Failure", {}),
    (70, "order", "place Pending, mispaid Pending", {}),
    (71, "payment", f"{INITIATED}, mispaid Success", {"captured": 1, "captured_currency": "eur"}),
    (80, "order", "place Pending", {}),
    (81, "payment", f"{INITIATED}, cancel Cancelling", {"intent_id": "pi_8", "deadline_at": PAST}),
    (90, "erasure", "request Requested", {"user_id": LEAVING}),
    (91, "reconciliation", "begin Running", {}),
    (92, "reconciliation", "begin Running, finish Done", {}),
)
GIVING_UP = Json({"error": "refused", "permanent": True, "failures": 2})
ACTIVITIES: tuple[tuple[str, str, int, str, Row], ...] = (
    ("payments.create_intent", "payment", 21, "done", {"finished_at": PAST}),
    ("payments.ask", "payment", 21, "done", {"finished_at": PAST, "provider_request_id": "req_1"}),
    ("payments.ask", "payment", 21, "queued", {"attempts": 0}),
    ("payments.ask", "payment", 31, "failed", {"unanswered": 2, "last_error": "no answer"}),
    ("payments.ask", "payment", 41, "abandoned", {"finished_at": PAST}),
    ("refunds.look", "payment", 31, "waiting", {"giving_up": GIVING_UP, "last_error": "refused"}),
    ("refunds.look", "payment", 41, "pending", {"attempts": 0}),
    ("payments.cancel_intent", "payment", 81, "waiting", {"due_at": FUTURE, "unanswered": 1}),
    ("emails.login_code", "login", 11, "failed", {"secret": seal(CODE)}),
    ("emails.order_confirmed", "order", 30, "running", {"token": key(999)}),
    ("privacy.erase", "erasure", 90, "pending", {"attempts": 0}),
    (
        "reconciliation.intents",
        "reconciliation",
        91,
        "pending",
        {"payload": Json({"after": "pi_1"})},
    ),
)
PEOPLE: tuple[tuple[str, Row], ...] = (
    ("users", {"id": ANN, "email": "ann@example.com", "username": "ann"}),
    ("users", {"id": STAFF, "email": "sam@example.com", "username": "sam", "roles": ["admin"]}),
    ("users", {"id": LEAVING, "email": "eve@example.com", "username": "eve", "status": "Deleted"}),
    ("product", {"sku": "lamp", "name": "Lamp", "status": "Available"}),
    ("product", {"sku": "mug", "name": "Mug", "status": "Discontinued", "tags": []}),
)
OTHERS: tuple[tuple[str, Row], ...] = (
    ("user_session", {"id": key(101), "family_secret": seal(FAMILY)}),
    ("user_session", {"id": key(102), "revoked_at": PAST}),
    ("login_failure", {"id": key(103), "email": "ann@example.com", "way": "known", "failures": 2}),
    ("passkey", {"id": key(104), "credential_id": b"1", "public_key": b"2", "name": "Phone"}),
    ("passkey_challenge", {"id": key(105), "purpose": "sign_in", "challenge": b"3"}),
    ("idempotency_key", {"id": key(106), "outcome": Json({"order": key(20)})}),
    ("audit", {"id": key(107), "subject": key(40), "details": Json({"carrier": "DHL"})}),
    ("sweep", {"id": 1, "at": PAST, "allowance": 3.5}),
    ("shipment", {"order_id": key(40), "carrier": "DHL", "tracking_number": "1"}),
    ("signal", {"id": key(111), "external_id": PAID["id"], "state": "stored"}),
    ("signal", {"id": key(112), "external_id": "2", "state": "failed", "last_error": "no amount"}),
    ("signal", {"id": key(113), "external_id": "3", "state": "applied", "subject_id": key(31)}),
    ("signal", {"id": key(114), "external_id": "4", "state": "ignored", "payload": None}),
    ("notice", {"id": key(121), "subject": key(70), "order_id": key(70), "kind": "mispaid"}),
    ("notice", {"id": key(122), "subject": "dp_1", "order_id": key(30), "kind": "dispute"}),
    ("notice", {"id": key(123), "subject": "2", "kind": "failed_signal", "settled_at": PAST}),
    *(
        (table, {"order_id": key(number)})
        for number, machine, *_ in EXECUTIONS
        if machine == "order"
        for table in ("order_item", "stock_move")
    ),
)


def insert_rows() -> None:
    """Insert all rows into a database of that schema, by plain SQL."""
    for table, row in PEOPLE:
        insert(table, row)
    for number, machine, history, row in EXECUTIONS:
        insert_execution(number, machine, history, row)
    for number, (name, machine, subject, state, row) in enumerate(ACTIVITIES, start=200):
        call = {"id": key(number), "name": name, "machine": machine, "state": state}
        insert("activity", call | {"subject_id": key(subject)} | row)
    for table, row in OTHERS:
        insert(table, row)


def insert(table: str, row: Row) -> None:
    row = COLUMNS.get(table, {}) | row
    columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
    run(" ".join(("INSERT INTO", table, f"({columns}) VALUES ({values})")), **row)


def insert_execution(number: int, machine: str, history: str, row: Row) -> None:
    steps = [step.split() for step in history.split(", ")]
    own = {"id": key(number), "state": steps[-1][1], "version": len(steps)}
    if machine == "order":
        own |= {"reference_id": str(number)}
    if machine in ("payment", "refund", "dispute"):
        own |= {"order_id": key(number // 10 * 10)}
    if machine == "login":
        own |= {"code_id": key(number)}
    insert("orders" if machine == "order" else machine, own | row)
    source = None
    for version, (signal, target, *ignored) in enumerate(steps, start=1):
        step = {"subject_id": own["id"], "version": version, "machine": machine, "signal": signal}
        insert("transition", step | {"source": source, "target": target, "ignored": bool(ignored)})
        source = target
