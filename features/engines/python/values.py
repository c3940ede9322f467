"""Ibis values as plain Python: each operation is one line of source, with the nulls of SQL.

A value of a record is written once into a variable and read from there ever after, however many features are
made of it. An operation that is not listed here is refused when a plan is compiled, never when it is run.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis.expr.operations as ops

from features.errors import FeaturesError


@dataclass(frozen=True)
class Term:
    """A Python variable or constant, and whether it may be None."""

    text: str
    nullable: bool = True


def listed(terms: Iterable[Term]) -> str:
    """Source of a key: one value, or several as a tuple."""
    texts = [term.text for term in terms]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def row_of(terms: Iterable[Term]) -> str:
    """Source of a row."""
    return f"({''.join(f'{term.text}, ' for term in terms)})"


def months_later(day: date, months: int) -> date:
    """The same day some months later (or before), or the last of that month; within the calendar's years."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    if day.day <= 28:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_later(day: date, days: int) -> date:
    """The day some days later (or before), within the calendar's years."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


_STRICT: dict[type, str] = {
    ops.Add: "{} + {}",
    ops.Subtract: "{} - {}",
    ops.Multiply: "{} * {}",
    ops.Divide: "{} / {}",
    ops.Negate: "-{}",
    ops.Equals: "{} == {}",
    ops.Greater: "{} > {}",
    ops.GreaterEqual: "{} >= {}",
    ops.Less: "{} < {}",
    ops.LessEqual: "{} <= {}",
    ops.Not: "not {}",
    ops.ExtractYear: "{}.year",
    ops.ExtractMonth: "{}.month",
    ops.ExtractDay: "{}.day",
    ops.StringLength: "len({})",
    ops.StringContains: "{1} in {0}",
    ops.StartsWith: "{}.startswith({})",
    ops.RStrip: "{}.rstrip(' \\t\\n\\r\\v\\f')",
    ops.Substring: "{0}[{1}:{1} + {2}]",
}
"""Operations that are null when one of their arguments is."""

_CASTS: dict[tuple[str, str], str] = {
    # a timestamp is only ever the midnight of a date on its way to be one again
    ("date", "timestamp"): "{}",
    ("timestamp", "date"): "{}",
    ("date", "string"): "{}.isoformat()",
    ("integer", "string"): "str({})",
    ("integer", "integer"): "{}",
    ("integer", "floating"): "float({})",
    ("boolean", "integer"): "int({})",
    ("boolean", "floating"): "float({})",
    ("boolean", "string"): "('true' if {} else 'false')",
    ("string", "integer"): "int({})",
    ("string", "string"): "{}",
    ("floating", "floating"): "{}",
    ("floating", "integer"): "round({})",
}


class Source:
    """Source that is being written: lines, how deep they stand, constants and what is known already."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"months_later": months_later, "days_later": days_later}
        self.known: dict[Any, Term] = {}
        self._depth = 1
        self._count = 0

    def put(self, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * self._depth + line)

    def fresh(self, letter: str = "v") -> str:
        """A name that nobody has."""
        self._count += 1
        return f"{letter}{self._count}"

    def keep(self, value: Any) -> str:
        """Name of a constant."""
        name = self.fresh("k")
        self.names[name] = value
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Lines below a head; what is learned in them is forgotten behind them."""
        self.put(head)
        before, start = self.known, len(self.lines)
        self.known = dict(before)
        self._depth += 1
        try:
            yield
            if len(self.lines) == start:
                self.put("pass")
        finally:
            self.known = before
            self._depth -= 1

    def value(self, op: Any) -> Term:
        """Write a value, unless it is written already."""
        found = self.known.get(op)
        if found is not None:
            return found
        term = self._literal(op) if isinstance(op, ops.Literal) else self._computed(op)
        self.known[op] = term
        return term

    def _literal(self, op: Any) -> Term:
        if op.value is None:
            return Term("None")
        if isinstance(op.value, bool | int | float | str):
            return Term(repr(op.value), nullable=False)
        return Term(self.keep(op.value), nullable=False)

    def _computed(self, op: Any) -> Term:
        written = _WRITERS.get(type(op))
        if written is not None:
            term = written(self, op)
        elif type(op) in _STRICT:
            arguments = [a for a in op.args if isinstance(a, ops.Value)]
            term = self._strict(_STRICT[type(op)], *map(self.value, arguments))
        else:
            raise FeaturesError(
                f"the operation {type(op).__name__} has no form in plain Python.",
                hint="add it to features/engines/python/values.py",
            )
        if term.text.isidentifier():
            return term
        name = self.fresh()
        self.put(f"{name} = {term.text}")
        return Term(name, term.nullable)

    def _strict(self, form: str, *arguments: Term) -> Term:
        text = form.format(*(a.text for a in arguments))
        unsure = dict.fromkeys(a.text for a in arguments if a.nullable)
        if not unsure:
            return Term(text, nullable=False)
        return Term(f"None if {' or '.join(f'{x} is None' for x in unsure)} else {text}")


def _cast(source: Source, op: Any) -> Term:
    kinds = _kind(op.arg.dtype), _kind(op.to)
    if kinds not in _CASTS:
        raise FeaturesError(f"no cast from {op.arg.dtype} to {op.to} in plain Python.")
    argument = source.value(op.arg)
    return argument if _CASTS[kinds] == "{}" else source._strict(_CASTS[kinds], argument)


def _kind(dtype: Any) -> str:
    for kind in ("integer", "floating", "boolean", "string", "date", "timestamp"):
        if getattr(dtype, f"is_{kind}")():
            return kind
    return str(dtype)


def _both(source: Source, op: Any) -> Term:
    left, right = source.value(op.left), source.value(op.right)
    if not (left.nullable or right.nullable):
        return Term(f"{left.text} and {right.text}", nullable=False)
    a, b = left.text, right.text
    return Term(
        f"False if {a} is False or {b} is False else None if {a} is None or {b} is None else True"
    )


def _either(source: Source, op: Any) -> Term:
    left, right = source.value(op.left), source.value(op.right)
    if not (left.nullable or right.nullable):
        return Term(f"{left.text} or {right.text}", nullable=False)
    a, b = left.text, right.text
    return Term(f"True if {a} or {b} else None if {a} is None or {b} is None else False")


def _if_else(source: Source, op: Any) -> Term:
    test = source.value(op.bool_expr)
    true, false = source.value(op.true_expr), source.value(op.false_null_expr)
    return Term(f"{true.text} if {test.text} else {false.text}", true.nullable or false.nullable)


def _searched(source: Source, op: Any) -> Term:
    return _cases(source, [source.value(case).text for case in op.cases], op)


def _simple(source: Source, op: Any) -> Term:
    base = source.value(op.base).text
    return _cases(source, [f"{base} == {source.value(case).text}" for case in op.cases], op)


def _cases(source: Source, tests: list[str], op: Any) -> Term:
    results, last = [source.value(result) for result in op.results], source.value(op.default)
    arms = (f"{r.text} if {t} else " for t, r in zip(tests, results, strict=True))
    return Term("".join(arms) + last.text, last.nullable or any(r.nullable for r in results))


def _coalesce(source: Source, op: Any) -> Term:
    terms = [source.value(argument) for argument in op.arg]
    text = terms[-1].text
    for term in reversed(terms[:-1]):
        text = f"{term.text} if {term.text} is not None else {text}" if term.nullable else term.text
    return Term(text, all(term.nullable for term in terms))


def _extreme(how: str) -> Callable[[Source, Any], Term]:
    def write(source: Source, op: Any) -> Term:
        terms = [source.value(argument) for argument in op.arg]
        if len(terms) == 1:
            return terms[0]
        listed = ", ".join(term.text for term in terms)
        if not any(term.nullable for term in terms):
            return Term(f"{how}({listed})", nullable=False)
        nullable = all(term.nullable for term in terms)
        return Term(f"{how}((x for x in ({listed}) if x is not None), default=None)", nullable)

    return write


def _null_if(source: Source, op: Any) -> Term:
    value, other = source.value(op.arg), source.value(op.null_if_expr)
    return Term(f"None if {value.text} == {other.text} else {value.text}")


def _one_of(source: Source, op: Any) -> Term:
    options = frozenset(option.value for option in op.options)
    return source._strict(f"{{}} in {source.keep(options)}", source.value(op.value))


def _translate(source: Source, op: Any) -> Term:
    given, wanted = op.from_str.value, op.to_str.value
    table: dict[int, str | None] = {ord(letter): None for letter in given[len(wanted) :]}
    table |= {ord(a): b for a, b in zip(given, wanted, strict=False)}
    return source._strict(f"{{}}.translate({source.keep(table)})", source.value(op.arg))


def _shift(sign: int) -> Callable[[Source, Any], Term]:
    def write(source: Source, op: Any) -> Term:
        step = op.right
        if not isinstance(step, ops.Literal) or step.dtype.unit.short not in ("M", "D"):
            raise FeaturesError("a date is moved by a fixed number of months or days only.")
        what = "months_later" if step.dtype.unit.short == "M" else "days_later"
        return source._strict(f"{what}({{}}, {sign * int(step.value)})", source.value(op.left))

    return write


def _days_between(source: Source, op: Any) -> Term:
    return source._strict("({} - {}).days", source.value(op.left), source.value(op.right))


def _concat(source: Source, op: Any) -> Term:
    terms = [source.value(argument) for argument in op.arg]
    return source._strict(" + ".join("{}" for _ in terms), *terms)


def _tuple(source: Source, op: Any) -> Term:
    listed = ", ".join(source.value(part).text for part in op.values)
    return Term(f"({listed},)", nullable=False)


def _part(source: Source, op: Any) -> Term:
    whole, place = source.value(op.arg), list(op.arg.dtype.names).index(op.field)
    return Term(f"None if {whole.text} is None else {whole.text}[{place}]")


_WRITERS: dict[type, Callable[[Source, Any], Term]] = {
    ops.Cast: _cast,
    ops.And: _both,
    ops.Or: _either,
    ops.IsNull: lambda s, op: Term(f"{s.value(op.arg).text} is None", nullable=False),
    ops.NotNull: lambda s, op: Term(f"{s.value(op.arg).text} is not None", nullable=False),
    ops.IfElse: _if_else,
    ops.SearchedCase: _searched,
    ops.SimpleCase: _simple,
    ops.Coalesce: _coalesce,
    ops.Greatest: _extreme("max"),
    ops.Least: _extreme("min"),
    ops.NullIf: _null_if,
    ops.InValues: _one_of,
    ops.Translate: _translate,
    ops.DateAdd: _shift(1),
    ops.DateSub: _shift(-1),
    ops.DateDelta: _days_between,
    ops.StringConcat: _concat,
    ops.StructColumn: _tuple,
    ops.StructField: _part,
}
