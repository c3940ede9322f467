"""A plan's steps in the SQL of DuckDB.

An aggregate over some of the records is written as an aggregate over a value that is null for the others: DuckDB
takes half the time for `sum(CASE WHEN c THEN x END)` that it takes for `sum(x) FILTER (WHERE c)`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, STAR, AggGen
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from features.plan import Plan


class CaseCompiler(DuckDBCompiler):  # type: ignore[misc]
    """From Ibis expressions to DuckDB's SQL without FILTER."""

    __slots__ = ()

    agg = AggGen(supports_filter=False, supports_order_by=True)

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Count rows."""
        return self.f.count(STAR if where is None else self.if_(where, 1, NULL))

    def visit_CountDistinct(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Count different values."""
        chosen = arg if where is None else self.if_(where, arg, NULL)
        return self.f.count(sge.Distinct(expressions=[chosen]))


@lru_cache(maxsize=32)
def duckdb_sql(plan: Plan) -> tuple[str, ...]:
    """Give the SQL of each step of a plan, in their order."""
    compiler = CaseCompiler()
    return tuple(
        compiler.to_sqlglot(step.table).sql(dialect=compiler.dialect) for step in plan.steps
    )
