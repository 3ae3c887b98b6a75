"""The recorded steps of a seed."""

from collections.abc import Callable

TROUBLE = "!"  # once for each statement that failed
FAULT = " meets "
CLOCK = " by a clock "
SEVERAL = tuple(f"record: {number} " for number in range(2, 10))

# What makes a seed worth playing, and how an entry shows it.
MET: dict[str, Callable[[str], bool]] = {
    "batches of several": lambda entry: entry.startswith(SEVERAL),
    "batches of several that PostgreSQL refused": lambda entry: (
        entry.startswith(SEVERAL) and entry.endswith(TROUBLE)
    ),
    "other steps that PostgreSQL refused": lambda entry: (
        entry.endswith(TROUBLE) and not entry.startswith(SEVERAL)
    ),
    "calls whose first request failed": lambda entry: f"request 1{FAULT}" in entry,
    "calls whose later request failed": lambda entry: (
        ", request " in entry and f"request 1{FAULT}" not in entry
    ),
    "calls that met the same for a while": lambda entry: "all requests meet" in entry,
    "calls that were answered slowly": lambda entry: entry.endswith(", slowly"),
    "secrets that do not open": lambda entry: entry.startswith("lose a key: "),
    "steps by a clock of their own": lambda entry: CLOCK in entry,
    "statements that failed for a while": lambda entry: entry.startswith("poison: INSERT"),
    "messages of several events": lambda entry: entry.startswith("deliver") and ", " in entry,
    "times that stored signals were applied": lambda entry: (
        entry.startswith("apply signals: ") and "0" not in entry
    ),
}


def entry(name: str, did: object, trouble: int, ahead: int = 0) -> str:
    """Add a step: its name, its result, its clock's difference, and its failed statements."""
    clock = f"{CLOCK}{ahead:+d} s" if ahead else ""
    return name + (f": {did}" if did is not None else "") + clock + TROUBLE * trouble
