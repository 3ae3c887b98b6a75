"""No text of customers or other systems moves an operator's cursor, or writes a line of a log."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from launch.children import run
from launch.stack import ROOT
from models import (
    Login,
    Notice,
    NoticeKind,
    Order,
    Product,
    SignalRow,
    SignalState,
    User,
    transaction,
)
from models.audit import audit
from models.clock import now
from models.ids import uuid7
from models.printable import escape
from tests.support.commands import flask
from tests.support.factories import a_login, a_payment, a_product, a_user, an_order
from tests.support.web import Person

EVIL = "\x1b[2J\x9b31m\nError: \u202eevil\r\u2028\x00"[:-1]
SHOWN = r"\x1b[2J\x9b31m\nError: \u202eevil\r\u2028"


def test_characters_that_do_not_print_are_escaped() -> None:
    assert escape(EVIL) == SHOWN
    assert escape("Zo\u00eb, \u6771\u4eac") == "Zo\u00eb, \u6771\u4eac"
    assert escape("two\nlines\x1b", keep="\n") == "two\nlines\\x1b"


@pytest.fixture
def evil(ann: Person) -> tuple[User, Order, Login, Product]:
    """Create rows with the text that is refused today, as earlier releases and providers may."""
    with transaction() as session:
        user = a_user(username=EVIL, first_name=EVIL)
        order = a_payment(order=an_order(user=user, reference_id=EVIL), decline_reason=EVIL).order
        login, product = a_login(email=EVIL), a_product(sku="sku", name=EVIL)
        session.add(
            Notice(
                order_id=order.id, subject=str(order.id), kind=NoticeKind.REFUND_FAILED, text=EVIL
            )
        )
        known = {"state": SignalState.FAILED, "attempts": 1, "payload": {EVIL: EVIL}, "id": uuid7()}
        known |= {"due_at": now(), "received_at": now()}
        session.add(
            SignalRow(source="stripe", external_id=EVIL, kind=EVIL, last_error=EVIL, **known)
        )
        audit(EVIL, EVIL, EVIL, reason=EVIL)
    return user, order, login, product


def test_commands_escape_characters_that_do_not_print(
    shop: Flask, evil: tuple[User, Order, Login, Product]
) -> None:
    user, order, login, _ = evil
    lines = [
        ("orders", "list"), ("orders", "show", str(order.id)), ("users", "list"),
        ("users", "show", user.email), ("logins", "list"), ("logins", "show", str(login.id)),
        ("products", "list"), ("notices", "list"), ("signals", "list"), ("audit", "list"),
        ("payments", "list"), ("orders", "cancel", str(order.id)),
        ("orders", "deliver", str(order.id)), ("orders", "refund", str(order.id)),
    ]  # fmt: skip
    shown = 0
    for words in lines:
        printed = flask(shop, *words).output
        assert all(char.isprintable() or char == "\n" for char in printed), words
        assert not any(line.startswith("Error: \\u202e") for line in printed.split("\n")), words
        shown += SHOWN in printed
    assert shown >= 9
    listed = json.loads(flask(shop, "orders", "list", "--json").stdout)
    assert listed[0]["reference"] == EVIL, "programs get what is there"


def test_nobody_can_forge_a_line_of_the_log(shop: Flask) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    log = logging.getLogger("web.tests")
    log.addHandler(handler)
    try:
        log.warning("request %s: %s", "1", ValueError(EVIL))
        log.error("failed at %s", now(), exc_info=ValueError(EVIL))
    finally:
        log.removeHandler(handler)
    first, *rest = stream.getvalue().splitlines()
    assert first == f"web.tests request 1: {SHOWN}"
    assert rest[1] == f"ValueError: {SHOWN}".replace("\\n", "\n").split("\n")[0]
    assert all(line.isprintable() for line in rest)


@pytest.mark.slow
def test_an_output_that_cannot_be_written_is_named(shop: Flask) -> None:
    for command in (["products", "seed"], ["products", "list"], ["audit", "list", "--json"]):
        with Path("/dev/full").open("w") as full:
            flask_command = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
            done = run(
                flask_command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
            )
        reason = "the output cannot be written (No space left on device)"
        sentence = f"Error: {reason}; `audit list` shows what was changed\n"
        assert (done.returncode, done.stderr) == (1, sentence)
