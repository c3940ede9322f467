"""Conditions of rules, turned so that few rows are asked much.

A rule is broken where its condition is false. Written as NOT (a OR b OR c) a database asks every row for a, b
and c. Here the NOT is moved inwards (De Morgan), so that b is only asked of rows on which a is false, and the
dear questions, those of patterns, only of rows that one pattern for all of them has met.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

LONGEST_WORTH_PARSING = 4_000

_OPPOSITE: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.LTE: exp.GT, exp.GT: exp.LTE, exp.GTE: exp.LT,
}  # fmt: skip
_ONE_CLASS = re.compile(r"\^\[([^\^\[\]\\][^\[\]\\]*)\]\{([0-9]+)(?:,([0-9]+))?\}\$")
_LETTERS = re.compile(r"\[([0-9A-Za-z])(?:-([0-9A-Za-z]))?\]")
_MOST_LETTERS = 10
_SHARED = (exp.Right, exp.Left, exp.Substring)
_OFTEN = 3


@lru_cache(maxsize=2048)
def broken_where(sql: str) -> str:
    """Condition for WHERE that is true exactly where a condition is true.

    Parameters
    ----------
    sql
        Condition in the dialect of DuckDB, such as ``NOT coalesce(a OR b, TRUE)``.

    Returns
    -------
    str
        May be null where the other one is false; the condition itself where it is too long to be turned.
    """
    if len(sql) > LONGEST_WORTH_PARSING:
        return sql
    try:
        return _sql(_true(parse_one(sql, dialect="duckdb")))
    except SqlglotError:
        return sql


@lru_cache(maxsize=64)
def guarded(conditions: tuple[str, ...], rare: frozenset[tuple[str, str]]) -> tuple[str, str]:
    """Join conditions by OR and ask for rare patterns once.

    Parameters
    ----------
    conditions
        As :func:`broken_where` gives them.
    rare
        Pairs (column as SQL, pattern) that few rows meet.

    Returns
    -------
    tuple of str
        Columns to add to the relation (", x AS y, ..." or empty), and the condition over them.
    """
    parsed = [c for c in conditions if len(c) <= LONGEST_WORTH_PARSING]
    long = [c for c in conditions if len(c) > LONGEST_WORTH_PARSING]
    added: list[str] = []
    where = list(long)
    if parsed:
        tree = exp.Paren(this=_joined(exp.Or, [parse_one(c, dialect="duckdb") for c in parsed]))
        _guard(tree, rare, added)
        _contained(tree)
        _share(tree, added)
        where.append(_sql(tree))
    return "".join(f", {column}" for column in added), " OR ".join(f"({part})" for part in where)


def patterns(conditions: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs (column as SQL, pattern) of which the conditions ask whether a text meets it."""
    found = set()
    for condition in conditions:
        if "REGEXP_MATCHES" not in condition or len(condition) > LONGEST_WORTH_PARSING:
            continue
        tree = exp.Paren(this=parse_one(condition, dialect="duckdb"))
        found |= {_pattern(node) for node in tree.find_all(exp.RegexpLike) if _asked(node)}
    return found


def _guard(tree: exp.Expr, rare: Collection[tuple[str, str]], added: list[str]) -> None:
    nodes = [n for n in tree.find_all(exp.RegexpLike) if _asked(n) and _pattern(n) in rare]
    by_column: dict[str, list[exp.RegexpLike]] = {}
    for node in nodes:
        by_column.setdefault(_pattern(node)[0], []).append(node)
    for column, found in by_column.items():
        asked = list(dict.fromkeys(_pattern(node)[1] for node in found))
        if len(asked) < 2:
            continue
        name = f"_met{len(added)}"
        union = exp.Literal.string("|".join(f"(?:{pattern})" for pattern in asked))
        added.append(f"regexp_matches({column}, {_sql(union)}) AS {name}")
        for node in found:
            met = exp.And(this=exp.column(name), expression=node.copy())
            node.replace(exp.Paren(this=met))


