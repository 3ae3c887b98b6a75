"""Every column that can hold a person's words is exported and erased, or names nobody."""

from typing import Any

import pytest
from sqlalchemy import ARRAY, JSON, Enum, LargeBinary, String, inspect

from models.base import Base
from models.personal_data import HOLDINGS, NOT_PERSONAL, Holding

# Columns with text or JSON that stay after an erasure: names of ours, ids of providers, figures.
KEPT = {
    "activity": {"name", "machine", "payload", "provider_request_id"},
    "audit": {"action"},
    "dispute": {"stripe_id", "currency", "reason"},
    "notice": {"subject"},
    "order_item": {"name"},
    "orders": {"currency"},
    "payment": {"currency", "captured_currency", "intent_id", "charge_id", "decline_reason"},
    "refund": {"currency", "stripe_id"},
    "shipment": {"carrier"},
    "signal": {"source", "external_id", "kind"},
    "transition": {"machine", "signal", "source", "target", "cause"},
    "user_session": {"methods"},
    "users": {"roles"},
}


def test_every_table_is_known_to_hold_personal_data_or_none() -> None:
    tables = {name for name in Base.metadata.tables if not name.startswith(("test_", "subscr"))}
    assert tables == {holding.row.__tablename__ for holding in HOLDINGS} | set(NOT_PERSONAL)


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.row.__tablename__)
def test_every_column_with_words_is_erased_or_known_to_name_nobody(holding: Holding) -> None:
    mapper: Any = inspect(holding.row)
    words = {
        attribute.key
        for attribute in mapper.column_attrs
        if _can_hold_words(attribute.columns[0].type)
    }
    kept = words - set(holding.erase) - set(holding.hidden)
    assert holding.deleted or kept == KEPT.get(holding.row.__tablename__, set())


def _can_hold_words(column_type: Any) -> bool:
    plain = getattr(column_type, "impl_instance", column_type)
    return isinstance(plain, (String, JSON, ARRAY, LargeBinary)) and not isinstance(plain, Enum)
