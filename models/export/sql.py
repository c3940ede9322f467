"""A model as one SELECT: for DuckDB, Apache Spark and PostgreSQL.

Three steps, each a common table expression: every input becomes a bin number (a balanced tree of CASE, so
that a value meets a few thresholds and not thirty), every table looks its points up in a constant array, and
the points are added in the order of the tables. So the bits are those of the model.

A number may come as any numeric type; NULL and not-a-number are missing. A category must come as text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.bins import Bins, NumberBins, project
from models.errors import ModelsError
from models.scorer import AdditiveModel
from models.table import Table

_SUMMANDS = 100  # in one expression: databases limit how deep one may be
_LISTED = 6  # thresholds that are compared one after the other
_CELLS = (
    512  # of a pair on the finest bins: one long array is faster than the three of a coarser pair
)


def _doubled(quote: str) -> Callable[[str], str]:
    return lambda text: quote + text.replace(quote, quote * 2) + quote


def _spark_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _double(value: float) -> str:
    """Write a double so that every dialect reads a double: with an exponent, shortest exact digits."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def _listed(values: Iterable[float | int]) -> str:
    return ",".join(_double(v) if isinstance(v, float) else str(v) for v in values)


@dataclass(frozen=True)
class Dialect:
    """How one database writes names, texts, doubles and constant arrays.

    Parameters
    ----------
    first
        Position of an array's first element.
    """

    name: str
    quoted: Callable[[str], str]
    text: Callable[[str], str]
    double: str
    doubles: str
    integers: str
    first: int


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "duckdb", _doubled('"'), _doubled("'"), "DOUBLE",
            "([{}]::DOUBLE[])", "([{}]::INTEGER[])", 1,
        ),
        Dialect(
            "spark", _doubled("`"), _spark_text, "DOUBLE", "array({})", "array({})", 0
        ),
        Dialect(
            "postgres", _doubled('"'), _doubled("'"), "double precision",
            "('{{{}}}'::double precision[])", "('{{{}}}'::integer[])", 1,
        ),
    )
}  # fmt: skip


def to_sql(
    model: AdditiveModel,
    dialect: str,
    *,
    table: str = "applicants",
    keys: Sequence[str] = (),
    contributions: bool = False,
) -> str:
    """Write a model as one SELECT.

    Parameters
    ----------
    dialect
        ``duckdb``, ``spark`` or ``postgres``.
    table
        Name of the table to score; dots part schema and table.
    keys
        Columns that are passed on, such as the applicant's number.
    contributions
        Also give ``points_1`` ... ``points_n``, the points of each table; the head of the query says
        which is which.

    Returns
    -------
    str
        It gives the keys, ``margin`` (points, unrounded), ``score`` (published; higher is better),
        ``probability`` of going bad, and on request ``base`` and the points.

    Raises
    ------
    ModelsError
        When the dialect is not known, or a text can not be written in SQL.
    """
    if dialect not in DIALECTS:
        raise ModelsError(f"There is no SQL dialect {dialect!r}; known: {', '.join(DIALECTS)}.")
    return _Query(model, DIALECTS[dialect]).text(table, keys, contributions)


