"""SQL conditions as conditions of whole columns of a batch.

AND, OR, NOT, COALESCE and CASE are joined here (``truth``). What stands at their ends is compared as numbers,
looked up by value (``domains``) or walked letter by letter (``patterns``). Whatever is none of these is asked
of the database, of the rows on which it matters.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from data_contracts.intake.judge import numeric, textual
from data_contracts.intake.judge.batch import Batch, asked
from data_contracts.intake.judge.domains import LETTER, Domain, Looked, Tables, constant, letters
from data_contracts.intake.judge.truth import (
    FALSE,
    MISSING,
    NO,
    TRUE,
    UNKNOWN,
    Condition,
    Flags,
    Truth,
    chosen,
    joined,
    missing_as,
    reversed_,
)

COMPARED: dict[type[exp.Expr], Callable[[Any, Any], Any]] = {
    exp.EQ: operator.eq, exp.NEQ: operator.ne, exp.LT: operator.lt, exp.LTE: operator.le,
    exp.GT: operator.gt, exp.GTE: operator.ge,
}  # fmt: skip
_FEW = 3
"""So many codes are compared rather than looked up."""
_OFTEN_STRANGE = 0.01


@dataclass
class Compiler:
    """Turns conditions of one relation into conditions of its batches.

    Parameters
    ----------
    connection, lock
        The database, and who may ask it.
    numbers
        Columns of whole numbers and days.
    days
        Columns of days.
    domains
        Column of few values -> its values.
    wide
        Columns of texts of which many differ.
    forms
        Column of the relation -> how it is made of a column of the batch, where it is not simply that column.
    """

    connection: duckdb.DuckDBPyConnection
    lock: RLock
    numbers: frozenset[str]
    days: frozenset[str]
    domains: dict[str, Domain]
    wide: frozenset[str]
    forms: Mapping[str, exp.Expr]
    patterns: dict[str, list[str]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    tables: Tables = field(init=False)
    constants: dict[str, int | bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with no table."""
        self.tables = Tables(self.connection, self.lock)

    def compile(self, sql: str) -> Condition:
        """Compile a condition."""
        try:
            tree = exp.Paren(this=parse_one(sql, dialect="duckdb"))
        except SqlglotError:
            return Condition(lambda batch, where: UNKNOWN)
        for column in list(tree.find_all(exp.Column)):
            form = self.forms.get(column.name)
            if form is not None:
                column.replace(form.copy())
        self.read |= {column.name for column in tree.find_all(exp.Column)}
        textual.name_letters(tree, self.wide)
        for column in tree.find_all(exp.Column):
            if LETTER in column.name and column.name not in self.domains:
                self.domains[column.name] = letters(column.name)
        return self._condition(tree)

    def constant(self, sql: str) -> int | bool | None:
        """Value of an expression without columns; None for a missing one, or of another kind."""
        if sql not in self.constants:
            try:
                self.constants[sql] = constant(self.connection, self.lock, sql)
            except (duckdb.Error, TypeError):
                self.constants[sql] = None
        return self.constants[sql]

    def _condition(self, node: exp.Expr) -> Condition:
        node = node.unnest()
        if isinstance(node, exp.Boolean):
            return _always(TRUE if node.this else FALSE)
        if isinstance(node, exp.Null):
            return _always(MISSING)
        if isinstance(node, exp.Not):
            return reversed_(self._condition(node.this))
        if isinstance(node, exp.And | exp.Or):
            parts = [self._condition(part) for part in node.flatten()]
            return joined(parts, every=isinstance(node, exp.And))
        if isinstance(node, exp.Coalesce) and (truth := _otherwise(node)) is not None:
            return missing_as(self._condition(node.this), truth)
        if isinstance(node, exp.Case) and not self._few(node):
            return self._case(node)
        if isinstance(node, exp.EQ) and _is_truth(node.this) and _is_truth(node.expression):
            left, right = self._condition(node.this), self._condition(node.expression)
            same = joined([left, right], every=True)
            opposite = joined([reversed_(left), reversed_(right)], every=True)
            differ = joined(
                [joined([left, reversed_(right)], every=True),
                 joined([reversed_(left), right], every=True)],
                every=False,
            )  # fmt: skip

            def ask(batch: Batch, where: Any) -> Truth:
                yes = same.ask(batch, where).yes | opposite.ask(batch, where).yes
                return Truth(yes, differ.ask(batch, where).yes)

            return Condition(ask, same.dear)
        if isinstance(node, exp.Between):
            low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
            high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
            return joined([self._condition(low), self._condition(high)], every=True)
        return self._kept(node)

    def _case(self, node: exp.Case) -> Condition:
        branches = []
        for branch in node.args["ifs"]:
            met = branch.this
            if node.this is not None:
                met = exp.EQ(this=node.this.copy(), expression=met.copy())
            branches.append((self._condition(met), self._condition(branch.args["true"])))
        last = node.args.get("default")
        return chosen(branches, self._condition(last) if last is not None else _always(MISSING))

    def _few(self, node: exp.Expr) -> bool:
        names = _names(node)
        return len(names) == 1 and names[0] in self.domains and LETTER not in names[0]

    def _kept(self, node: exp.Expr) -> Condition:
        """Condition at the end of a branch; a batch answers it once for all rules that ask it."""
        found = self._leaf(node)
        if found.dear:
            return found
        key = _sql(node)
        return Condition(lambda batch, where: batch.once(key, lambda: found.ask(batch, where)))

    def _leaf(self, node: exp.Expr) -> Condition:
        names = _names(node)
        if not names:
            return self._constant(node)
        column = node.this if isinstance(node, exp.Is) else None
        if isinstance(column, exp.Column) and isinstance(node.expression, exp.Null):
            name = names[0]
            return Condition(lambda batch, where: _missing(batch.valid(name)))
        if type(node) in COMPARED:
            compared = self._compared(node)
            if compared is not None:
                return compared
        if isinstance(node, exp.In) and names[0] in self.numbers and len(names) == 1:
            parts = [exp.EQ(this=node.this.copy(), expression=v.copy()) for v in node.expressions]
            if parts:
                return joined([self._condition(part) for part in parts], every=False)
        if len(names) == 1 and names[0] in self.wide:
            found = textual.condition(node, names[0], self.patterns)
            if found is not None:
                return found
        if all(name in self.domains for name in names):
            return self._looked(node, names)
        return self._asked(node, names)

    def _constant(self, node: exp.Expr) -> Condition:
        value = self.constant(_sql(node))
        return _always(UNKNOWN if value is None else TRUE if value else FALSE)

    def _compared(self, node: exp.Expr) -> Condition | None:
        left, right = numeric.numbers(node.this, self), numeric.numbers(node.expression, self)
        if left is None or right is None:
            return None
        compare = COMPARED[type(node)]

        def ask(batch: Batch, where: Any) -> Truth:
            one, other = left(batch), right(batch)
            return Truth.of(
                compare(one.values, other.values),
                numeric.both(one.valid, other.valid),
                numeric.either(one.strange, other.strange),
            )

        return Condition(ask)

    def _looked(self, node: exp.Expr, names: tuple[str, ...]) -> Condition:
        sql, domains = _sql(node), [self.domains[name] for name in names]
        asked = self._asked(node.copy(), names)
        self.tables.add(names, sql)

        def ask(batch: Batch, where: Any) -> Truth:
            coded = [batch.codes(name) for name in names]
            looked = self.tables.look(domains, sql)
            strange = None
            for _, odd in coded:
                strange = numeric.either(strange, odd)
            if looked is None or (strange is not None and np.mean(strange) > _OFTEN_STRANGE):
                return asked.ask(batch, None)
            return looked_up([codes for codes, _ in coded], looked, strange)

        return Condition(ask)

    def _asked(self, node: exp.Expr, names: tuple[str, ...]) -> Condition:
        textual.write_letters(node)
        sql, columns = _sql(node), tuple(sorted({name.split(LETTER)[0] for name in names}))

        def ask(batch: Batch, where: Any) -> Truth:
            rows = np.arange(batch.rows) if where is None or where is np.True_ else np.flatnonzero(where)
            yes, no = np.zeros(batch.rows, bool), np.zeros(batch.rows, bool)
            if not len(rows) or where is np.False_:
                return Truth(yes, no)
            table = pa.table({name: batch.array(name).take(pa.array(rows)) for name in columns})
            answer = asked(table, sql, self.connection, self.lock)
            yes[rows] = np.asarray(answer.fill_null(False))
            no[rows] = ~np.asarray(answer.fill_null(True))
            return Truth(yes, no)

        return Condition(ask, dear=True)