def _contained(tree: exp.Expr) -> None:
    """Ask for a letter of a class letter by letter: a search for bytes is many times as fast as a pattern."""
    for node in list(tree.find_all(exp.RegexpLike)):
        match = _LETTERS.fullmatch(_pattern(node)[1])
        if match is None:
            continue
        first, last = match.group(1), match.group(2) or match.group(1)
        letters = [chr(code) for code in range(ord(first), ord(last) + 1)]
        if not 0 < len(letters) <= _MOST_LETTERS:
            continue
        asked = [
            exp.Contains(this=node.this.copy(), expression=exp.Literal.string(letter))
            for letter in letters
        ]
        node.replace(exp.Paren(this=_joined(exp.Or, asked)))


def _share(tree: exp.Expr, added: list[str]) -> None:
    counts = Counter(_sql(node) for node in tree.find_all(*_SHARED))
    names = {sql: f"_part{n}" for n, (sql, count) in enumerate(counts.items()) if count >= _OFTEN}
    added += [f"{sql} AS {name}" for sql, name in names.items()]
    for node in list(tree.find_all(*_SHARED)):
        name = names.get(_sql(node))
        if name is not None:
            node.replace(exp.column(name))


def _asked(node: exp.Expr) -> bool:
    """Whether a pattern is a constant and the row is picked where it is met, not where it is not."""
    while node.parent is not None:
        node = node.parent
        if not isinstance(node, exp.And | exp.Or | exp.Paren):
            return False
    return True


def _pattern(node: exp.RegexpLike) -> tuple[str, str]:
    literal = node.expression
    if not (isinstance(literal, exp.Literal) and literal.is_string):
        return "", ""
    return _sql(node.this), str(literal.this)


