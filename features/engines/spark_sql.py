"""A plan's steps in the SQL of Spark, with the meaning that they have on DuckDB.

Ibis compiles both; what the two engines understand differently is said here, in one place:

- `count(where)` is 0 where the condition is null throughout, not null;
- a number with a point is a double, not a decimal;
- the least or greatest of one value is that value;
- a null is a null: NaN is not taken for one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from features.plan import Plan


class SparkCompiler(PySparkCompiler):  # type: ignore[misc]
    """From Ibis expressions to Spark's SQL."""

    __slots__ = ()

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        """Write a number with a point as the double that it is."""
        if dtype.is_floating():
            return self.cast(repr(float(value)), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Field(self, op: Any, *, rel: Any, name: str) -> Any:
        """Read a column as it is."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:
        """Tell a null."""
        return sge.Paren(this=arg).is_(NULL)  # Spark takes no condition before IS without brackets

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:
        """Tell a value."""
        return sge.Paren(this=arg).is_(NULL).not_()

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Count rows, 0 when the condition holds for none."""
        if where is not None:
            return self.f.count_if(where)
        return super().visit_CountStar(op, arg=arg, where=where)

    def visit_Greatest(self, op: Any, *, arg: Any) -> Any:
        """Take the greatest value, of one or more."""
        return self.f.greatest(*arg) if len(arg) > 1 else arg[0]

    def visit_Least(self, op: Any, *, arg: Any) -> Any:
        """Take the least value, of one or more."""
        return self.f.least(*arg) if len(arg) > 1 else arg[0]


@lru_cache(maxsize=32)
def spark_sql(plan: Plan) -> tuple[str, ...]:
    """Give the SQL of each step of a plan, in their order."""
    compiler = SparkCompiler()
    return tuple(
        compiler.to_sqlglot(step.table).sql(dialect=compiler.dialect) for step in plan.steps
    )
