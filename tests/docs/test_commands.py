"""The help of the commands is plain, and the guide to operating lists every command."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command, Group, Option

from web.commands import config, stripe_endpoint
from web.commands.groups import GROUPS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/how-to/operate.md").read_text()
# The glossary has other words for these things, or they say too little.
OTHER_WORDS = re.compile(r"\b(other systems|messages?|login|mail|things?|stuff)\b")
SENTENCE = re.compile(r"[A-Z].*[.]", re.DOTALL)


def endpoint_calls() -> stripe_endpoint.Endpoints:
    raise AssertionError("no command runs here")


def commands() -> Iterator[tuple[str, Command]]:
    """Yield each group and command with its name, such as `orders list`."""
    groups = (*GROUPS, config.make_group(()), stripe_endpoint.make_group(endpoint_calls))
    for group in groups:
        yield str(group.name), group
        if isinstance(group, Group):
            yield from ((f"{group.name} {name}", each) for name, each in group.commands.items())


ALL = dict(commands())
OPTIONS = {
    f"{name} {option.opts[0]}": option
    for name, command in ALL.items()
    for option in command.params
    if isinstance(option, Option)
}


@pytest.mark.parametrize("name", ALL)
def test_the_help_of_a_command_is_a_sentence(name: str) -> None:
    text = ALL[name].help or ""
    assert SENTENCE.fullmatch(text.strip())
    first = text.partition("\n\n")[0]
    assert not OTHER_WORDS.search(first)


def test_the_help_of_an_option_is_a_sentence() -> None:
    texts = {name: option.help or "" for name, option in OPTIONS.items()}
    assert [name for name, text in texts.items() if not SENTENCE.fullmatch(text)] == []
    words = {name: OTHER_WORDS.search(text.replace('"login"', "")) for name, text in texts.items()}
    assert [name for name, word in words.items() if word] == []
    assert len(texts) > 100


@pytest.mark.parametrize(
    "name", [name for name, each in ALL.items() if not isinstance(each, Group)]
)
def test_every_command_is_in_the_guide(name: str) -> None:
    group, _, command = name.partition(" ")
    together = rf"`{group}`[^|]*: [^|]*`{command}\b"
    assert re.search(rf"`{name}\b|{together}", GUIDE), f"docs/how-to/operate.md lacks `{name}`"
