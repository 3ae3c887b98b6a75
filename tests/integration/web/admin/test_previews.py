"""A signal writes exactly the rows and values that its preview has shown."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models import Order, transaction
from models.base import db
from tests.support.console import keyed, post
from tests.support.web import Json, Person
from web.schemas.admin.values import json_ready

Rows = dict[tuple[str, str], Json]

SIGNALS: dict[str, Json] = {
    "ship": {"signal": "ship", "fields": {"carrier": "DHL", "trackingNumber": "JJD01"}},
    "cancel": {"signal": "cancel", "fields": {}},
    "a refund of a part": {"signal": "refund", "fields": {"amount": 12.5}},
    "a refund of everything": {"signal": "refund", "fields": {}},
}
# A preview names activities apart from rows, and the commit adds the moves of stock to the product;
# the others say who did it, and that it was done.
BESIDES = {"activity", "product", "audit", "transition", "idempotency_key"}


def read_rows() -> Rows:
    """Return all rows that have one key, by table and key, as a preview shows them."""
    with transaction() as session:
        return {
            (table.name, str(row[key.name])): {
                name: json_ready(value) for name, value in row.items()
            }
            for table in db.metadata.sorted_tables
            if len(table.primary_key) == 1
            for key in table.primary_key
            for row in session.execute(select(table)).mappings()
        }


def changed_tables(before: Rows, after: Rows) -> set[str]:
    keys = before.keys() | after.keys()
    return {key[0] for key in keys if before.get(key) != after.get(key)} - BESIDES


def written_values(write: Json) -> Json:
    """Return the values of a previewed row, without times and the ids of new rows."""
    return {
        change["field"]: change["after"]
        for change in write["changes"]
        if change["field"] not in ("id", "at") and not change["field"].endswith("_at")
    }


def find_written(write: Json, before: Rows, after: Rows) -> Iterator[Any]:
    """Yield the rows that were written as a preview has shown."""
    values, is_insert = written_values(write).items(), write["kind"] == "insert"
    for key, row in after.items():
        is_it = key not in before if is_insert else key[1] == write["id"]
        if key[0] == write["table"] and is_it and all(row[name] == each for name, each in values):
            yield key


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_writes_what_its_preview_shows(clerk: Person, confirmed: UUID, name: str) -> None:
    path, body = f"/admin/executions/order/{confirmed}", SIGNALS[name]
    shown = post(clerk, f"{path}/preview", body).get_json()
    assert shown["writes"], shown
    before = read_rows()
    with transaction() as session:
        version = session.get_one(Order, confirmed).version
    sent = post(clerk, f"{path}/signals", body | {"reason": "x", "ifVersion": version}, **keyed())
    assert sent.status_code == 200, sent.get_json()
    after = read_rows()
    missing = [write for write in shown["writes"] if not [*find_written(write, before, after)]]
    assert missing == []
    assert changed_tables(before, after) == {write["table"] for write in shown["writes"]}
    begun = [after[key]["name"] for key in after.keys() - before.keys() if key[0] == "activity"]
    assert sorted(begun) == sorted(shown["activities"] + shown["emails"])
    assert (sent.get_json()["state"], sent.get_json()["version"]) == (
        shown["state"],
        shown["version"],
    )
