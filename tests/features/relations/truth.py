"""What was found in a simulated city beside what is true of it."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from features.relations.groups import Network
from features.relations.history import History


def plain_groups(size: int, left: list[int], right: list[int]) -> list[int]:
    """Union-find with path halving, in Python."""
    parent = list(range(size))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in zip(left, right, strict=True):
        a, b = find(a), find(b)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return [find(node) for node in range(size)]


def comparisons(
    history: History, found: Network, city: Path, day: date
) -> Iterable[tuple[str, Set[object], Set[object]]]:
    """What is compared: its name, what was found, and what is true.

    The truth has no days. True edges are those whose record's own dates hold on the day, read from the city's files
    (before anything was spoilt or came late only if the city is clean); groups and circles follow from them by a slow
    search.
    """
    ids = history.ids.to_pylist()
    truth = city / "truth" / "simulated_relations.parquet"
    open_on = (
        f"FROM '{truth}' AS t JOIN '{city}/simulated_{{}}.parquet' AS r "
        f"ON t.from_id = r.{{}} AND t.to_id = r.{{}} WHERE t.relation = '{{}}' "
        f"AND r.{{}} < DATE '{day}' AND coalesce(r.{{}} >= DATE '{day}', TRUE)"
    )

    def true(*parts: str, extra: str = "") -> set[tuple[str, str]]:
        sql = "SELECT DISTINCT t.from_id, t.to_id " + open_on.format(*parts) + extra
        return set(duckdb.sql(sql).fetchall())

    def pairs(left: np.ndarray, right: np.ndarray) -> set[tuple[str, str]]:
        return {(ids[a], ids[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)}

    control = found.control
    by_firm = control.controller < history.firms
    parents = true("shareholder", "holder_id", "subject_id", "parent", "since_on", "until_on")
    yield "parent edges", pairs(control.controller[by_firm], control.firm[by_firm]), parents
    led = true("key_person", "person_id", "subject_id", "key_person", "since_on", "until_on")
    yield "key-person edges", pairs(found.positions["person"], found.positions["firm"]), led
    owed = true("guarantee", "subject_id", "guaranteed_id", "guarantor", "from_on", "until_on")
    yield "guarantee edges", pairs(found.guarantees["guarantor"], found.guarantees["debtor"]), owed

    def together(label: Iterable[object]) -> set[tuple[str, str]]:
        groups: dict[object, list[str]] = {}
        for name, head in zip(ids, label, strict=True):
            if head != -1 and name.startswith("USCC"):
                groups.setdefault(head, []).append(name)
        return {(a, b) for group in groups.values() for a in group for b in group if a < b}

    place = {name: code for code, name in enumerate(ids)}

    def grouped(*edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
        known = [
            (place[a], place[b]) for part in edges for a, b in part if a in place and b in place
        ]
        return together(plain_groups(len(ids), [a for a, _ in known], [b for _, b in known]))

    yield (
        "pairs of firms under one control",
        together(found.labels["control"].tolist()),
        grouped(parents),
    )
    yield (
        "pairs of firms in one risk group",
        together(found.labels["risk"].tolist()),
        grouped(parents, owed),
    )
    circle_sql = "SELECT t.from_id, t.circle " + open_on.format(
        "guarantee", "subject_id", "guaranteed_id", "guarantor", "from_on", "until_on"
    )  # fmt: skip
    sizes = dict(
        duckdb.sql(
            f"SELECT circle, count(*) FROM '{truth}' WHERE circle IS NOT NULL GROUP BY 1"
        ).fetchall()
    )
    standing: dict[int, set[str]] = {}
    for name, number in duckdb.sql(f"{circle_sql} AND t.circle IS NOT NULL").fetchall():
        standing.setdefault(number, set()).add(name)
    closed: set[frozenset[str]] = {
        frozenset(members) for number, members in standing.items() if len(members) == sizes[number]
    }
    mine: dict[int, set[str]] = {}
    for name, head in zip(ids, found.circle.tolist(), strict=True):
        if head >= 0:
            mine.setdefault(head, set()).add(name)
    yield (
        "circles of guarantees, all of whose members are open",
        {frozenset(m) for m in mine.values()},
        closed,
    )
