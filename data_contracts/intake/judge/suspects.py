"""Which rows may break a rule: asked cheaply of all, so that the rules themselves are asked of few.

What one column decides is asked of its values: of a range the smallest and the largest, of codes and names
those that occur. A rule that no value breaks is not asked of the rows at all. What is left is turned into a
condition that DuckDB can give up early on. It may hold for too many rows, never for too few: the rows that
it picks are judged by the rules' own SQL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import duckdb
from sqlglot import exp, parse_one

from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.judge.algebra import broken_where, guarded, patterns
from data_contracts.intake.judge.plan import Plan, Rule

WORTH_ROWS = 50_000
"""Below so many rows asking every row everything is as quick."""

_SAMPLE, _FEW, _MOST_BAD = 2_048, 200, 20
_DEAR, _TIMES = 300, 8
_RARE = 0.05
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_ENDS = re.compile(r"[.](ge|le)$")


@dataclass(frozen=True)
class Suspects:
    """Rows that may break a rule.

    Parameters
    ----------
    relation
        To select them from; all columns of the judged relation and a few more.
    condition
        What they meet; None where no row can break any rule.
    rules
        Places of the rules that some row may break.
    """

    relation: str
    condition: str | None
    rules: tuple[int, ...]


def suspects(
    connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, rules: Sequence[Rule]
) -> Suspects:
    """Find out which rows of a relation may break one of the rules."""
    asked = _Asked(connection, plan, relation, rules)
    asked.by_ends()
    asked.by_values()
    conditions = asked.conditions
    if not conditions:
        return Suspects(relation, None, ())
    turned = tuple(dict.fromkeys(broken_where(sql) for sql in conditions.values()))
    added, where = guarded(turned, asked.rare(patterns(turned)))
    if added:
        relation = f"(SELECT *{added} FROM {relation})"
    return Suspects(relation, where, tuple(conditions))


@dataclass
class _Asked:
    connection: duckdb.DuckDBPyConnection
    plan: Plan
    relation: str
    rules: Sequence[Rule]
    conditions: dict[int, str] = field(init=False)
    kinds: dict[str, str] = field(init=False)
    alone: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with every rule open."""
        described = self._run(f"DESCRIBE SELECT * FROM {self.relation}")
        self.kinds = {str(row[0]): str(row[1]) for row in described}
        self.conditions = {place: rule.broken for place, rule in enumerate(self.rules)}
        self.alone = {}
        for place, rule in enumerate(self.rules):
            named = set(_QUOTED.findall(_LITERAL.sub("", rule.broken)))
            if len(named) == 1 and (name := named.pop()) in self.kinds:
                self.alone.setdefault(name, []).append(place)

    def _run(self, sql: str) -> list[tuple[object, ...]]:
        return self.connection.execute(sql).fetchall()

    def by_ends(self) -> None:
        """Close what the smallest, the largest and the missing values of numbers and days decide."""
        asked: list[int] = []
        parts = []
        for name, places in self.alone.items():
            if self.kinds[name] not in ("BIGINT", "DOUBLE", "DATE"):
                continue
            quoted = sql_name(name)
            known = {p: sql for p in places if (sql := self._at_ends(p, quoted)) is not None}
            if not known:
                continue
            met = ", ".join(f"CASE WHEN {sql} THEN {place} END" for place, sql in known.items())
            # Plain smallest, largest and counts stand in a Parquet file already.
            parts.append(
                f"SELECT unnest([{met}]) AS place FROM (SELECT count(*) AS _rows, count({quoted}) AS _known, "
                f"min({quoted}) AS _low, max({quoted}) AS _high FROM {self._alone(name)})"
            )
            asked += known
        if not parts:
            return
        broken = {row[0] for row in self._run(" UNION ALL ".join(parts))}
        for place in set(asked) - broken:
            del self.conditions[place]

    def _at_ends(self, place: int, quoted: str) -> str | None:
        """Whether a rule is broken at the smallest, the largest or a missing value; None where that is not all."""
        rule = self.rules[place]
        missing = "(CASE WHEN _known = _rows THEN _low END)"
        if _ENDS.search(rule.rule_id):
            ends: tuple[str, ...] = ("_low", "_high", missing)
        elif rule.broken == f"NOT coalesce({quoted} IS NOT NULL, TRUE)":
            ends = (missing,)
        else:
            return None
        return " OR ".join(f"({rule.broken.replace(quoted, end)})" for end in ends)

    def by_values(self) -> None:
        """Ask what one column of texts or days decides of the values that occur."""
        names = [n for n, kind in self.kinds.items() if kind in ("VARCHAR", "DATE")]
        names = [
            n for n in names if any(place in self.conditions for place in self.alone.get(n, ()))
        ]
        names = self._recurring(names)
        if not names:
            return
        parts, asked = [], []
        for name in names:
            places = [place for place in self.alone[name] if place in self.conditions]
            quoted = sql_name(name)
            met = ", ".join(f"CASE WHEN {self.rules[p].broken} THEN {p} END" for p in places)
            parts.append(
                f"SELECT {quoted}::VARCHAR AS value, unnest([{met}]) AS place FROM {self._values(name)}"
            )
            asked += places
        bad: dict[int, list[object]] = {place: [] for place in asked}
        for value, place in self._run(
            f"SELECT value, place FROM ({' UNION ALL '.join(parts)}) WHERE place IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY place) <= {_MOST_BAD + 1}"
        ):
            bad[int(str(place))].append(value)
        of = {place: name for name in names for place in self.alone[name]}
        for place, values in bad.items():
            if not values:
                del self.conditions[place]
            elif len(values) <= _MOST_BAD:
                self.conditions[place] = _is_one_of(
                    sql_name(of[place]), self.kinds[of[place]], values
                )

    def _recurring(self, names: Sequence[str]) -> list[str]:
        """Columns that it pays to ask value by value."""
        if not names:
            return []
        sources = {name: self._source(name) for name in names}
        listed = ", ".join(dict.fromkeys(sources.values()))
        counts = ", ".join(f"approx_count_distinct({source})" for source in sources.values())
        sample = f"(SELECT {listed} FROM {self._stored} LIMIT {_SAMPLE})"
        (few,) = self._run(f"SELECT {counts} FROM {sample}")
        found = {n for n, count in zip(names, few, strict=True) if int(str(count)) <= _FEW}
        # Values that differ at first may recur further on, as accounts do by month.
        dear = [name for name in names if name not in found and self._dear(name)]
        if dear:
            counts = ", ".join(f"approx_count_distinct({sources[name]})" for name in dear)
            ((rows, *more),) = self._run(f"SELECT count(*), {counts} FROM {self._stored}")
            found |= {
                n for n, c in zip(dear, more, strict=True) if int(str(c)) * _TIMES <= int(str(rows))
            }
        return [name for name in names if name in found]

    def _dear(self, name: str) -> bool:
        """Whether a column's rules, or its form, cost so much that its values are worth counting."""
        asked = [self.rules[place].broken for place in self.alone[name]]
        form = self._forms.get(name, ("", ""))[1]
        return any("regexp" in sql for sql in asked) or max(map(len, (*asked, form))) >= _DEAR

    @property
    def _forms(self) -> dict[str, tuple[str, str]]:
        """Column -> the only column of ``raw`` that it is made of, and how."""
        return _made(self.plan.typed) if self.plan.direct and self.relation == "typed" else {}

    @property
    def _stored(self) -> str:
        return "raw" if self.plan.direct and self.relation == "typed" else self.relation

    def _source(self, name: str) -> str:
        return sql_name(self._forms[name][0]) if name in self._forms else sql_name(name)

    def _alone(self, name: str) -> str:
        """Relation of one column in its form: shorter to plan than all the others with it."""
        if name not in self._forms:
            return self.relation
        return f"(SELECT {self._forms[name][1]} AS {sql_name(name)} FROM raw)"

    def _values(self, name: str) -> str:
        """Relation of a column's different values; each is put into its form once."""
        if name not in self._forms:
            return f"(SELECT DISTINCT {sql_name(name)} FROM {self.relation})"
        source, form = self._forms[name]
        distinct = f"(SELECT DISTINCT {sql_name(source)} FROM raw)"
        return f"(SELECT {form} AS {sql_name(name)} FROM {distinct})"

    def rare(self, asked: set[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Patterns that few rows of a sample meet: it pays to ask for all of them at once."""
        pairs = sorted(pair for pair in asked if pair[0])
        if len(pairs) < 2:
            return frozenset()
        shares = ", ".join(
            f"avg(CAST(regexp_matches({column}, {sql_text(pattern)}) AS INTEGER))"
            for column, pattern in pairs
        )
        columns = ", ".join(dict.fromkeys(column for column, _ in pairs))
        sample = f"(SELECT {columns} FROM {self.relation} LIMIT {_SAMPLE})"
        (found,) = self._run(f"SELECT {shares} FROM {sample}")
        return frozenset(
            pair
            for pair, share in zip(pairs, found, strict=True)
            if share is None or float(str(share)) <= _RARE
        )


def _is_one_of(quoted: str, kind: str, values: Sequence[object]) -> str:
    listed = ", ".join(f"{sql_text(v)}::{kind}" for v in values if v is not None)
    parts = [f"{quoted} IN ({listed})"] if listed else []
    parts += [f"{quoted} IS NULL"] if None in values else []
    return " OR ".join(parts)


@lru_cache(maxsize=64)
def _made(typed: str) -> dict[str, tuple[str, str]]:
    """Columns of the typed rows that are made of one column of ``raw``: of which, and how."""
    select = parse_one(typed, dialect="duckdb").find(exp.Select)
    assert select is not None
    found = {}
    for column in select.expressions:
        read = {c.name for c in column.find_all(exp.Column)}
        if isinstance(column, exp.Alias) and len(read) == 1:
            found[column.alias] = (read.pop(), column.this.sql(dialect="duckdb"))
    return found
