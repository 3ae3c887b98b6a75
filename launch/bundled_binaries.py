"""Where a wheel lies that is wanted for the programs in it. It is not imported: what its module
does at import is for others.
"""

from importlib.util import find_spec
from pathlib import Path


def wheel(name: str) -> Path:
    """The folder of an installed package. Raises ModuleNotFoundError."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(name)
    return Path(found.submodule_search_locations[0])
