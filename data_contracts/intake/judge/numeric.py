"""Expressions of whole numbers and days as steps of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from data_contracts.intake.judge.kernels import HUGE
from data_contracts.intake.judge.program import Step

if TYPE_CHECKING:
    from data_contracts.intake.judge.condition import Compiler

_PICKED: dict[type[exp.Expr], Step] = {
    exp.Greatest: Step.GREATEST,
    exp.Least: Step.LEAST,
    exp.Coalesce: Step.FIRST,
}


def number(node: exp.Expr, compiler: Compiler, *, summed: bool = False) -> int | None:
    """Register of an expression; None for one that is no whole number or day, or is not understood here.

    ``summed`` numbers are reckoned with: nothing is known of a huge one.
    """
    node, program = node.unnest(), compiler.program
    names = {column.name for column in node.find_all(exp.Column)}
    if not names:
        return _constant(node, compiler)
    if isinstance(node, exp.Column):
        if node.name not in compiler.numbers:
            return None
        step = Step.SUMMED if summed and node.name not in compiler.days else Step.NUMBER
        return program.add(step, compiler.number(node.name))
    if isinstance(node, exp.Add | exp.Sub | exp.Abs):
        if not names <= compiler.numbers - compiler.days:  # days follow rules of their own
            return None
        one = number(node.this, compiler, summed=True)
        if isinstance(node, exp.Abs):
            return program.add(Step.ABSOLUTE, one) if one is not None else None
        other = number(node.expression, compiler, summed=True)
        step = Step.ADD if isinstance(node, exp.Add) else Step.SUBTRACT
        return program.add(step, one, other) if one is not None and other is not None else None
    if type(node) in _PICKED and len(node.expressions) == 1:
        one = number(node.this, compiler, summed=summed)
        other = number(node.expressions[0], compiler, summed=summed)
        if one is not None and other is not None:
            return program.add(_PICKED[type(node)], one, other)
    if isinstance(node, exp.DateDiff) and str(node.args.get("unit")).upper() == "MONTH":
        one, other = _month(node.this, compiler), _month(node.expression, compiler)
        if one is not None and other is not None:
            return program.add(Step.SUBTRACT, one, other)
    (name,) = names if len(names) == 1 else ("",)
    if name in compiler.domains and (name in compiler.days or name not in compiler.numbers):
        return looked(node.sql(dialect="duckdb"), name, compiler)
    return None


def _constant(node: exp.Expr, compiler: Compiler) -> int | None:
    if isinstance(node, exp.Literal):
        value = int(node.this) if not node.is_string and str(node.this).isdecimal() else None
    else:
        value = compiler.constant(node.sql(dialect="duckdb"))
    if value is None or isinstance(value, bool) or abs(value) >= HUGE:
        return None
    return compiler.program.fixed(value)


def _month(node: exp.Expr, compiler: Compiler) -> int | None:
    inner = node.unnest()
    if not (isinstance(inner, exp.Column) and inner.name in compiler.days):
        return None
    quoted = inner.sql(dialect="duckdb")
    sql = f"CAST(year({quoted}) * 12 + month({quoted}) AS BIGINT)"
    return looked(sql, inner.name, compiler)


def looked(sql: str, name: str, compiler: Compiler) -> int | None:
    """Register of a number that is looked up by the value of one column; None where it is no number."""
    found = compiler.tables.look([compiler.domains[name]], sql)
    if found is None or found.truth:
        return None
    table = compiler.program.table((name,), sql)
    return compiler.program.add(Step.LOOKED, table, compiler.coded(name))
