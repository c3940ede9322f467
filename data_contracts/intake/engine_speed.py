"""The same verdict with less work: rules are asked of values, not of rows, where few values occur.

A column with few different values (codes, institutions, areas) is judged value by value; a range by the
smallest and the largest value; what many rules compute alike is computed once. A rule that no value breaks
is not asked of the rows at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import duckdb

from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.engine_plan import Rule

WORTH_ROWS = 50_000
"""Below so many rows asking every row is as quick."""

_SAMPLE, _FEW, _MOST_BAD = 20_000, 200, 20
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_ENDS = re.compile(r"[.](ge|le)$")
_COALESCED = re.compile(r"^NOT coalesce\((.*), TRUE\)$", re.DOTALL)
_LITERAL = r"(?:'(?:[^']|'')*'|[0-9]+)"
_REPEATED = re.compile(
    r'\b(?:right|left|substr|length|strlen|regexp_full_match|regexp_matches|try_cast)'
    rf'\("\w+"(?:, {_LITERAL}| AS \w+)*\)'
    rf'|"\w+" (?:=|<>|<=|>=|<|>) {_LITERAL}(?![0-9.])'
    rf'|"\w+" (?:NOT )?IN \((?:{_LITERAL}(?:, )?)+\)',
    re.IGNORECASE,
)  # fmt: skip


def conditions(
    connection: duckdb.DuckDBPyConnection, relation: str, rules: Sequence[Rule]
) -> tuple[str, dict[int, str]]:
    """Cheaper conditions of the rules that some row may break.

    Returns
    -------
    tuple
        A relation to test them on, and place of the rule -> SQL condition of its hits. Rules left out
        are broken by no row.
    """
    open_rules = dict(enumerate(rules))
    columns = _columns(connection, relation)
    alone: dict[str, list[int]] = {}
    for place, rule in open_rules.items():
        named = set(_QUOTED.findall(rule.broken))
        if len(named) == 1 and (name := next(iter(named))) in columns:
            alone.setdefault(name, []).append(place)
    found = {place: rule.broken for place, rule in open_rules.items()}
    few = _few_valued(connection, relation, [n for n in alone if columns[n] == "VARCHAR"])
    for name in few:
        _by_value(connection, relation, name, [(p, rules[p]) for p in alone[name]], found)
    wide = {
        name: [p for p in places if _ENDS.search(rules[p].rule_id)]
        for name, places in alone.items()
        if columns[name] in ("BIGINT", "DOUBLE", "DATE")
    }
    _by_ends(connection, relation, {n: p for n, p in wide.items() if p}, rules, found)
    return _shared(relation, found)


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return {row[0]: row[1] for row in described}


def _few_valued(
    connection: duckdb.DuckDBPyConnection, relation: str, names: Sequence[str]
) -> list[str]:
    if not names:
        return []
    listed = ", ".join(sql_name(name) for name in names)
    counts = ", ".join(f"approx_count_distinct({sql_name(name)})" for name in names)
    sample = f"(SELECT {listed} FROM {relation} LIMIT {_SAMPLE})"
    (row,) = connection.execute(f"SELECT {counts} FROM {sample}").fetchall()
    return [name for name, count in zip(names, row, strict=True) if count <= _FEW]


def _by_value(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    name: str,
    rules: Sequence[tuple[int, Rule]],
    found: dict[int, str],
) -> None:
    quoted = sql_name(name)
    values = f"(SELECT DISTINCT {quoted} FROM {relation})"
    flags = ", ".join(rule.broken for _, rule in rules)
    rows = connection.execute(f"SELECT {quoted}, {flags} FROM {values}").fetchall()
    for column, (place, _) in enumerate(rules, start=1):
        bad = [row[0] for row in rows if row[column]]
        if not bad:
            del found[place]
        elif len(bad) <= _MOST_BAD:
            listed = ", ".join(sql_text(value) for value in bad if value is not None)
            parts = [f"{quoted} IN ({listed})"] if listed else []
            parts += [f"{quoted} IS NULL"] if None in bad else []
            found[place] = " OR ".join(parts)


def _by_ends(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    names: dict[str, list[int]],
    rules: Sequence[Rule],
    found: dict[int, str],
) -> None:
    if not names:
        return
    ends = []
    for name in names:
        quoted = sql_name(name)
        ends.append(
            f"min({quoted}) AS {sql_name('<' + name)}, max({quoted}) AS {sql_name('>' + name)}"
        )
    summary = f"(SELECT {', '.join(ends)} FROM {relation})"
    flags, places = [], []
    for name, asked in names.items():
        for place in asked:
            for end in "<>":
                flags.append(rules[place].broken.replace(sql_name(name), sql_name(end + name)))
            places.append(place)
    (row,) = connection.execute(f"SELECT {', '.join(flags)} FROM {summary}").fetchall()
    for number, place in enumerate(places):
        if not (row[2 * number] or row[2 * number + 1]):
            del found[place]


def _shared(relation: str, found: dict[int, str]) -> tuple[str, dict[int, str]]:
    counts = Counter(part for sql in found.values() for part in set(_REPEATED.findall(sql)))
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        part = match.group(0)
        return names.setdefault(part, f"_h{len(names)}") if counts[part] > 1 else part

    # Where a hit is asked for, null and false are one: NOT x says the same as NOT coalesce(x, TRUE).
    plain = {place: _COALESCED.sub(r"NOT (\1)", sql) for place, sql in found.items()}
    shared = {place: _REPEATED.sub(name, sql) for place, sql in plain.items()}
    if not names:
        return relation, shared
    more = ", ".join(f"{part} AS {label}" for part, label in names.items())
    return f"(SELECT *, {more} FROM {relation})", shared
