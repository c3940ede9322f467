"""Conditions of texts of which many differ: their patterns, their letters, their length."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np
from sqlglot import exp, parse_one

from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.domains import LETTER
from data_contracts.intake.judge.patterns import Unsupported, automaton, least_outside
from data_contracts.intake.judge.truth import Condition, Truth, joined, reversed_

_LENGTHS: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LTE, exp.GTE: exp.LT}
_CALLED = re.compile(r"\\[1-9]")


def name_letters(tree: exp.Expr, wide: Collection[str]) -> None:
    """Give single letters of texts a name of their own: they are columns of few values."""
    for node in list(tree.find_all(exp.Right, exp.Substring)):
        column, place = node.this, _place(node)
        if isinstance(column, exp.Column) and column.name in wide and place is not None:
            node.replace(exp.column(f"{column.name}{LETTER}{place}", quoted=True))


def write_letters(tree: exp.Expr) -> None:
    """Write letters with a name as what they are."""
    for node in list(tree.find_all(exp.Column)):
        name, sign, place = node.name.partition(LETTER)
        if sign:
            quoted = exp.column(name, quoted=True).sql(dialect="duckdb")
            written = f"right({quoted}, 1)" if place == "-1" else f"substr({quoted}, {place}, 1)"
            node.replace(parse_one(written, dialect="duckdb"))


def _place(node: exp.Expr) -> int | None:
    if isinstance(node, exp.Right):
        return -1 if _whole(node.expression) == 1 else None
    begin = _whole(node.args.get("start"))
    return begin if begin and _whole(node.args.get("length")) == 1 else None


def _whole(node: exp.Expr | None) -> int | None:
    if isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdecimal():
        return int(node.this)
    return None


def _text(node: exp.Expr | None) -> str | None:
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None


def condition(node: exp.Expr, name: str, patterns: dict[str, list[str]]) -> Condition | None:
    """Compile a condition of one column; None for one that is not understood here."""
    length = _length(node, name)
    if length is not None:
        return length
    if isinstance(node, exp.NEQ):
        same = condition(exp.EQ(this=node.this, expression=node.expression), name, patterns)
        return reversed_(same) if same is not None else None
    if not isinstance(node.this, exp.Column):
        return None
    if isinstance(node, exp.In):
        values = [_text(value) for value in node.expressions]
        if not values or any(value is None for value in values):
            return None
        parts = [_met(name, f"^{_escaped(value or '')}$", patterns) for value in values]
        return joined([part for part in parts if part], every=False) if all(parts) else None
    pattern = _pattern(node)
    return _met(name, pattern, patterns) if pattern is not None else None


def _pattern(node: exp.Expr) -> str | None:
    text = _text(node.args.get("expression"))
    if text is None:
        return None
    if isinstance(node, exp.RegexpLike):
        return text if not node.args.get("flag") else None
    if isinstance(node, exp.RegexpFullMatch):
        return f"^(?:{text})$"
    if isinstance(node, exp.StartsWith):
        return "^" + _escaped(text)
    if isinstance(node, exp.EndsWith):
        return _escaped(text) + "$"
    if isinstance(node, exp.Contains):
        return _escaped(text)
    return f"^{_escaped(text)}$" if isinstance(node, exp.EQ) else None


def _escaped(text: str) -> str:
    return "".join(sign if sign.isalnum() else f"\\{sign}" for sign in text)


def _met(name: str, pattern: str, patterns: dict[str, list[str]]) -> Condition | None:
    try:
        automaton((pattern,))
    except Unsupported:
        return None
    known = patterns.setdefault(name, [])
    if pattern not in known:
        known.append(pattern)

    def ask(batch: Batch, where: Any) -> Truth:
        return Truth.of(batch.met(name, pattern), batch.valid(name), batch.strange(name))

    return Condition(ask)


def _length(node: exp.Expr, name: str) -> Condition | None:
    """A length at most or at least so many, exactly so many, or not."""
    if type(node) in _LENGTHS:
        opposite = _length(_LENGTHS[type(node)](this=node.this, expression=node.expression), name)
        return reversed_(opposite) if opposite is not None else None
    limit = _whole(node.args.get("expression"))
    asked = node.this if isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.LTE) else None
    if limit is None or asked is None:
        return None
    if isinstance(asked, exp.Length):
        inner = asked.this
    elif isinstance(asked, exp.Anonymous) and str(asked.this).lower() == "strlen":
        inner = asked.expressions[0]
    else:
        return None
    if isinstance(node, exp.LT):
        limit -= 1
    if isinstance(node, exp.LT | exp.LTE):
        longest = _longest(inner, limit)
        if longest is None:
            return None
        exact = isinstance(inner, exp.Column)

        def at_most(batch: Batch, where: Any) -> Truth:
            lengths = batch.texts(name).lengths
            short = lengths <= longest
            if short.all():
                return Truth.of(short, batch.valid(name))
            strange = batch.strange(name) if exact else np.ones(batch.rows, bool)
            return Truth.of(short, batch.valid(name), strange & ~short if strange is not None else None)

        return Condition(at_most)
    if not isinstance(inner, exp.Column):
        return None

    def just(batch: Batch, where: Any) -> Truth:
        same = batch.texts(name).lengths == limit
        return Truth.of(same, batch.valid(name), batch.strange(name))

    found = Condition(just)
    return reversed_(found) if isinstance(node, exp.NEQ) else found


def _longest(node: exp.Expr, limit: int) -> int | None:
    """Bytes up to which a text surely has at most so many letters in its form; None where that is not known."""
    for bytes_ in range(limit, 0, -1):
        grown = _grown(node, bytes_)
        if grown is None:
            return None
        if grown <= limit:
            return bytes_
    return 0


def _grown(node: exp.Expr, length: int) -> int | None:
    """Letters that a text of so many bytes has in its form at most."""
    node = node.unnest()
    if isinstance(node, exp.Column):
        return length
    if isinstance(node, exp.Case):
        ends = [branch.args["true"] for branch in node.args["ifs"]]
        ends += [node.args["default"]] if node.args.get("default") is not None else []
        grown = [_grown(end, length) for end in ends]
        return max(g for g in grown if g is not None) if all(g is not None for g in grown) else None
    if isinstance(node, exp.RegexpReplace):
        inner = _grown(node.this, length)
        pattern, put = _text(node.expression), _text(node.args.get("replacement"))
        if inner is None or pattern is None or put is None:
            return None
        called = _CALLED.findall(put)
        if len(set(called)) < len(called) or "\\" in _CALLED.sub("", put):
            return None
        try:
            least, outside = least_outside(pattern, {int(call[1:]) for call in called})
        except Unsupported:
            return None
        # At each match the groups stay, the rest of it goes and the letters between them come.
        more = len(_CALLED.sub("", put)) - outside
        return inner + max(more, 0) * (inner // least) if least else None
    return None
