"""The error of a process whose settings are missing or invalid."""

from collections.abc import Iterator
from contextlib import contextmanager

from click import ClickException
from pydantic import ValidationError


class SettingsError(ClickException):
    """Settings are missing or invalid. The message names each variable, without its value.

    `flask` prints the message of a ClickException without a traceback.
    """


@contextmanager
def named_variables() -> Iterator[None]:
    """Replace the error of the block by a SettingsError that names the variables."""
    try:
        yield
    except ValidationError as error:
        raise SettingsError("invalid settings: " + "; ".join(describe(error))) from None


def describe(error: ValidationError) -> Iterator[str]:
    """Yield a sentence for each problem of settings, which names the variable."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        message = problem["msg"].removeprefix("Value error, ")
        # The checks of several variables at once name them in their message.
        yield f"{problem['loc'][0]}: ".upper() + message if problem["loc"] else message
