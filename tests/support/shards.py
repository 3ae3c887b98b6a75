"""Statements that would concern several shards if docs/explanation/scale.md were built.

A statement is judged by its text. A table's rows are on a shard that is known if a column of KEYS
equals one value, or a column of KEYS of another such table: the customer's id would be carried
beside these ids. A list of values may name the rows of many shards.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp

CUSTOMER, SIGN_IN, EVENT = "customer", "sign-in", "event"
# The distributed tables: what their rows are distributed by, and the columns that tell it.
KEYS = {
    "users": (CUSTOMER, ("id",)),
    "user_session": (CUSTOMER, ("id", "user_id")),
    "passkey": (CUSTOMER, ("id", "user_id")),
    "orders": (CUSTOMER, ("id", "user_id")),
    **dict.fromkeys(("order_item", "shipment", "stock_move"), (CUSTOMER, ("order_id",))),
    **dict.fromkeys(("payment", "refund", "dispute", "notice"), (CUSTOMER, ("id", "order_id"))),
    "transition": (CUSTOMER, ("subject_id",)),
    "activity": (CUSTOMER, ("id", "subject_id")),
    "login": (SIGN_IN, ("id", "email")),
    "login_failure": (SIGN_IN, ("id", "email")),
    "signal": (EVENT, ("id", "external_id")),
}
# All nodes have the rows of these, or one node has them: they are small, or nothing joins them.
ELSEWHERE = {
    *("product", "pause", "provider_limit", "sweep", "bulk", "bulk_result", "reconciliation"),
    *("idempotency_key", "passkey_challenge", "audit"),
}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")
ALL, LISTED, ONE = range(3)
STATEMENTS = (exp.Select, exp.Insert, exp.Update, exp.Delete)


@dataclass(frozen=True, order=True)
class Crossing:
    """A kind of statement that would concern several shards: all, or those that a list names."""

    tables: str
    verb: str
    shards: str


def crossings(statements: Iterable[str]) -> set[Crossing]:
    """Return the kinds of statements that would concern several shards."""
    judged = (judge(statement) for statement in statements)
    return {crossing for crossing in judged if crossing is not None}


def judge(statement: str) -> Crossing | None:
    """Return how a statement crosses shards, or None if it stays on one.

    Raises KeyError for an unknown table, and ValueError for a statement for which there is no rule.
    """
    tree: Any = sqlglot.parse_one(PLACEHOLDER.sub("'?'", statement), dialect="postgres")
    is_known = isinstance(tree, (*STATEMENTS, exp.SetOperation))
    if not is_known and KEYS.keys() & set(re.findall(r"\w+", statement)):
        raise ValueError(f"no rule for {statement}")
    lost = list(_all_lost(tree))
    if not lost:
        return None
    tables = " ".join(sorted({table for table, _ in lost}))
    return Crossing(tables, _verb(tree), "of a list" if all(is_in for _, is_in in lost) else "all")


def _verb(tree: Any) -> str:
    is_locking = isinstance(tree, exp.Select) and bool(tree.args.get("locks"))
    return type(tree).__name__.upper() + (" FOR UPDATE" if is_locking else "")


def _all_lost(tree: Any) -> Iterator[tuple[str, bool]]:
    """Yield the lost tables of a statement and of all queries in it."""
    for node in tree.find_all(*STATEMENTS):
        yield from Query(node).lost()


class Query:
    """One SELECT or other statement, without the queries in it."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree

    def lost(self) -> Iterator[tuple[str, bool]]:
        """Yield the tables whose shard is not known, and whether a list names their rows."""
        if isinstance(self._tree, exp.Insert):
            yield from self._inserted()
            return
        for name, reach in self._reaches().items():
            if reach != ONE:
                yield self._tables[name], reach == LISTED

    def _inserted(self) -> Iterator[tuple[str, bool]]:
        values, (table, *_) = self._tree.expression, self._tables.values() or [""]
        is_one_row = isinstance(values, exp.Values) and len(values.expressions) == 1
        if table and not is_one_row:
            yield table, True

    @cached_property
    def _tables(self) -> dict[str, str]:
        """The distributed tables by their names or aliases. Raises KeyError for an unknown one."""
        return {name: t for name, t in self._names.items() if self._is_distributed(t)}

    @cached_property
    def _names(self) -> dict[str, str]:
        """All tables by their names or aliases."""
        return {t.alias_or_name: t.name for t in self._own(exp.Table) if t.name}

    def _is_distributed(self, table: str) -> bool:
        """Return whether a table is none of the others. Raises KeyError for an unknown one."""
        is_other = table in ELSEWHERE | self._views.keys() or table.startswith("test_")
        return not is_other and bool(KEYS[table])

    @cached_property
    def _views(self) -> dict[str, Any]:
        """The queries and lists that have a name here."""
        root = self._tree.root()
        return {
            view.alias: view
            for view in (
                *root.find_all(exp.CTE),
                *self._own(exp.Subquery, exp.Lateral, exp.Unnest, exp.Values),
            )
            if view.alias
        }

    def _own(self, *kinds: Any) -> Iterator[Any]:
        """Yield the nodes of these kinds that are in no query below this one."""
        for node in self._tree.find_all(*kinds):
            if node.find_ancestor(*STATEMENTS) is self._tree:
                yield node

    def _reaches(self) -> dict[str, int]:
        """Return how narrowly the shard of each table is known: ALL, LISTED or ONE."""
        reaches = dict.fromkeys(self._tables, ALL)
        conditions = list(self._conditions())
        for _ in self._tables:
            for name, value in conditions:
                reaches[name] = max(reaches[name], self._reach(name, value, reaches))
        return reaches

    def _conditions(self) -> Iterator[tuple[str, Any]]:
        """Yield the tables of which a key has to equal something, and that."""
        for join in self._own(exp.Join):
            for column in join.args.get("using") or ():
                yield from self._key(column, exp.column(column.name, table=join.alias_or_name))
        for node in self._own(exp.EQ, exp.In):
            sides = node.this, node if isinstance(node, exp.In) else node.expression
            for name, value in (*self._key(*sides), *self._key(*sides[::-1])):
                if self._has_to_hold(node, name):
                    yield name, value

    def _has_to_hold(self, node: Any, table: str) -> bool:
        """Return whether the result has only rows of a table for which a condition is true."""
        while isinstance(node.parent, exp.And | exp.Paren):
            node = node.parent
        place = node.parent
        if isinstance(place, exp.Join):
            return place.side == "" or (place.side == "LEFT" and table == place.alias_or_name)
        return isinstance(place, exp.Where) and place.parent is self._tree

    def _key(self, node: Any, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield the table whose key `node` is, with what it has to equal."""
        if isinstance(node, exp.Column | exp.Identifier):
            for name in [node.text("table")] if node.text("table") else list(self._tables):
                if name in self._tables and node.name in KEYS[self._tables[name]][1]:
                    yield name, value

    def _reach(self, name: str, value: Any, reaches: dict[str, int]) -> int:
        """Return how narrowly the shard of a table is known whose key has to equal this."""
        if isinstance(value, exp.In | exp.Any):
            query = value.args.get("query")
            return LISTED if query is None or list(_all_lost(query)) else ONE
        columns = [each for each in value.find_all(exp.Column) if self._is_own(each)]
        return min((self._reach_of(name, each, reaches) for each in columns), default=ONE)

    def _is_own(self, column: Any) -> bool:
        # The column of a USING was made here, and is in no statement.
        return column.find_ancestor(*STATEMENTS) in (None, self._tree)

    def _reach_of(self, name: str, column: Any, reaches: dict[str, int]) -> int:
        """Return how narrowly a column, to which a key of a table is equal, is known."""
        table = column.table or next(iter(self._names), "")
        if table in self._tables:
            groups = {KEYS[self._tables[each]][0] for each in (name, table)}
            return reaches[table] if len(groups) == 1 else ALL
        view = self._views.get(table)
        if view is not None:
            return LISTED if not view.find(exp.Select) or list(_all_lost(view)) else ONE
        # A column of no table here is one of the query around this one.
        return LISTED if table in self._names else ONE