class _Query:
    def __init__(self, model: AdditiveModel, dialect: Dialect) -> None:
        self.model = model
        self.dialect = dialect
        self.code = {name: f"xq_code_{i}" for i, name in enumerate(model.inputs, 1)}
        self.points = [f"points_{i}" for i in range(1, len(model.tables) + 1)]

    def text(self, table: str, keys: Sequence[str], contributions: bool) -> str:
        scale = self.model.scale
        passed = [self.name(key) for key in keys]
        source = ".".join(self.name(part) for part in table.split("."))
        codes = [f"{self.bin(name)} AS {code}" for name, code in self.code.items()]
        looked_up = [
            f"{self.look_up(one)} AS {points}"
            for one, points in zip(self.model.tables, self.points, strict=True)
        ]
        steps = [
            ("xq_codes", _select([*passed, *codes] or ["1 AS xq_none"], source)),
            ("xq_points", _select([*passed, *looked_up] or ["1 AS xq_none"], "xq_codes")),
        ]
        base = f"CAST({_double(scale.margin(self.model.intercept))} AS {self.dialect.double})"
        total, source = base, "xq_points"
        for start in range(0, len(self.points), _SUMMANDS):
            summed, step = f"xq_sum_{start + 1}", f"xq_until_{start + 1}"
            added = " + ".join([total, *self.points[start : start + _SUMMANDS]])
            steps.append((step, _select(["*", f"{added} AS {summed}"], source)))
            total, source = summed, step
        log_odds = f"({_double(scale.offset)} - {total}) / {_double(scale.factor)}"
        steps.append(("xq_odds", _select(["*", f"{log_odds} AS xq_log_odds"], source)))
        answer = [
            *passed,
            f"{total} AS margin",
            f"CAST(GREATEST({scale.low}, LEAST({scale.high}, FLOOR({total} + 5e-1))) AS INTEGER) AS score",
            # Beyond 700 a probability is 0 or 1 within 1e-300; some databases refuse such an exponent.
            "1e0 / (1e0 + EXP(LEAST(7e2, GREATEST(-7e2, -xq_log_odds)))) AS probability",
        ]
        if contributions:
            answer += [f"{base} AS base", *self.points]
        ctes = ",\n".join(f"{name} AS (\n{body})" for name, body in steps)
        return f"{self.head()}WITH {ctes}\n{_select(answer, 'xq_odds')}\n"

    def head(self) -> str:
        lines = [f"A score of kind {self.model.kind}: higher is better. Points of each table:"]
        lines += [
            f"{points}: {' x '.join(map(ascii, table.features))}"
            for points, table in zip(self.points, self.model.tables, strict=True)
        ]
        return "".join(f"-- {line}\n" for line in lines)

    def name(self, text: str) -> str:
        return self.dialect.quoted(self.checked(text))

    def checked(self, text: str) -> str:
        if "\0" in text:
            raise ModelsError("A name or level holds the character NUL, which SQL can not write.")
        return text

    def bin(self, name: str) -> str:
        """Write the bin number of an input, counted from the first position of an array."""
        axis, first, column = self.model.bins[name], self.dialect.first, self.name(name)
        if not isinstance(axis, NumberBins):
            whens = [f"WHEN {column} IS NULL THEN {axis.missing + first}"]
            whens += [
                f"WHEN {column} = {self.dialect.text(self.checked(level))} THEN {code + first}"
                for level, code in axis.position.items()
            ]
            return f"CASE {' '.join(whens)} ELSE {axis.other + first} END"
        value = f"CAST({column} AS {self.dialect.double})"
        # NULL and not-a-number are at most nothing, infinity neither, so they end above every threshold.
        limits = [*map(_double, axis.cuts), f"CAST('Infinity' AS {self.dialect.double})"]
        whens = [
            f"WHEN {value} = {_double(code)} THEN {position + first}"
            for code, position in axis.position.items()
        ]
        tree = _tree(value, limits, first)
        return f"CASE {' '.join(whens)} ELSE {tree} END" if whens else tree

    def look_up(self, table: Table) -> str:
        """Write the points of a table: an element of a constant array, by one bin number or two."""
        fine = [self.model.bins[name] for name in table.features]
        axes = fine if math.prod(axis.size for axis in fine) <= _CELLS else table.axes
        index = [project(finest, axis) for finest, axis in zip(axes, table.axes, strict=True)]
        points = table.values[np.ix_(*index)] * -self.model.scale.factor + 0.0  # no -0.0
        first = self.dialect.first
        places = [
            self.place(name, axis, first) for name, axis in zip(table.features, axes, strict=True)
        ]
        if table.is_pair:
            width = axes[1].size
            places[0] = f"{places[0]} * {width}" + f" - {width}" * first
        return (
            f"{self.dialect.doubles.format(_listed(points.ravel().tolist()))}[{' + '.join(places)}]"
        )

    def place(self, name: str, axis: Bins, first: int) -> str:
        """Write the bin number of an input in a table; a coarser axis needs an array of its own."""
        fine = self.model.bins[name]
        if axis == fine:
            return self.code[name]
        moved = project(fine, axis) + first
        return f"{self.dialect.integers.format(_listed(moved.tolist()))}[{self.code[name]}]"


def _tree(value: str, limits: Sequence[str], first: int) -> str:
    """Write comparisons; bin ``i`` ends at ``limits[i]``, that value included.

    A balanced tree whose ends are short lists: the fewest passes over a block of rows, as measured.
    """
    if len(limits) <= _LISTED:
        whens = [f"WHEN {value} <= {limit} THEN {i}" for i, limit in enumerate(limits, first)]
        return f"CASE {' '.join(whens)} ELSE {first + len(limits)} END"
    middle = len(limits) // 2
    below = _tree(value, limits[:middle], first)
    above = _tree(value, limits[middle + 1 :], first + middle + 1)
    return f"CASE WHEN {value} <= {limits[middle]} THEN {below} ELSE {above} END"


def _select(columns: Sequence[str], source: str) -> str:
    return "SELECT\n  " + ",\n  ".join(columns) + f"\nFROM {source}"