def looked_up(coded: list[Any], looked: Looked, strange: Any) -> Truth:
    """Truth by row of answers by code."""
    if len(coded) > 1:
        place = coded[0].astype(np.int64)
        for codes, size in zip(coded[1:], looked.sizes[1:], strict=True):
            place = place * size + codes
        coded = [place]
    yes, no = looked.values.astype(bool) & looked.valid, ~looked.values.astype(bool) & looked.valid
    if looked.valid[1:].all() and len(looked.sizes) == 1 and not looked.valid[0]:
        return Truth.of(_among(coded[0], yes), coded[0] != 0, strange)
    if looked.valid.all():
        return Truth.of(_among(coded[0], yes), None, strange)
    known = Truth(_among(coded[0], yes), _among(coded[0], no))
    if strange is None:
        return known
    return Truth(known.yes | strange, known.no | strange)


def _among(codes: Any, flags: Any) -> Flags:
    """Flags by code, row by row; few codes are compared, which is many times as fast."""
    met = np.flatnonzero(flags)
    if len(met) <= _FEW:
        found: Any = NO
        for code in met:
            found = found | (codes == code)
        return found if len(met) else np.zeros(len(codes), bool)
    other = np.flatnonzero(~flags)
    if len(other) <= _FEW:
        return ~_among(codes, ~flags)
    taken: Flags = flags.take(codes)
    return taken


def _missing(valid: Any) -> Truth:
    return FALSE if valid is None else Truth(~valid)


def _always(truth: Truth) -> Condition:
    return Condition(lambda batch, where: truth)


def _names(node: exp.Expr) -> tuple[str, ...]:
    return tuple(sorted({column.name for column in node.find_all(exp.Column)}))


def _sql(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb")


def _is_truth(node: exp.Expr) -> bool:
    inner = node.unnest()
    return type(inner) in COMPARED or isinstance(inner, exp.And | exp.Or | exp.Not)


def _otherwise(node: exp.Coalesce) -> bool | None:
    last = node.expressions
    if len(last) == 1 and isinstance(last[0], exp.Boolean):
        return bool(last[0].this)
    return None
