"""The texts of errors: a refusal is a sentence, a problem of a field continues its name."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.rooms import LAYERS, ROOT, modules

# Errors whose message is shown alone, to clients as `detail` and in a terminal.
SENTENCES = {
    "BadRequest",
    "ClickException",
    "ConflictError",
    "ForbiddenError",
    "GoneError",
    "NotAuthenticatedError",
    "NotFoundError",
    "OperationRefusedError",
    "StepUpError",
    "TooManyError",
    "UnsupportedMediaType",
    "WrongCodeError",
}
# Errors whose second argument follows the name of a field, as "amount: must be a number".
FIELD_PROBLEMS = {"InvalidInputError", "InvalidChoiceError", "DuplicateError"}
PLACES = {**dict.fromkeys(SENTENCES, 0), **dict.fromkeys(FIELD_PROBLEMS, 1)}


def error_texts(source: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each error that is made, with the text that begins its message, if any."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        place = PLACES.get(name)
        if place is None or place >= len(node.args):
            continue
        message = node.args[place]
        first = message.values[0] if isinstance(message, ast.JoinedStr) else message
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield name, first.value


def complaints(source: str) -> list[str]:
    return [
        f"{name}: {text}"
        for name, text in error_texts(source)
        if text[:1].isalpha() and text[0].isupper() != (name in SENTENCES)
    ]


def test_the_texts_of_errors_have_one_form() -> None:
    problems = {path.relative_to(ROOT): complaints(path.read_text()) for path in modules(*LAYERS)}
    assert {str(path): each for path, each in problems.items() if each} == {}
    assert len(problems) > 300


@pytest.mark.parametrize(
    "source",
    [
        'raise NotFoundError(f"there is no order {id}")',
        'raise click.ClickException("no such file")',
        'raise InvalidInputError("amount", "Field required")',
    ],
)
def test_a_text_of_another_form_is_refused(source: str) -> None:
    assert complaints(source)
