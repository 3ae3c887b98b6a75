"""Schemas of the caller's profile."""

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from models import User, UserStatus
from web.schemas.base import Incoming, Outgoing, Text, Timestamp


class UserView(Outgoing):
    id: UUID
    email: str
    username: str
    first_name: str
    last_name: str
    address_line1: str
    address_line2: str
    city: str
    state: str
    postal_code: str
    country: str
    phone_number: str
    status: UserStatus
    roles: list[str]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, user: User) -> "UserView":
        fields = {name: getattr(user, name) for name in cls.model_fields if name != "state"}
        return cls(**fields, state=user.region)


def no_defaults(schema: dict[str, Any]) -> None:
    """Remove defaults from a JSON schema: an omitted field means no change."""
    for field in schema["properties"].values():
        field.pop("default", None)


class Profile(Incoming):
    """Changes to the caller's profile; omitted fields stay as they are."""

    model_config = ConfigDict(json_schema_extra=no_defaults)

    username: Text = Field("", min_length=1, max_length=100)
    first_name: Text = Field("", max_length=100)
    last_name: Text = Field("", max_length=100)
    address_line1: Text = Field("", max_length=200)
    address_line2: Text = Field("", max_length=200)
    city: Text = Field("", max_length=100)
    state: Text = Field("", max_length=100)
    postal_code: Text = Field("", max_length=20)
    country: Text = Field("", max_length=100)
    phone_number: Text = Field("", max_length=40)

    def apply_to(self, user: User) -> None:
        for name in self.model_fields_set:
            setattr(user, "region" if name == "state" else name, getattr(self, name))
