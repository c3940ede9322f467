"""Aggregates over a subject's own records, as Ibis expressions: a range join and filtered aggregates.

A record is seen on day T when it happened before T, was known by T, and no newer version of it was known
by T. Versions are ordered by known date, then by number, so that of two versions that reached us on one
day the higher number wins. No ASOF join: its SQL differs between engines.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from data_contracts.catalogue import contract as contract_of
from features.expressions import Aggregate, Call, Column, Constant, Expression, Window
from features.functions import FUNCTIONS, months_after

SPINE = ibis.table({"_row": "int64", "_subject": "string", "_as_of": "date"}, name="spine")
"""Who is asked about, and as of which day; one row for each row of the answer."""


def lower(value: Expression, leaf: Any) -> Any:
    """Turn an expression into an Ibis value; `leaf` gives the values of columns or aggregates."""
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Call):
        arguments = (lower(part, leaf) for part in value.arguments)
        return FUNCTIONS[value.function].ibis(*arguments)
    return leaf(value)


def lake_table(contract: str) -> Any:
    """Name the lake's records of a contract, all versions, as an unbound table."""
    schema = contract_of(contract).arrow_schema(system=True)
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=f"lake_{contract}")


def versions(contract: str, relevant: Any = None) -> Any:
    """Records with `_superseded`: the day from which a newer version was known, or null.

    The lake numbers the versions of a record from 1, so that only records with a higher number need to
    be put in order; there are few of them, and sorting all records would be the dearest step of all.
    """
    records = lake_table(contract) if relevant is None else relevant
    key = list(contract_of(contract).about.key)
    corrected = records.filter(records._version > 1).select(*key).distinct()
    ordered = records.semi_join(corrected, key)
    later = _._known.lead().over(group_by=key, order_by=[_._known, _._version])
    never = records.anti_join(corrected, key).mutate(_superseded=ibis.null("date"))
    # A version that withdraws its record ends the one before it and is itself never seen.
    return ibis.union(never, ordered.mutate(_superseded=later)).filter(~_._withdrawn)


def own_aggregates(contract: str, names: dict[Aggregate, str]) -> Any:
    """Table of `_row` and one column for each aggregate; rows without any seen record are absent."""
    about = contract_of(contract).about
    seen = _seen(contract)
    latest: dict[tuple[Window, Expression | None], list[Aggregate]] = {}
    columns: dict[str, Any] = {}
    for aggregate, name in names.items():
        if aggregate.how == "latest":
            latest.setdefault((aggregate.window, aggregate.where), []).append(aggregate)
        else:
            columns[name] = _measure(aggregate, seen)
    # One maximum over (event, known, key, values...) finds the latest record and carries its values,
    # nulls too, without a sort.
    for number, (selection, members) in enumerate(latest.items()):
        order = {"event": seen._event, "known": seen._known}
        order |= {f"key_{place}": seen[name] for place, name in enumerate(about.key)}
        values = {names[member]: _record_value(member.of, seen) for member in members}
        newest = ibis.struct(order | values)
        columns[f"latest_{number}"] = newest.max(where=_chosen(*selection, seen))
    found = seen.group_by("_row").aggregate(**columns)
    answers = {name: found[name] for name in columns if not name.startswith("latest_")}
    for number, members in enumerate(latest.values()):
        answers |= {names[m]: found[f"latest_{number}"][names[m]] for m in members}
    return found.select("_row", **answers)


def in_window(event: Any, as_of: Any, window: Window) -> list[Any]:
    """Conditions for a record of day `event` to count on day `as_of`, beyond `event < as_of`."""
    conditions = []
    if window.months is not None:
        conditions.append(as_of <= months_after(event, window.months))
    if window.skip:
        conditions.append(as_of > months_after(event, window.skip))
    return conditions


def _seen(contract: str) -> Any:
    """Spine rows with every record version that was current and visible on their day."""
    about = contract_of(contract).about
    records = lake_table(contract)
    key = about.key
    asked = SPINE.select("_subject").distinct()
    # All versions of every record that ever named one of the subjects: a correction may move a record
    # to another subject.
    if key == (about.subject,):
        relevant = records.semi_join(asked, records[about.subject] == asked._subject)
    else:
        keys = records.semi_join(asked, records[about.subject] == asked._subject)
        relevant = records.semi_join(keys.select(*key).distinct(), list(key))
    known = versions(contract, relevant)
    return SPINE.join(
        known,
        [
            SPINE._subject == known[about.subject],
            known._event < SPINE._as_of,
            known._known <= SPINE._as_of,
            known._superseded.isnull() | (SPINE._as_of < known._superseded),
        ],
    )


def _record_value(value: Expression | None, seen: Any) -> Any:
    def leaf(part: Expression) -> Any:
        assert isinstance(part, Column)
        return seen[part.name]

    assert value is not None
    return lower(value, leaf)


def _chosen(window: Window, where: Expression | None, seen: Any) -> Any:
    conditions = in_window(seen._event, seen._as_of, window)
    if where is not None:
        conditions.append(_record_value(where, seen))
    return ibis.and_(*conditions) if conditions else None


def _measure(aggregate: Aggregate, seen: Any) -> Any:
    chosen = _chosen(aggregate.window, aggregate.where, seen)
    if aggregate.of is None:
        return seen.count(where=chosen)
    value = _record_value(aggregate.of, seen)
    how = {"sum": "sum", "mean": "mean", "largest": "max", "smallest": "min"}[aggregate.how]
    return getattr(value, how)(where=chosen)
