"""Expressions of whole numbers and days as numbers of whole columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from data_contracts.intake.judge.batch import HUGE, Batch, Numbers
from data_contracts.intake.judge.domains import LETTER, Domain

if TYPE_CHECKING:
    from data_contracts.intake.judge.condition import Compiler

Reckon = Callable[[Batch], Numbers]


def numbers(node: exp.Expr, compiler: Compiler) -> Reckon | None:
    """Compile an expression; None for one that is no whole number or day, or is not understood here."""
    node = node.unnest()
    names = sorted({column.name for column in node.find_all(exp.Column)})
    if not names:
        return _constant(node, compiler)
    if isinstance(node, exp.Column):
        name = node.name
        return (lambda batch: batch.numbers(name)) if name in compiler.numbers else None
    if isinstance(node, exp.Add | exp.Sub):
        step = np.add if isinstance(node, exp.Add) else np.subtract
        parts = [_summed(node.this, compiler), _summed(node.expression, compiler)]
        one, other = parts
        if one is not None and other is not None and _no_days(node, compiler):
            return _kept(node, lambda batch: _joined(step, one(batch), other(batch)))
    if isinstance(node, exp.Abs):
        inner = _summed(node.this, compiler)
        if inner is not None:
            return _kept(node, lambda batch: _changed(np.abs, inner(batch)))
    if isinstance(node, exp.Greatest | exp.Least) and len(node.expressions) == 1:
        one, other = numbers(node.this, compiler), numbers(node.expressions[0], compiler)
        pick = np.maximum if isinstance(node, exp.Greatest) else np.minimum
        if one is not None and other is not None:
            return _kept(node, lambda batch: _picked(pick, one(batch), other(batch)))
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1:
        one, other = numbers(node.this, compiler), numbers(node.expressions[0], compiler)
        if one is not None and other is not None:
            return _kept(node, lambda batch: _first(one(batch), other(batch)))
    if isinstance(node, exp.DateDiff) and str(node.args.get("unit")).upper() == "MONTH":
        one, other = _month(node.this, compiler), _month(node.expression, compiler)
        if one is not None and other is not None:
            return _kept(node, lambda batch: _joined(np.subtract, one(batch), other(batch)))
    if len(names) == 1 and _has_table(names[0], compiler) and not _is_text(node, compiler):
        return _kept(node, _looked(node.sql(dialect="duckdb"), compiler.domains[names[0]], compiler))
    return None


def _kept(node: exp.Expr, reckon: Reckon) -> Reckon:
    key = node.sql(dialect="duckdb")
    return lambda batch: batch.once(("number", key), lambda: reckon(batch))


def _constant(node: exp.Expr, compiler: Compiler) -> Reckon | None:
    if isinstance(node, exp.Literal):
        value = None if node.is_string or not str(node.this).isdecimal() else int(node.this)
    else:
        value = compiler.constant(node.sql(dialect="duckdb"))
    if value is None or isinstance(value, bool) or abs(value) >= HUGE:
        return None
    found = Numbers(value)
    return lambda batch: found


def _summed(node: exp.Expr, compiler: Compiler) -> Reckon | None:
    inner = node.unnest()
    if isinstance(inner, exp.Column) and inner.name in compiler.numbers:
        name = inner.name
        return lambda batch: batch.summed(name)
    if isinstance(inner, exp.Coalesce) and isinstance(inner.this.unnest(), exp.Column):
        one = _summed(inner.this, compiler)
        other = numbers(inner.expressions[0], compiler) if len(inner.expressions) == 1 else None
        if one is not None and other is not None:
            return _kept(inner, lambda batch: _first(one(batch), other(batch)))
    return numbers(inner, compiler)


def _no_days(node: exp.Expr, compiler: Compiler) -> bool:
    """Sums of days follow rules of their own."""
    return not any(
        column.name in compiler.days or column.name not in compiler.numbers
        for column in node.find_all(exp.Column)
    )


def _has_table(name: str, compiler: Compiler) -> bool:
    return name in compiler.domains and (name in compiler.days or name not in compiler.numbers)


def _is_text(node: exp.Expr, compiler: Compiler) -> bool:
    sql = node.sql(dialect="duckdb")
    (name,) = {column.name for column in node.find_all(exp.Column)}
    domain = compiler.domains[name]
    return compiler.tables.look([domain], sql) is None


def _month(node: exp.Expr, compiler: Compiler) -> Reckon | None:
    inner = node.unnest()
    if not (isinstance(inner, exp.Column) and inner.name in compiler.days):
        return None
    quoted = inner.sql(dialect="duckdb")
    sql = f"CAST(year({quoted}) * 12 + month({quoted}) AS BIGINT)"
    reckon = _looked(sql, compiler.domains[inner.name], compiler)
    return lambda batch: batch.once(("number", sql), lambda: reckon(batch))


def _looked(sql: str, domain: Domain, compiler: Compiler) -> Reckon:
    compiler.tables.add((domain.name,), sql)

    def reckon(batch: Batch) -> Numbers:
        codes, strange = batch.codes(domain.name)
        looked = compiler.tables.look([domain], sql)
        if looked is None:
            return Numbers(0, None, np.ones(batch.rows, bool))
        values = looked.values.take(codes)
        if not looked.valid[0] and looked.valid[1:].all():
            return Numbers(values, batch.valid(domain.name.split(LETTER)[0]), strange)
        valid = None if looked.valid.all() else looked.valid.take(codes)
        return Numbers(values, valid, strange)

    return reckon


def both(one: Any, other: Any) -> Any:
    """Rows in both; None stands for all."""
    return other if one is None else one if other is None else one & other


def either(one: Any, other: Any) -> Any:
    """Rows in one or the other; None stands for none."""
    return other if one is None else one if other is None else one | other


def _joined(step: Any, *parts: Numbers) -> Numbers:
    values = reduce(lambda a, b: step(a, b, dtype=np.int64), [part.values for part in parts])
    valid = reduce(both, [part.valid for part in parts])
    return Numbers(values, valid, reduce(either, [part.strange for part in parts]))


def _changed(step: Any, part: Numbers) -> Numbers:
    return Numbers(step(part.values), part.valid, part.strange)


def _picked(pick: Any, one: Numbers, other: Numbers) -> Numbers:
    """GREATEST and LEAST leave missing values out."""
    values = pick(one.values, other.values)
    if one.valid is not None:
        values = np.where(one.valid, values, other.values)
    if other.valid is not None:
        values = np.where(other.valid, values, one.values)
    valid = None if one.valid is None or other.valid is None else one.valid | other.valid
    return Numbers(values, valid, either(one.strange, other.strange))


def _first(one: Numbers, other: Numbers) -> Numbers:
    if one.valid is None:
        return one
    values = np.where(one.valid, one.values, other.values)
    valid = None if other.valid is None else one.valid | other.valid
    return Numbers(values, valid, either(one.strange, other.strange))