def _sql(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb")


_Side = Callable[[exp.Expr], exp.Expr]


def _true(node: exp.Expr) -> exp.Expr:
    """Condition that is true exactly where a node is true."""
    node = node.unnest()
    if isinstance(node, exp.Not):
        return _false(node.this)
    if isinstance(node, exp.And | exp.Or):
        return _joined(type(node), [_true(part) for part in node.flatten()])
    if isinstance(node, exp.Null):
        return exp.false()
    if isinstance(node, exp.Coalesce) and _otherwise(node) is False:
        return _true(node.this)
    if isinstance(node, exp.Case):
        return _case(node, _true)
    if isinstance(node, exp.EQ) and _is_truth(node.this) and _is_truth(node.expression):
        return _same(node, _true, _false)
    copy: exp.Expr = node.copy()
    return copy


def _false(node: exp.Expr) -> exp.Expr:
    """Condition that is true exactly where a node is false."""
    node = node.unnest()
    if isinstance(node, exp.Not):
        return _true(node.this)
    if isinstance(node, exp.And | exp.Or):
        other = exp.Or if isinstance(node, exp.And) else exp.And
        return _joined(other, [_false(part) for part in node.flatten()])
    if isinstance(node, exp.Boolean):
        return exp.Boolean(this=not node.this)
    if isinstance(node, exp.Null):
        return exp.false()
    if isinstance(node, exp.Coalesce) and _otherwise(node) is True:
        return _false(node.this)
    if isinstance(node, exp.Case):
        return _case(node, _false)
    if isinstance(node, exp.EQ) and _is_truth(node.this) and _is_truth(node.expression):
        return _same(node, _false, _true)
    if type(node) in _OPPOSITE:
        return _OPPOSITE[type(node)](this=node.this.copy(), expression=node.expression.copy())
    if isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        ends = [
            exp.LT(this=node.this.copy(), expression=low.copy()),
            exp.GT(this=node.this.copy(), expression=high.copy()),
        ]
        return _joined(exp.Or, ends)
    if isinstance(node, exp.RegexpLike) and (match := _ONE_CLASS.fullmatch(_pattern(node)[1])):
        return _not_one_class(node, *match.groups())
    return exp.Not(this=exp.Paren(this=node.copy()))


def _not_one_class(node: exp.RegexpLike, letters: str, low: str, high: str | None) -> exp.Expr:
    """Another length, or a letter of no such class: a question that can be joined with others."""
    length = exp.Length(this=node.this.copy())
    if high is None:
        wrong: list[exp.Expr] = [exp.NEQ(this=length, expression=exp.Literal.number(low))]
    else:
        wrong = [
            exp.LT(this=length, expression=exp.Literal.number(low)),
            exp.GT(this=length.copy(), expression=exp.Literal.number(high)),
        ]
    strange = exp.RegexpLike(this=node.this.copy(), expression=exp.Literal.string(f"[^{letters}]"))
    return _joined(exp.Or, [*wrong, strange])


def _same(node: exp.EQ, one: _Side, other: _Side) -> exp.Expr:
    left, right = node.this, node.expression
    return _joined(
        exp.Or,
        [
            _joined(exp.And, [_true(left), one(right)]),
            _joined(exp.And, [_false(left), other(right)]),
        ],
    )


def _case(node: exp.Case, side: _Side) -> exp.Expr:
    """CASE as the OR of its branches, each where it is reached."""
    found: list[exp.Expr] = []
    passed: list[exp.Expr] = []
    for branch in node.args["ifs"]:
        asked = branch.this
        if node.this is not None:
            asked = exp.EQ(this=node.this.copy(), expression=asked.copy())
        met = _true(asked)
        # Of ``CASE x WHEN 1 ... WHEN 2`` one branch is met at most.
        before = [] if _of_literals(node) else passed
        found.append(_joined(exp.And, [met, *before, side(branch.args["true"])]))
        if not _is(met, False):
            passed = [*passed, _not_true(asked)]
    if (last := node.args.get("default")) is not None:
        found.append(_joined(exp.And, [*passed, side(last)]))
    return _joined(exp.Or, found)


def _of_literals(node: exp.Case) -> bool:
    if node.this is None:
        return False
    values = [_sql(b.this) for b in node.args["ifs"] if isinstance(b.this, exp.Literal)]
    return len(set(values)) == len(node.args["ifs"])


def _not_true(node: exp.Expr) -> exp.Expr:
    found: exp.Expr = parse_one(f"(({_sql(node)}) IS NOT TRUE)", dialect="duckdb")
    return found


def _is_truth(node: exp.Expr) -> bool:
    inner = node.unnest()
    return type(inner) in _OPPOSITE or isinstance(inner, exp.And | exp.Or | exp.Not)


def _otherwise(node: exp.Coalesce) -> bool | None:
    last = node.expressions
    if len(last) == 1 and isinstance(last[0], exp.Boolean):
        return bool(last[0].this)
    return None


def _is(node: exp.Expr, truth: bool) -> bool:
    inner = node.unnest()
    return isinstance(inner, exp.Boolean) and bool(inner.this) == truth


def _joined(kind: type[exp.Connector], parts: Sequence[exp.Expr]) -> exp.Expr:
    """AND or OR of parts, without those that say nothing."""
    decides = kind is exp.Or
    flat: list[exp.Expr] = []
    for part in parts:
        inner = part.unnest()
        flat += inner.flatten() if isinstance(inner, kind) else [inner]
    if any(_is(part, decides) for part in flat):
        return exp.Boolean(this=decides)
    flat = [part for part in flat if not _is(part, not decides)]
    if not flat:
        return exp.Boolean(this=not decides)
    found: exp.Expr = flat[0].unnest().copy() if len(flat) == 1 else exp.Paren(this=flat[0].copy())
    for part in flat[1:]:
        found = kind(this=found, expression=exp.Paren(this=part.copy()))
    return found
