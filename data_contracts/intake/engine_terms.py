"""Conditions of rules as terms over columns, judged by numpy with SQL's three truth values.

A part of a condition that reads one column of texts or dates only is a *lookup*: DuckDB answers it once for
each value that occurs, in the rule's own SQL, and numpy carries the answers to the rows. What is left
(comparisons of numbers, AND, OR, NOT, CASE) numpy computes itself. A condition with anything else in it is
``Unsupported`` and stays with DuckDB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

Kind = Literal["text", "date", "number"]
Term = tuple[Any, ...]
"""A node: its name, then its parts."""

_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_LONGEST_WORTH_PARSING = 4_000
_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_PACKED = 8


class Unsupported(Exception):
    """A condition that numpy cannot judge."""


def term_of(sql: str, kinds: Mapping[str, Kind]) -> Term:
    """Make a term of a SQL condition.

    Parameters
    ----------
    sql
        Condition; its columns are quoted.
    kinds
        Kind of each column that may be named.

    Raises
    ------
    Unsupported
        For a condition with other columns or functions than are known here.
    """
    return _term_of(sql, tuple(sorted(kinds.items())))


@lru_cache(maxsize=1024)
def _term_of(sql: str, kinds: tuple[tuple[str, Kind], ...]) -> Term:
    known = dict(kinds)
    named = set(_QUOTED.findall(_without_literals(sql)))
    if not named or not named <= set(known):
        raise Unsupported(sql)
    if len(named) == 1 and known[name := named.pop()] != "number":
        return ("lookup", name, sql)
    if len(sql) > _LONGEST_WORTH_PARSING:
        raise Unsupported(sql)
    try:
        tree = parse_one(sql, dialect="duckdb")
    except SqlglotError as error:
        raise Unsupported(sql) from error
    return _truth(tree, known)


def _without_literals(sql: str) -> str:
    return re.sub(r"'(?:[^']|'')*'", "''", sql)


def _columns(node: exp.Expr) -> set[str]:
    return {column.name for column in node.find_all(exp.Column)}


def _looked_up(node: exp.Expr, known: Mapping[str, Kind]) -> Term | None:
    named = _columns(node)
    if len(named) == 1 and known[name := named.pop()] != "number":
        return ("lookup", name, node.sql(dialect="duckdb"))
    return None


def _truth(node: exp.Expr, known: Mapping[str, Kind]) -> Term:
    """Term of a condition."""
    if isinstance(node, exp.Paren):
        return _truth(node.this, known)
    if isinstance(node, exp.Not):
        return ("not", _truth(node.this, known))
    if isinstance(node, exp.Boolean):
        return ("constant", bool(node.this))
    if (found := _looked_up(node, known)) is not None:
        return found
    if isinstance(node, exp.And | exp.Or):
        name = "and" if isinstance(node, exp.And) else "or"
        return (name, tuple(_truth(part, known) for part in node.flatten()))
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1:
        return ("otherwise", _truth(node.this, known), _truth(node.expressions[0], known))
    if isinstance(node, exp.Case):
        last = node.args.get("default")
        whens = tuple(
            (_truth(asked, known), _truth(then, known)) for asked, then in _branches(node)
        )
        return ("case", whens, ("unknown",) if last is None else _truth(last, known))
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return ("missing", _value(node.this, known))
    if isinstance(node, exp.Between):
        value = _value(node.this, known)
        ends = (
            (">=", value, _value(node.args["low"], known)),
            ("<=", value, _value(node.args["high"], known)),
        )
        return ("and", tuple(("compare", *end) for end in ends))
    if isinstance(node, exp.In) and node.expressions:
        value = _value(node.this, known)
        return ("or", tuple(("compare", "=", value, _value(e, known)) for e in node.expressions))
    if type(node) in _COMPARED:
        left, right = node.this, node.expression
        if _is_truth(left) and _is_truth(right) and isinstance(node, exp.EQ):
            return ("same", _truth(left, known), _truth(right, known))
        return ("compare", _COMPARED[type(node)], _value(left, known), _value(right, known))
    raise Unsupported(node.sql(dialect="duckdb"))


def _branches(node: exp.Case) -> list[tuple[exp.Expr, exp.Expr]]:
    """Conditions of a CASE and what they give; ``CASE x WHEN y`` asks whether x = y."""
    found = []
    for branch in node.args["ifs"]:
        asked = branch.this
        if node.this is not None:
            asked = exp.EQ(this=node.this.copy(), expression=asked.copy())
        found.append((asked, branch.args["true"]))
    return found


def _is_truth(node: exp.Expr) -> bool:
    inner = node.unnest()
    return type(inner) in _COMPARED or isinstance(inner, exp.And | exp.Or | exp.Not)


def _value(node: exp.Expr, known: Mapping[str, Kind]) -> Term:
    """Term of a number, a day or a short text."""
    if isinstance(node, exp.Paren):
        return _value(node.this, known)
    if isinstance(node, exp.Column):
        kind = known[node.name]
        return ("column", node.name) if kind != "text" else ("value", node.name, f'"{node.name}"')
    if isinstance(node, exp.Literal):
        return _literal(node)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
        return ("number", -_literal(node.this)[1])
    if not _columns(node):
        return ("constant_of", node.sql(dialect="duckdb"))
    if (found := _looked_up(node, known)) is not None:
        return ("value", *found[1:])
    if (
        isinstance(node, exp.DateDiff)
        and str(node.args.get("unit") or "").upper().strip("'") == "MONTH"
    ):
        return ("minus", _month(node.this, known), _month(node.expression, known))
    if isinstance(node, exp.Add | exp.Sub) and "date" not in {known[n] for n in _columns(node)}:
        name = "plus" if isinstance(node, exp.Add) else "minus"
        return (name, _value(node.this, known), _value(node.expression, known))
    if isinstance(node, exp.Abs):
        return ("abs", _value(node.this, known))
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1:
        return ("either", _value(node.this, known), _value(node.expressions[0], known))
    if isinstance(node, exp.Greatest) and len(node.expressions) == 1:
        return ("greatest", _value(node.this, known), _value(node.expressions[0], known))
    if isinstance(node, exp.Chr) and len(node.expressions) == 1:
        inner = node.expressions[0]
        if isinstance(inner, exp.Cast) and inner.to.sql(dialect="duckdb") == "INT":
            return ("letter", _value(inner.this, known))
    if isinstance(node, exp.Case):
        last = node.args.get("default")
        ifs = tuple((_truth(asked, known), _value(then, known)) for asked, then in _branches(node))
        return ("choice", ifs, ("none",) if last is None else _value(last, known))
    raise Unsupported(node.sql(dialect="duckdb"))


def _month(node: exp.Expr, known: Mapping[str, Kind]) -> Term:
    if not isinstance(node, exp.Column) or known[node.name] != "date":
        raise Unsupported(node.sql(dialect="duckdb"))
    return ("value", node.name, f"date_diff('month', DATE '2000-01-01', \"{node.name}\")")


def _literal(node: exp.Literal) -> Term:
    if node.is_string:
        return ("word", packed(str(node.this)))
    try:
        return ("number", int(node.this))
    except ValueError as error:
        raise Unsupported(str(node.this)) from error


def packed(text: str) -> int:
    """Write a short text as a number that sorts like it.

    Examples
    --------
    >>> packed("1") < packed("10") < packed("2")
    True
    """
    data = text.encode()
    if len(data) > _PACKED - 1 or b"\0" in data:
        raise Unsupported(text)
    return int.from_bytes(data.ljust(_PACKED - 1, b"\0"), "big")


def lookups(term: Term) -> set[tuple[str, str]]:
    """(column, SQL) of every lookup in a term."""
    found: set[tuple[str, str]] = set()
    if term and term[0] in ("lookup", "value"):
        return {(term[1], term[2])}
    for part in term:
        if isinstance(part, tuple):
            found |= lookups(part)
    return found


def columns(term: Term) -> set[str]:
    """Columns that a term reads as they are."""
    if term and term[0] == "column":
        return {term[1]}
    return set().union(*(columns(part) for part in term if isinstance(part, tuple)), set())


def constants(term: Term) -> set[str]:
    """SQL of every expression without columns in a term."""
    if term and term[0] == "constant_of":
        return {term[1]}
    return set().union(*(constants(part) for part in term if isinstance(part, tuple)), set())
