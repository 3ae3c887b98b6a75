"""The settings of a process with the defaults in place of invalid values, to report all faults."""

from typing import Any, Self

from pydantic import AliasChoices, ValidationError, model_validator

import config
from config import Settings
from production import REQUIRED
from settings_error import describe

# The variables that a fault of a password leaves unset.
SERVERS = {
    "DATABASE_PASSWORD": ("database_url", "database_password"),
    "REDIS_PASSWORD": ("redis_url", "redis_password"),
}


class _Draft(Settings):
    @model_validator(mode="after")
    def refuse_unsafe_settings(self) -> Self:
        return self


def load() -> tuple[Settings, list[str]]:
    """Return the settings and every fault of theirs, each with the name of its variable."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    while True:
        try:
            draft = _Draft(**values)
        except ValidationError as error:
            faults += describe(error)
            values |= _defaults(error)
        else:
            return draft, [*faults, *_find_others(draft, faults)]


def _defaults(error: ValidationError) -> dict[str, Any]:
    """Return defaults in place of the invalid fields."""
    fields = {_alias(str(problem["loc"][0])) for problem in error.errors() if problem["loc"]}
    fields |= {name for fault in describe(error) for name in SERVERS.get(_variable(fault), ())}
    return {name: Settings.model_fields[name].default for name in fields}


def _variable(fault: str) -> str:
    """Return the name of the variable with which a fault begins."""
    return fault.split(maxsplit=1)[0].rstrip(":")


def _alias(name: str) -> str:
    """Return the field that a variable with this name sets."""
    for field, info in Settings.model_fields.items():
        alias = info.validation_alias
        if isinstance(alias, AliasChoices) and name in alias.choices:
            return field
    return name


def _find_others(draft: Settings, faults: list[str]) -> list[str]:
    """Return the faults of valid values, except of variables that have a fault already."""
    servers = [
        name for name in ("database_url", "redis_url") if name in REQUIRED[draft.projectx_part]
    ]
    missing = [f"{name.upper()} is missing" for name in servers if not getattr(draft, name)]
    others = dict.fromkeys((*config.find_problems(draft), *missing))
    known = {_variable(fault) for fault in faults}
    known |= {name.upper() for fault in known for name in SERVERS.get(fault, ())}
    return [fault for fault in others if _variable(fault) not in known]
