"""Lists and their pages: https://docs.stripe.com/api/pagination."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Protocol, TypeVar

from sandbox.compact import Json
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import invalid, missing
from sandbox.stripe_api.params import allow, integer, text

PAGING = ("limit", "starting_after", "ending_before", "created")
BOUNDS = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}


class Listed(Protocol):
    id: str
    created: int

    def view(self) -> Json: ...


L = TypeVar("L", bound=Listed)


def page(
    call: Call,
    newest_first: Iterable[L],
    kind: str,
    is_selected: Callable[[L], bool],
    also: Iterable[str] = (),
) -> Json:
    """Return a page of rows. `also` names the parameters that the filter uses.

    The row at which a page begins or ends need not match the filter any more.
    """
    params = call.params
    allow(params, (*PAGING, *also))
    size = read_limit(params)
    in_time = _time_test(params)
    rows = iter(newest_first)
    if before := text(params, "ending_before"):
        newer = _until(rows, kind, before, "ending_before")
        shown = (row for row in newer if in_time(row.created) and is_selected(row))
        selected = list(deque(shown, maxlen=size + 1))
        return _shown(call, selected[-size:], more=len(selected) > size)
    if after := text(params, "starting_after"):
        deque(_until(rows, kind, after, "starting_after"), maxlen=0)
    shown = (row for row in rows if in_time(row.created) and is_selected(row))
    selected = list(islice(shown, size + 1))
    return _shown(call, selected[:size], more=len(selected) > size)


def read_limit(params: Json) -> int:
    """Return the limit: from 1 to 100, 10 by default."""
    size = integer(params, "limit") or 10
    if size > 100:
        raise invalid(
            "Limit must be less than or equal to 100", "limit", "parameter_invalid_integer"
        )
    return size


def _shown(call: Call, rows: list[L], *, more: bool) -> Json:
    return {
        "object": "list",
        "data": [row.view() for row in rows],
        "has_more": more,
        "url": call.path,
    }


def _until(rows: Iterator[L], kind: str, key: str, param: str) -> Iterator[L]:
    for row in rows:
        if row.id == key:
            return
        yield row
    raise missing(kind, key, param)


def _time_test(params: Json) -> Callable[[int], bool]:
    created = params.get("created")
    if created is None:
        return lambda _: True
    if not isinstance(created, dict):
        moment = integer(params, "created", 0)
        return lambda time: time == moment
    allow(created, BOUNDS)
    bounds = [(BOUNDS[name], integer(created, name, 0) or 0) for name in created]
    return lambda time: all(holds(time, bound) for holds, bound in bounds)
