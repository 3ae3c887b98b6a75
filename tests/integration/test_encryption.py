"""Personal data and providers' payloads are encrypted in their columns."""

import json
import os

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from config import settings
from models import Order, SignalRow, User, transaction
from models.base import db
from models.encrypted import PREFIX, UNREADABLE, UNREADABLE_JSON
from models.key_rotation import rotate
from state_machines.durable import inbox
from tests.support import python
from tests.support.factories import a_user, an_order

pytestmark = pytest.mark.usefixtures("app")

HOME = "12 Privet Drive"


@pytest.fixture
def old_key() -> str:
    """Return the key of earlier rows, which is still among ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


def stored(query: str) -> str:
    with transaction() as session:
        return str(session.scalar(text(query)))


def a_customer() -> tuple[User, Order]:
    with transaction():
        user = a_user(address_line1=HOME, city="Surrey", phone_number="+44 20 7946 0000")
        return user, an_order(user=user, billing_address=HOME, shipping_address="")


def test_addresses_and_phone_numbers_are_unreadable_in_the_database() -> None:
    user, order = a_customer()
    dump = stored("SELECT json_agg(u)::text || (SELECT json_agg(o) FROM orders o) FROM users u")
    assert not any(part in dump for part in (HOME, "Surrey", "7946"))
    with transaction() as session:
        session.expire_all()
        assert session.get_one(User, user.id).address_line1 == HOME
        assert session.get_one(Order, order.id).billing_address == HOME
    # An empty text hides nothing.
    assert stored("SELECT shipping_address FROM orders") == ""


def test_the_payload_of_a_signal_is_unreadable_in_the_database() -> None:
    event = {"email": "ann@example.com"}
    with transaction():
        inbox.store("stripe", [("evt_1", "some.kind", event)])
    assert stored("SELECT payload::text FROM signal").startswith(f'"{PREFIX}')
    with transaction() as session:
        assert session.scalars(db.select(SignalRow.payload)).one() == event


def test_rows_from_before_the_encryption_are_readable() -> None:
    user, _ = a_customer()
    with transaction() as session:
        session.execute(text("UPDATE users SET address_line1 = 'a plain street'"))
        session.expire_all()
        assert session.get_one(User, user.id).address_line1 == "a plain street"


def test_a_value_that_no_key_decrypts_stops_nothing(old_key: str) -> None:
    _, order = a_customer()
    lost = PREFIX + Fernet(old_key).encrypt(b"lost").decode()
    with transaction():
        inbox.store("stripe", [("evt_1", "some.kind", {})])
    with transaction() as session:
        session.execute(text("UPDATE orders SET billing_address = :lost"), {"lost": lost})
        session.execute(text("UPDATE signal SET payload = :lost"), {"lost": json.dumps(lost)})
        session.expire_all()
        assert session.get_one(Order, order.id).billing_address == UNREADABLE
        assert session.scalars(db.select(SignalRow.payload)).one() == UNREADABLE_JSON
    counts = {(count.table, count.column): count.unreadable for count in rotate()}
    assert counts["orders", "billing_address"] == counts["signal", "payload"] == 1


def rotated(keys: tuple[str, ...], *words: str) -> dict[tuple[str, str], int]:
    """Rotate in a process of its own under `keys`; return how many values were rewritten."""
    command = ("-m", "flask", "--app", "wsgi", "encryption", "rotate", "--json", *words)
    done = python.run(*command, env=os.environ | {"ENCRYPTION_KEYS": ",".join(keys)})
    assert done.stdout, done.stderr
    return {(row["table"], row["column"]): row["rewritten"] for row in json.loads(done.stdout)}


@pytest.mark.slow
def test_rotation_rewrites_plain_values_and_those_under_an_older_key(old_key: str) -> None:
    _, order = a_customer()
    present, following = settings.encryption_keys, Fernet.generate_key().decode()
    older = PREFIX + Fernet(old_key).encrypt(b"older").decode()
    with transaction() as session:
        session.execute(
            text("UPDATE orders SET shipping_address = 'plain', billing_address = :older"),
            {"older": older},
        )
    keys = (following, *present, old_key)
    counted = rotated(keys, "--check")
    assert counted["orders", "billing_address"] == counted["orders", "shipping_address"] == 1
    assert rotated(keys) == counted
    assert sum(rotated((following,)).values()) == 0
    # Back again, since this process knows no other key.
    rotated((*present, following))
    with transaction() as session:
        session.expire_all()
        row = session.get_one(Order, order.id)
        assert (row.billing_address, row.shipping_address) == ("older", "plain")
