"""Conditions of texts of which many differ: their patterns, their letters, their length."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from data_contracts.intake.judge.domains import LETTER
from data_contracts.intake.judge.patterns import Unsupported, automaton, least_outside
from data_contracts.intake.judge.program import EITHER, EQ, LE, Step

if TYPE_CHECKING:
    from data_contracts.intake.judge.condition import Compiler

BYTES, LETTERS, WALK = "\x1c", "\x1d", "\x1e"
"""After the name of a column: the column of its lengths, or of the states in which a pattern ends."""
_ONE_CLASS = re.compile(r"\^\[([^\^\[\]\\][^\[\]\\]*)\]\{([0-9]+)(?:,([0-9]+))?\}\$")
_CALLED = re.compile(r"\\[1-9]")
_OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
    exp.NEQ: exp.EQ,
}


def name_letters(tree: exp.Expr, wide: Collection[str]) -> list[str]:
    """Give single letters of texts a name of their own: they are columns of few values."""
    named = []
    for node in list(tree.find_all(exp.Right, exp.Substring)):
        column, place = node.this, _place(node)
        if isinstance(column, exp.Column) and column.name in wide and place is not None:
            named.append(f"{column.name}{LETTER}{place}")
            node.replace(exp.column(named[-1], quoted=True))
    return named


def write_letters(tree: exp.Expr) -> exp.Expr:
    """Write letters with a name as what they are."""
    tree = exp.Paren(this=tree.copy())
    for node in list(tree.find_all(exp.Column)):
        name, sign, place = node.name.partition(LETTER)
        if sign:
            quoted = exp.column(name, quoted=True).sql(dialect="duckdb")
            written = f"right({quoted}, 1)" if place == "-1" else f"substr({quoted}, {place}, 1)"
            node.replace(parse_one(written, dialect="duckdb"))
    return tree


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


def condition(node: exp.Expr, name: str, compiler: Compiler) -> int | None:
    """Register of a condition of one column; None for one that is not understood here."""
    if type(node) in _OPPOSITE:
        opposite = _OPPOSITE[type(node)](this=node.this, expression=node.expression)
        found = condition(opposite, name, compiler)
        return compiler.program.add(Step.NOT, found) if found is not None else None
    length = _length(node, name, compiler)
    if length is not None:
        return length
    if not isinstance(node.this, exp.Column):
        return None
    if isinstance(node, exp.In):
        values = [_text(value) for value in node.expressions]
        pattern: str | None = "|".join(f"^{_escaped(v)}$" for v in values if v is not None)
        pattern = pattern if values and None not in values else None
    else:
        pattern = _pattern(node)
    return _met(name, pattern, compiler) if pattern is not None else None


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


def _met(name: str, pattern: str, compiler: Compiler) -> int | None:
    program = compiler.program
    found = _ONE_CLASS.fullmatch(pattern)
    if found is not None:  # a length, and no letter of another class: far fewer states
        letters, low, high = found.groups()
        strange = _met(name, f"[^{letters}]", compiler)
        length = program.add(Step.NUMBER, compiler.number(name + LETTERS))
        if strange is not None:
            least = program.add(Step.COMPARE, program.fixed(int(low)), length, LE)
            most = program.add(Step.COMPARE, length, program.fixed(int(high or low)), LE)
            return program.joined(Step.AND, [least, most, program.add(Step.NOT, strange)])
    if automaton((pattern,)) is None:
        return None
    column = f"{name}{WALK}{pattern}"
    compiler.patterns.setdefault(name, {})[pattern] = None
    return program.add(Step.TABLE, program.table((column,), pattern), compiler.coded(column), -1)


def _length(node: exp.Expr, name: str, compiler: Compiler) -> int | None:
    """A length at most or just so many; the texts may be in a form that is made of the column."""
    limit, asked = _whole(node.args.get("expression")), node.this
    if limit is None or not isinstance(node, exp.EQ | exp.LT | exp.LTE):
        return None
    if isinstance(asked, exp.Length):
        inner, column = asked.this.unnest(), name + LETTERS
    elif isinstance(asked, exp.Anonymous) and str(asked.this).lower() == "strlen":
        inner, column = asked.expressions[0].unnest(), name + BYTES
    else:
        return None
    program = compiler.program
    plain = isinstance(inner, exp.Column)
    if not plain and (isinstance(node, exp.EQ) or column.endswith(BYTES)):
        return None
    limit -= isinstance(node, exp.LT)
    longest = limit if plain else _longest(inner, limit)
    if longest is None:
        return None
    length = program.add(Step.NUMBER, compiler.number(column))
    kind = EQ if isinstance(node, exp.EQ) else LE
    short = program.add(Step.COMPARE, length, program.fixed(longest), kind)
    if plain:
        return short
    # A longer text may still be short enough in its form.
    unknown = program.add(Step.CONSTANT, EITHER)
    perhaps = program.add(Step.AND, program.add(Step.NOT, short), unknown)
    return program.add(Step.OR, short, perhaps)


def _longest(node: exp.Expr, limit: int) -> int | None:
    """Letters up to which a text surely has at most so many in its form; None where that is not known."""
    for letters in range(limit, 0, -1):
        grown = _grown(node, letters)
        if grown is None:
            return None
        if grown <= limit:
            return letters
    return 0


def _grown(node: exp.Expr, length: int) -> int | None:
    """Letters that a text of so many has in its form at most."""
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
