"""How often the parts of names agree in a lake: where the figures of `parameters` come from."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import numpy as np
import pyarrow as pa

from features.identity.codes import scheme
from features.identity.exact import Index
from features.identity.names import key_of
from features.identity.parameters import PARTS, Part
from features.identity.similar import Named, name_rows

_COMPARED = ("brand", "industry", "form", "area", "address", "dropped", "swapped")


def frequencies(
    index: Index, *, seed: int = 1, pairs: int = 4_000_000
) -> dict[str, dict[str, tuple[float, float, int]]]:
    """Measure m and u on the enterprises of a lake that carry a unified code.

    Parameters
    ----------
    index : Index
    seed : int
        Of the pairs drawn for u.
    pairs : int
        So many are drawn.

    Returns
    -------
    dict
        Part -> level -> (m, u, pairs of one enterprise): m among different names under one code, u among
        pairs of any two enterprises; levels without evidence are left out of both.
    """
    named: dict[str, list[Named]] = defaultdict(list)
    for subject in sorted(index.names):
        if scheme(subject) == "USCC":
            first = {key_of(a.name): a.name for a in index.names[subject]}
            named[subject] = [
                Named(subject, name, index.addresses.get(subject))
                for name in sorted(first.values())
            ]
    same = [
        (one, other) for mine in named.values() for one in mine for other in mine
        if one.name < other.name
    ]  # fmt: skip
    every = [mine[0] for mine in named.values() if mine]
    if not same or len(every) < 2:
        return {}
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, len(every), (2, pairs))
    with duckdb.connect() as connection:
        connection.register("one", _numbered([a for a, _ in same]))
        connection.register("other", _numbered([b for _, b in same]))
        connection.register("every", _numbered(every))
        connection.register(
            "drawn", pa.table({"a": left[left != right], "b": right[left != right]})
        )
        among_same = "one l JOIN other r ON l.n = r.n"
        among_all = "drawn JOIN every l ON l.n = a JOIN every r ON r.n = b"
        return {part.name: _part(connection, part, among_same, among_all) for part in PARTS}


def _numbered(rows: list[Named]) -> pa.Table:
    table = name_rows(rows)
    return table.append_column("n", pa.array(range(len(rows)), pa.int64()))


def _part(
    connection: duckdb.DuckDBPyConnection, part: Part, same: str, every: str
) -> dict[str, tuple[float, float, int]]:
    cases = " ".join(
        f"WHEN {level.sql} THEN '{level.name}'" for level in part.levels if level.sql != "ELSE"
    )
    columns = sorted({c for c in _COMPARED if f"{c}_l" in cases})
    listed = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns)

    def shares(source: str) -> dict[str, tuple[float, int]]:
        sql = (
            f"SELECT CASE {cases} ELSE '{part.levels[-1].name}' END AS level, count(*) FROM "
            f"(SELECT {listed} FROM {source}) GROUP BY 1"
        )
        counted = dict(connection.execute(sql).fetchall())
        counted.pop(part.levels[0].name, None)
        total = sum(counted.values())
        return {name: (count / total, count) for name, count in counted.items()}

    m, u = shares(same), shares(every)
    return {
        level.name: (
            m.get(level.name, (0.0, 0))[0],
            u.get(level.name, (0.0, 0))[0],
            m.get(level.name, (0.0, 0))[1],
        )
        for level in part.levels[1:]
    }
