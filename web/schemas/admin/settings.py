"""Schemas of the settings of a process, its versions and its migrations."""

from enum import StrEnum, auto
from typing import Literal

from web.schemas.base import Outgoing


class SettingSource(StrEnum):
    ENVIRONMENT = auto()  # or the file that `make run` writes
    DEFAULT = auto()


class SettingView(Outgoing):
    """A setting by the name of its variable.

    `value` is null for a secret; `isSet` tells whether there is one. Passwords in URLs are masked.
    """

    name: str
    value: str | None
    default: str | None
    is_secret: bool
    is_set: bool
    source: SettingSource


class VersionView(Outgoing):
    name: str
    version: str


class MigrationsView(Outgoing):
    """The revision of the database, and that of this code."""

    current: str | None
    expected: str | None
    is_current: bool


class SettingsView(Outgoing):
    """The settings of the process that answers: others may have other ones."""

    environment: Literal["development", "production"]
    part: str
    settings: list[SettingView]
    versions: list[VersionView]
    migrations: MigrationsView
