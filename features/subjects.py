"""Aggregates over a subject's own records, as Ibis expressions: a range join and filtered aggregates.

A record is seen on day T when it happened before T and :mod:`features.visibility` lets it be seen: it was
known by T, no newer version of it was, and no rule hides it. Versions are ordered by known date, then by
number, so that of two versions that reached us on one day the higher number wins. No ASOF join: its SQL
differs between engines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis

from data_contracts.catalogue import contract as contract_of
from features.consents import allowed, record_classes
from features.expressions import Aggregate, Call, Column, Constant, Expression, Window
from features.functions import FUNCTIONS, window_edge
from features.owners import seen_by_owners
from features.policy import consent_class
from features.visibility import seen_by, with_expiry

SPINE = ibis.table({"_row": "int64", "_subject": "string", "_as_of": "date"}, name="spine")
"""Who is asked about, and as of which day; one row for each row of the answer."""


def lower(value: Expression, leaf: Any, day: Any = None) -> Any:
    """Turn an expression into an Ibis value.

    `leaf` gives the values of columns or aggregates, `day` is the day that is asked about.
    """
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Call):
        function = FUNCTIONS[value.function]
        arguments = (lower(part, leaf, day) for part in value.arguments)
        return function.ibis(day, *arguments) if function.dated else function.ibis(*arguments)
    return leaf(value)


def supplied_name(contract: str) -> str:
    """Column that tells whether any record of the contract was seen of the subject on its day."""
    return f"_supplied_{contract}"


def own_aggregates(contract: str, names: dict[Aggregate, str], spine: Any = SPINE) -> Any:
    """Table of `_row` and one column for each aggregate; rows without any seen record are absent.

    `spine` is :data:`SPINE`, with the flags of :func:`features.consents.with_consents` where items or
    records need consent.
    """
    about = contract_of(contract).about
    used = {part.name for root in names for part in root.walk() if isinstance(part, Column)}
    seen = _seen(contract, used, _with_edges(spine, [name.window for name in names]))
    latest: dict[tuple[str, Window, Expression | None], list[Aggregate]] = {}
    columns: dict[str, Any] = {}
    for aggregate, name in names.items():
        if aggregate.how in ("latest", "first"):
            selection = aggregate.how, aggregate.window, aggregate.where
            latest.setdefault(selection, []).append(aggregate)
        else:
            columns[name] = _measure(aggregate, seen)
    # One maximum over (event, known, key, values...) finds the latest record and carries its values,
    # nulls too, without a sort; one minimum the earliest.
    for number, ((how, window, where), members) in enumerate(latest.items()):
        order = {"event": seen._event, "known": seen._known}
        order |= {f"key_{place}": seen[name] for place, name in enumerate(about.key)}
        values = {names[member]: _record_value(member.of, contract, seen) for member in members}
        record, chosen = ibis.struct(order | values), _chosen(contract, window, where, seen)
        columns[f"latest_{number}"] = (
            record.max(where=chosen) if how == "latest" else record.min(where=chosen)
        )
    found = seen.group_by("_row").aggregate(**columns)
    answers = {name: found[name] for name in columns if not name.startswith("latest_")}
    for number, members in enumerate(latest.values()):
        answers |= {names[m]: found[f"latest_{number}"][names[m]] for m in members}
    return found.select("_row", **answers, **{supplied_name(contract): ibis.literal(True)})


def _edge_name(months: int) -> str:
    return f"_since_{months}"


def _with_edges(spine: Any, windows: Iterable[Window]) -> Any:
    """Spine with the edges of all windows: found once for each row asked, not for each of its records."""
    months = sorted({n for window in windows for n in (window.months, window.skip) if n})
    if not months:
        return spine
    return spine.mutate(**{_edge_name(n): window_edge(spine._as_of, n) for n in months})


def _in_window(seen: Any, window: Window) -> list[Any]:
    """Conditions for a record to count on its row's day, beyond ``event < as_of``."""
    conditions = []
    if window.months is not None:
        conditions.append(seen._event >= seen[_edge_name(window.months)])
    if window.skip:
        conditions.append(seen._event < seen[_edge_name(window.skip)])
    return conditions


def _seen(contract: str, used: Iterable[str], spine: Any) -> Any:
    """Spine rows with every record version that was current and visible on their day."""
    asked = with_expiry(contract, spine)
    linked = "_owner" in spine.columns
    seen = seen_by_owners(contract, used, asked) if linked else seen_by(contract, used, asked)
    consented = [allowed(contract, one, seen) for one in record_classes(contract)]
    return seen.filter(*consented) if consented else seen


def _record_value(value: Expression | None, contract: str, seen: Any) -> Any:
    def leaf(part: Expression) -> Any:
        assert isinstance(part, Column)
        one = consent_class(contract, part.name)
        if one is None or one in record_classes(contract):
            return seen[part.name]
        return allowed(contract, one, seen).ifelse(seen[part.name], None)

    assert value is not None
    return lower(value, leaf, seen._as_of)


def _chosen(contract: str, window: Window, where: Expression | None, seen: Any) -> Any:
    conditions = _in_window(seen, window)
    if where is not None:
        conditions.append(_record_value(where, contract, seen))
    return ibis.and_(*conditions) if conditions else None


def _measure(aggregate: Aggregate, seen: Any) -> Any:
    chosen = _chosen(aggregate.contract, aggregate.window, aggregate.where, seen)
    if aggregate.of is None:
        return seen.count(where=chosen)
    value = _record_value(aggregate.of, aggregate.contract, seen)
    match aggregate.how:
        case "distinct":
            return value.nunique(where=chosen)
        case "total":
            return value.sum(where=chosen).fill_null(0)
    how = {"sum": "sum", "mean": "mean", "largest": "max", "smallest": "min"}[aggregate.how]
    return getattr(value, how)(where=chosen)
