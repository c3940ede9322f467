"""SQL conditions as steps of a program.

AND, OR, NOT, COALESCE and CASE become steps of truths. What stands at their ends is compared as numbers, looked
up by value (``domains``) or walked letter by letter (``patterns``). Whatever is none of these is left to the
database.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from threading import RLock

import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from data_contracts.intake.judge import numeric, textual
from data_contracts.intake.judge.domains import (
    LARGEST_TABLE,
    MOST_TEXTS,
    Domain,
    Tables,
    letters,
    plain,
    texts,
)
from data_contracts.intake.judge.program import (
    EQ,
    FALSE,
    LE,
    LT,
    MISSING,
    NE,
    TRUE,
    UNKNOWN,
    Program,
    Step,
)

# kind of comparison, whether its sides change places
_COMPARED: dict[type[exp.Expr], tuple[int, bool]] = {
    exp.EQ: (EQ, False), exp.NEQ: (NE, False), exp.LT: (LT, False), exp.LTE: (LE, False),
    exp.GT: (LT, True), exp.GTE: (LE, True),
}  # fmt: skip


@dataclass
class Compiler:
    """Turns conditions of one relation into a program over its rows.

    Parameters
    ----------
    connection, lock
        The database, and who may ask it.
    numbers, days
        Columns of whole numbers and days, and those of days alone.
    domains
        Column of few values -> its values.
    wide
        Columns of texts of which many differ.
    forms
        Column of the relation -> how it is made of columns of the batch, where it is not simply one of them.
    """

    connection: duckdb.DuckDBPyConnection
    lock: RLock
    numbers: frozenset[str]
    days: frozenset[str]
    domains: dict[str, Domain]
    wide: frozenset[str]
    forms: Mapping[str, exp.Expr]
    program: Program = field(default_factory=Program)
    patterns: dict[str, dict[str, None]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    numbered: dict[str, int] = field(default_factory=dict)
    coded_: dict[str, int] = field(default_factory=dict)
    tables: Tables = field(init=False)
    constants: dict[str, int | bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with no table."""
        self.tables = Tables(self.connection, self.lock)

    def renewed(self, connection: duckdb.DuckDBPyConnection, lock: RLock) -> Compiler:
        """The same conditions for another file of the same form: no text that was seen is kept."""
        other = copy(self)
        other.connection, other.lock = connection, lock
        other.domains = {n: texts(n) if d.open else d for n, d in self.domains.items()}
        lasting = {name for name, domain in self.domains.items() if not domain.open}
        other.tables = self.tables.renewed(connection, lock, lasting)
        return other

    def number(self, name: str) -> int:
        """Place of a column of numbers among those that the program reads."""
        return self.numbered.setdefault(name, len(self.numbered))

    def coded(self, name: str) -> int:
        """Place of a column of codes among those that the program reads."""
        return self.coded_.setdefault(name, len(self.coded_))

    def compile(self, sql: str) -> int:
        """Register of a condition."""
        tree = _parsed(sql)
        if tree is None:
            return self.program.add(Step.CONSTANT, UNKNOWN)
        named = {column.name for column in tree.find_all(exp.Column)}
        made = {name: self.forms[name] for name in named if name in self.forms}
        if made or tree.find(exp.Right, exp.Substring):
            tree = exp.Paren(this=tree.copy())
            for column in list(tree.find_all(exp.Column)):
                if column.name in made:
                    column.replace(made[column.name].copy())
            named = {column.name for column in tree.find_all(exp.Column)}
            for name in textual.name_letters(tree, self.wide):
                self.domains.setdefault(name, letters(name))
        self.read |= named
        return self._truth(tree)

    def constant(self, sql: str) -> int | bool | None:
        """Value of an expression without columns; None for a missing one, or of another kind."""
        if sql not in self.constants:
            with self.lock:
                try:
                    found = plain(self.connection.execute(f"SELECT {sql} AS a").fetchnumpy()["a"])
                except duckdb.Error:  # whoever is judged by it will meet the error
                    found = None
            there = found is not None and found[1][0]
            self.constants[sql] = found[0][0].item() if found is not None and there else None
        return self.constants[sql]

    def _truth(self, node: exp.Expr) -> int:
        node, add = node.unnest(), self.program.add
        if isinstance(node, exp.Boolean):
            return add(Step.CONSTANT, TRUE if node.this else FALSE)
        if isinstance(node, exp.Null):
            return add(Step.CONSTANT, MISSING)
        if isinstance(node, exp.Not):
            return add(Step.NOT, self._truth(node.this))
        if isinstance(node, exp.And | exp.Or):
            step = Step.AND if isinstance(node, exp.And) else Step.OR
            return self.program.joined(step, [self._truth(part) for part in node.flatten()])
        if isinstance(node, exp.Coalesce) and (truth := _otherwise(node)) is not None:
            return add(Step.OTHERWISE, self._truth(node.this), TRUE if truth else FALSE)
        if isinstance(node, exp.Case) and not self._few(node):
            return self._case(node)
        if isinstance(node, exp.EQ) and _is_truth(node.this) and _is_truth(node.expression):
            left, right = self._truth(node.this), self._truth(node.expression)
            # Missing where either is: NOT keeps that, OR of the two ANDs as well.
            both = add(Step.AND, left, right)
            neither = add(Step.AND, add(Step.NOT, left), add(Step.NOT, right))
            return add(Step.OR, both, neither)
        if isinstance(node, exp.Between):
            low = exp.GTE(this=node.this, expression=node.args["low"])
            high = exp.LTE(this=node.this, expression=node.args["high"])
            return add(Step.AND, self._truth(low), self._truth(high))
        return self._end(node)

    def _case(self, node: exp.Case) -> int:
        last = node.args.get("default")
        found = self._truth(last if last is not None else exp.Null())
        for branch in reversed(node.args["ifs"]):
            met = branch.this
            if node.this is not None:
                met = exp.EQ(this=node.this, expression=met)
            told = self._truth(branch.args["true"])
            found = self.program.add(Step.CHOOSE, self._truth(met), told, found)
        return found

    def _few(self, node: exp.Expr) -> bool:
        names = _names(node)
        return len(names) == 1 and names[0] in self.domains and names[0] not in self.numbers

    def _end(self, node: exp.Expr) -> int:
        names, sql = _names(node), node.sql(dialect="duckdb")
        if not names:
            value = self.constant(sql)
            found = UNKNOWN if value is None else TRUE if value else FALSE
            return self.program.add(Step.CONSTANT, found)
        name = names[0] if len(names) == 1 else ""
        if _is_null(node) and name in self.numbers | self.wide:
            column = name if name in self.numbers else name + textual.BYTES
            reading = self.program.add(Step.NUMBER, self.number(column))
            return self.program.add(Step.IS_MISSING, reading)
        if type(node) in _COMPARED:
            compared = self._compared(node)
            if compared is not None:
                return compared
        if isinstance(node, exp.In) and name in self.numbers and node.expressions:
            parts = [exp.EQ(this=node.this, expression=value) for value in node.expressions]
            return self.program.joined(Step.OR, [self._truth(part) for part in parts])
        if name in self.wide:
            walked = textual.condition(node, name, self)
            if walked is not None:
                return walked
        if all(n in self.domains for n in names):
            looked = self._looked(names, sql)
            if looked is not None:
                return looked
        plain_node = textual.write_letters(node)
        return self.program.ask(_names(plain_node), plain_node.sql(dialect="duckdb"))

    def _compared(self, node: exp.Expr) -> int | None:
        left, right = numeric.number(node.this, self), numeric.number(node.expression, self)
        if left is None or right is None:
            return None
        kind, turned = _COMPARED[type(node)]
        pair = (right, left) if turned else (left, right)
        return self.program.add(Step.COMPARE, *pair, kind)

    def _looked(self, names: tuple[str, ...], sql: str) -> int | None:
        if len(names) > 2:
            return None
        domains = [self.domains[name] for name in names]
        # Texts may still come; the table must not become too large by them.
        sizes = [min(MOST_TEXTS, 4 * len(d.values)) if d.places else len(d.values) for d in domains]
        if len(names) == 2 and sizes[0] * sizes[1] > LARGEST_TABLE:
            return None
        self.tables.add(names, sql)
        table = self.program.table(names, sql)
        other = self.coded(names[1]) if len(names) == 2 else -1
        return self.program.add(Step.TABLE, table, self.coded(names[0]), other)


@lru_cache(maxsize=2048)
def _parsed(sql: str) -> exp.Expr | None:
    try:
        found: exp.Expr = parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return None
    return found


def _names(node: exp.Expr) -> tuple[str, ...]:
    return tuple(sorted({column.name for column in node.find_all(exp.Column)}))


def _is_null(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.Is)
        and isinstance(node.this, exp.Column)
        and isinstance(node.expression, exp.Null)
    )


def _is_truth(node: exp.Expr) -> bool:
    inner = node.unnest()
    return type(inner) in _COMPARED or isinstance(inner, exp.And | exp.Or | exp.Not)


def _otherwise(node: exp.Coalesce) -> bool | None:
    last = node.expressions
    if len(last) == 1 and isinstance(last[0], exp.Boolean):
        return bool(last[0].this)
    return None
