"""Stripe's search language, as far as intents need it: `metadata['orderId']:'7' AND amount>100`.

https://docs.stripe.com/search#search-query-language
"""

import re
from collections.abc import Callable

from sandbox.rows.intents import Intent
from sandbox.stripe_api.errors import invalid

CLAUSE = re.compile(
    r"""(?P<minus>-?)
        (?:metadata\[(?P<quote>["'])(?P<key>.+?)(?P=quote)\]|(?P<field>\w+))
        \s*(?P<sign>:|~|>=|<=|>|<)\s*
        (?:'(?P<single>(?:\\.|[^'\\])*)'|"(?P<double>(?:\\.|[^"\\])*)"|(?P<bare>[\w.-]+))
        \s*(?P<joint>AND\b|OR\b|$)\s*""",
    re.VERBOSE,
)
NUMBERS = ("amount", "created")
WORDS = ("status", "currency", "customer")
SIGNS: dict[str, Callable[[int, int], bool]] = {
    ":": int.__eq__,
    ">": int.__gt__,
    "<": int.__lt__,
    ">=": int.__ge__,
    "<=": int.__le__,
}

Test = Callable[[Intent], bool]


def matcher(query: str) -> Test:
    """Return a predicate for a query. Raises StripeError when the query is malformed."""
    if not query:
        raise invalid("Missing required param: query.", "query", "parameter_missing")
    tests: list[Test] = []
    joints: set[str] = set()
    rest = query.strip()
    while rest:
        clause = CLAUSE.match(rest)
        if clause is None:
            raise invalid(f"We were unable to parse your search query: {query}", "query")
        tests.append(_test(clause))
        joints.add(clause["joint"])
        rest = rest[clause.end() :]
    if {"AND", "OR"} <= joints:
        raise invalid("AND and OR cannot be combined in one query.", "query")
    combined = any if "OR" in joints else all
    return lambda intent: combined(test(intent) for test in tests)


def _test(clause: re.Match[str]) -> Test:
    value = clause["single"] or clause["double"] or clause["bare"] or ""
    value = re.sub(r"\\(.)", r"\1", value)
    name, key, sign = clause["field"], clause["key"], clause["sign"]
    if key is not None and sign in (":", "~"):
        matches = _in_metadata(key, value, part=sign == "~")
    elif name in NUMBERS and sign in SIGNS and value.isdecimal():
        matches = _by_number(name, sign, int(value))
    elif name in WORDS and sign == ":":
        matches = _by_word(name, value)
    else:
        raise invalid(f"Field `{key or name}` is an unsupported search field.", "query")
    return (lambda intent: not matches(intent)) if clause["minus"] else matches


def _in_metadata(key: str, value: str, *, part: bool) -> Test:
    if part:
        return lambda intent: value.lower() in intent.metadata.get(key, "").lower()
    return lambda intent: intent.metadata.get(key, "").lower() == value.lower()


def _by_number(name: str, sign: str, value: int) -> Test:
    return lambda intent: SIGNS[sign](getattr(intent, name), value)


def _by_word(name: str, value: str) -> Test:
    return lambda intent: str(getattr(intent, name) or "") == value
