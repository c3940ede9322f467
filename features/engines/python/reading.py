"""What the compiler asks of a plan: which tables read which, which columns are wanted, how a join is keyed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis.expr.operations as ops


def found_in(value: Any, kind: Any) -> list[Any]:
    """Operations of a kind that a value is made of, not those of the tables that it is read from."""
    found: list[Any] = value.find(kind, filter=ops.Value)
    return found


def taken(node: Any) -> Any:
    """What an aggregate takes of each row; None where it counts rows."""
    return None if isinstance(node, ops.CountStar) else node.arg


def arguments(window: Any) -> list[Any]:
    """Values that a function over rows takes."""
    return [part for part in window.func.args if isinstance(part, ops.Value)]


def is_whole(rel: Any) -> bool:
    """Whether a table must be whole before any row of it is read, or should be: loops are nested 20 deep at most."""
    loops = isinstance(rel, ops.JoinChain) and any(
        link.how in ("inner", "left") for link in rel.rest
    )
    return (
        loops or isinstance(rel, ops.Union | ops.Distinct | ops.Aggregate) or bool(windows_of(rel))
    )


def windows_of(rel: Any) -> list[Any]:
    """Functions over the other rows of a group in a projection."""
    values = rel.values.values() if isinstance(rel, ops.Project) else ()
    return list(dict.fromkeys(w for value in values for w in found_in(value, ops.WindowFunction)))


def _values(rel: Any, wanted: Iterable[str]) -> list[Any]:
    """Values that a table is made of, as far as its columns are wanted."""
    match rel:
        case ops.Filter():
            return [*rel.predicates, *(ops.Field(rel.parent, name) for name in wanted)]
        case ops.Project():
            return [rel.values[name] for name in wanted]
        case ops.JoinChain():
            tests = [predicate for link in rel.rest for predicate in link.predicates]
            return [*tests, *(rel.values[name] for name in wanted)]
        case ops.Aggregate():
            metrics = (metric for name, metric in rel.metrics.items() if name in wanted)
            return [*rel.groups.values(), *metrics]
        case ops.Distinct():
            return [ops.Field(rel.parent, name) for name in rel.schema.names]
        case ops.Union():
            names = rel.schema.names if rel.distinct else wanted
            return [ops.Field(side, name) for side in (rel.left, rel.right) for name in names]
        case ops.DropColumns() | ops.JoinReference():
            return [ops.Field(rel.parent, name) for name in wanted]
    return []


def tables_read(rel: Any) -> list[Any]:
    """Tables that a table reads, once for each time."""
    match rel:
        case ops.Union():
            return [rel.left, rel.right]
        case ops.JoinChain():
            return [rel.first, *(link.table for link in rel.rest)]
        case ops.UnboundTable():
            return []
    return [rel.parent]


def wanted_columns(order: list[Any], root: Any) -> dict[Any, list[str]]:
    """Columns of each table that somebody reads, in the table's order."""
    wanted: dict[Any, dict[str, None]] = {rel: {} for rel in order}
    wanted[root] = dict.fromkeys(root.schema.names)
    for rel in reversed(order):
        for value in _values(rel, list(wanted[rel])):
            for field in found_in(value, ops.Field):
                wanted[field.rel][field.name] = None
            for scalar in found_in(value, ops.ScalarSubquery):
                wanted[scalar.rel] = dict.fromkeys(scalar.rel.schema.names)
    return {rel: [n for n in rel.schema.names if n in names] for rel, names in wanted.items()}


def sides(link: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Keys of a join on this side and on that, and what else must hold."""
    mine, theirs, others = [], [], []
    for predicate in link.predicates:
        sides = (predicate.left, predicate.right) if isinstance(predicate, ops.Equals) else ()
        there = [
            {field.rel for field in found_in(side, ops.Field)} == {link.table} for side in sides
        ]
        if there.count(True) == 1:
            theirs.append(sides[there.index(True)])
            mine.append(sides[there.index(False)])
        else:
            others.append(predicate)
    return mine, theirs, others
