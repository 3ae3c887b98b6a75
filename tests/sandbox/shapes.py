"""A comparison of the sandbox's answers with the types of Stripe's package.

Stripe generates these types from its API description.
"""

from collections.abc import Iterator
from types import UnionType
from typing import Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

import stripe
from stripe import StripeObject
from stripe._stripe_object import UntypedStripeObject

# What an object says that it is, and its type.
NOUNS: dict[str, type[StripeObject]] = {
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "list": stripe.ListObject,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "refund": stripe.Refund,
    "search_result": stripe.SearchResultObject,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
# What the package leaves out, since it knows it anyway.
# Source: https://docs.stripe.com/api/pagination and https://docs.stripe.com/api/pagination/search
LEFT_OUT: dict[str, Any] = {
    "ListObject": {"object": Literal["list"]},
    "SearchResultObject": {
        "object": Literal["search_result"], "url": str, "next_page": str | None,
    },
}  # fmt: skip


def differences(value: Any, path: str = "") -> list[str]:
    """Return what differs from Stripe's types in an object and in all objects within it."""
    problems = list(_against(value, NOUNS[value["object"]], path or value["object"]))
    for name, inner in _objects_within(value):
        problems += _against(inner, NOUNS[inner["object"]], f"{path or value['object']}.{name}")
    return problems


def against_error(error: Any) -> list[str]:
    """Return what differs from Stripe's types in the error of an answer."""
    return [*_against(error, stripe.ErrorObject, "error")]


def _objects_within(value: Any) -> Iterator[tuple[str, Any]]:
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for name, child in children:
        if isinstance(child, dict) and str(child.get("object")) in NOUNS:
            yield str(name), child
        if isinstance(child, dict | list):
            yield from ((f"{name}.{rest}", inner) for rest, inner in _objects_within(child))


def _against(value: Any, expected: Any, path: str) -> Iterator[str]:
    """Yield each place at which `value` is nothing that `wanted` allows."""
    if isinstance(expected, str | ForwardRef):
        name = expected if isinstance(expected, str) else expected.__forward_arg__
        expected = getattr(stripe, name, None)
    origin, choices = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        yield from _against_one_of(value, choices, path)
    elif origin is Literal:
        if value not in choices:
            yield f"{path}: {value!r} is none of {choices}"
    elif origin is list:
        yield from _against_list(value, choices[0], path)
    elif _allows(expected, value):
        return
    elif isinstance(origin or expected, type) and issubclass(origin or expected, StripeObject):
        yield from _against_object(value, origin or expected, path)
    elif type(value) is not expected:
        yield f"{path}: {value!r} is no {expected}"


def _against_one_of(value: Any, choices: tuple[Any, ...], path: str) -> Iterator[str]:
    # An enumeration that may grow is a union with str: what it has today is what counts.
    if isinstance(value, str) and any(get_origin(choice) is Literal for choice in choices):
        choices = tuple(choice for choice in choices if choice is not str)
    attempts = [list(_against(value, choice, path)) for choice in choices]
    if all(attempts):
        # The one that differs furthest inside is the one that was meant.
        deep = [a for a in attempts if not any(what.startswith(f"{path}: ") for what in a)]
        yield from (deep or attempts)[0]


def _against_list(value: Any, expected: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    for number, item in enumerate(value):
        yield from _against(item, expected, f"{path}.{number}")


def _against_object(value: Any, expected: type[StripeObject], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no {expected.__qualname__}"
        return
    fields = {
        name: kind for name, kind in expected.__annotations__.items() if name != "OBJECT_NAME"
    } | LEFT_OUT.get(expected.__name__, {})  # fmt: skip
    missing = fields.keys() - value.keys()
    yield from (f"{path}.{name} is missing" for name in missing if not _may_miss(fields[name]))
    for name, item in value.items():
        if name not in fields:
            yield f"{path}.{name} is not in {expected.__qualname__}"
        else:
            yield from _against(item, fields[name], f"{path}.{name}")


def _allows(expected: Any, value: Any) -> bool:
    """Tell whether the package says no more of it than `value` shows."""
    if isinstance(value, dict) and (get_origin(expected) or expected) is UntypedStripeObject:
        return True
    return expected is Any or isinstance(expected, TypeVar)


def _may_miss(kind: Any) -> bool:
    return type(None) in get_args(kind)
