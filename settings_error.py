"""The error of a process whose settings are missing or invalid, and the bounds of numbers.

It ends a process with its message alone.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from click import ClickException
from pydantic import ValidationError

T = TypeVar("T")
# No setting needs more than ten years of seconds, or as many pieces.
MAX_NUMBER = 315_360_000
MAX_DAYS = 36_500


class SettingsError(ClickException):
    """Settings are missing or invalid. The message names each variable, without its value.

    `flask` prints the message of a ClickException without a traceback.
    """


_show_others = sys.excepthook


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, SettingsError):
        sys.stderr.write(f"{error.message}\n")
    else:
        _show_others(kind, error, trace)


sys.excepthook = _show


@contextmanager
def named_variables() -> Iterator[None]:
    """Replace the error of the block by a SettingsError that names the variables."""
    try:
        yield
    except ValidationError as error:
        raise SettingsError("invalid settings: " + "; ".join(describe(error))) from None


def folder(variable: str, path: str | None) -> str | None:
    """Return the path, or None for an empty one. Raises SettingsError for a file."""
    if path and Path(path).exists() and not Path(path).is_dir():
        raise SettingsError(f"{variable} must be a folder")
    return path or None


def describe(error: ValidationError) -> Iterator[str]:
    """Yield a sentence for each problem of settings, which names the variable."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        message = problem["msg"].removeprefix("Value error, ")
        # The checks of several variables at once name them in their message.
        yield f"{problem['loc'][0]}: ".upper() + message if problem["loc"] else message


def refuse_huge(value: T) -> T:
    """Return the value. Raises ValueError for a number with which times or statements overflow."""
    numbers = value if isinstance(value, tuple) else (value,)
    if any(isinstance(number, int | float) and number > MAX_NUMBER for number in numbers):
        raise ValueError(f"must be at most {MAX_NUMBER}")
    return value
