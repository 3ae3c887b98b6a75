"""Idempotency keys: a request that a client repeats is carried out once, and answered alike.

A key, the hash of its request and the outcome are written in the transaction that carries it out.
Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, db
from models.clock import now
from models.errors import ConflictError, InvalidInputError
from models.ids import uuid7
from models.problem_codes import FieldCode, ProblemKind

Outcome = dict[str, Any]


class CarriedOut(NamedTuple):
    """The outcome of a request, and whether this call has carried it out, not an earlier one."""

    outcome: Outcome
    is_new: bool


FIELD = "Idempotency-Key"


class IdempotencyKey(Base):
    """A used key. Keys are separate for each `owner`, such as "user:" and an id."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("owner", "key"),)
    personal = "random keys with the ids of a user and an order"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner: Mapped[str]
    key: Mapped[str]
    request_hash: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def expired(cls, limit: datetime, /) -> ColumnElement[bool]:
        return cls.created_at < limit


def hash_of(request: Any) -> str:
    """Return the hash of a request, in hexadecimal, without the optional fields that it leaves out.

    So a new field with a default leaves the hashes of earlier requests, which rows have, as they
    are.
    """
    plain = json.dumps(request, default=_as_json, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def _as_json(value: Any) -> Any:
    if not is_dataclass(value):
        return str(value)
    values = ((each, getattr(value, each.name)) for each in fields(value))
    return {each.name: part for each, part in values if part != _default_of(each)}


def _default_of(each: Field[Any]) -> Any:
    """Return the default of a field, or MISSING, which equals no value."""
    return each.default if each.default_factory is MISSING else each.default_factory()


def refuse_in_flight(owner: str, key: str | None) -> None:
    """Lock the key until the transaction ends. Raises ConflictError while another one has it."""
    if key is None:
        return
    number = func.hashtextextended(f"{owner} {key}", 0)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise ConflictError(
            "A request with this idempotency key is being carried out", ProblemKind.BUSY
        )


def carry_out_once(
    owner: str, key: str | None, request: Any, carry_out: Callable[[], Outcome]
) -> CarriedOut:
    """Call `carry_out` and return its outcome; for a key that was used, return the earlier outcome.

    Raises InvalidInputError when the key was used for another request, and ConflictError while the
    same request is being carried out.
    """
    if key is None:
        return CarriedOut(carry_out(), is_new=True)
    refuse_in_flight(owner, key)
    digest = hash_of(request)
    mine = (IdempotencyKey.owner == owner) & (IdempotencyKey.key == key)
    earlier = db.session.scalar(select(IdempotencyKey).where(mine))
    if earlier is None:
        outcome = carry_out()
        row = IdempotencyKey(owner=owner, key=key, request_hash=digest, outcome=outcome)
        db.session.add(row)
        return CarriedOut(outcome, is_new=True)
    if earlier.request_hash != digest:
        raise InvalidInputError(FIELD, "was used for another request", FieldCode.USED)
    return CarriedOut(earlier.outcome, is_new=False)
