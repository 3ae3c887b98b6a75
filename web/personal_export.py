"""The export of a user's personal data as a JSON file."""

import json
from datetime import datetime
from typing import Any

from flask import Response
from pydantic.alias_generators import to_camel

from models import User
from models.clock import now
from models.personal import Person
from models.personal_data import export
from web.schemas.base import in_utc


def export_of(user: User) -> Response:
    """Return the file with all data about a user, in the current transaction.

    Amounts are in minor units.
    """
    data = export(Person(user.id, user.email))
    document = {"exportedAt": in_utc(now()), "userId": str(user.id), "data": _camel_case(data)}
    body = json.dumps(document, default=_encode, ensure_ascii=False, indent=2)
    response = Response(body, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="projectx-export.json"'
    return response


def _camel_case(data: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {
        to_camel(table): [{to_camel(name): value for name, value in row.items()} for row in rows]
        for table, rows in data.items()
    }


def _encode(value: object) -> str:
    return in_utc(value) if isinstance(value, datetime) else str(value)
