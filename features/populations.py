"""Aggregates over everybody in a group, as Ibis expressions: signed streams and running sums.

A range join of every subject with all earlier records of its lender or industry would grow with the
square of the records. Instead each record gives two entries to a stream: +1 (or its value) on the first
day that it counts, and the same with a minus on the first day that it no longer does, because it left the
window or a newer version of it was known. The sum of the entries up to a day is the aggregate as of that
day: exact, because counts and cents are integers, and linear in the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
from ibis import _

from data_contracts.catalogue import contract as contract_of
from features.expressions import Aggregate, Column, Expression, Group
from features.functions import months_after
from features.subjects import lower, versions


def key_names(group: Group) -> list[str]:
    """Columns that hold the group of a row."""
    return [f"{group.name}_{place}" for place in range(len(group.mine))]


def asked_groups(group: Group, own: Any) -> Any:
    """Groups and days that are asked about: the key columns of the group and `_as_of`."""
    names = key_names(group)
    table = own.select(*names, "_as_of").distinct()
    return table.filter(*(table[name].notnull() for name in names)) if names else table


def counted_records(aggregate: Aggregate, asked: Any) -> Any:
    """Records that count for some group and day that is asked about.

    Returns
    -------
    ibis.Table
        The group's key columns, `value`, `enters` (first day on which the record counts) and `leaves`
        (first day on which it no longer does, or null).
    """
    group, window = aggregate.group, aggregate.window
    assert group is not None
    table = _joined(aggregate)

    def leaf(part: Expression) -> Any:
        assert isinstance(part, Column)
        return table[_prefixed(part.contract or aggregate.contract, part.name)]

    event = table[_prefixed(aggregate.contract, "_event")]
    counted = months_after(event, window.skip) if window.skip else event
    ends = [table.ends]
    if window.months is not None:
        ends.append(_day_after(months_after(event, window.months)))
    value = ibis.literal(1, "int64") if aggregate.of is None else lower(aggregate.of, leaf)
    keys = zip(key_names(group), group.theirs, strict=True)
    first, last = asked._as_of.min().as_scalar(), asked._as_of.max().as_scalar()
    chosen = table.filter(event < last, *([lower(aggregate.where, leaf)] if aggregate.where else []))
    found = chosen.select(
        **{name: lower(theirs, leaf) for name, theirs in keys},
        value=value.cast("int64"),
        enters=ibis.greatest(table.starts, _day_after(counted)),
        leaves=ibis.least(*ends),
    )
    # A record that came and went before the first day, or comes after the last, changes no answer.
    found = found.filter(
        found.value.notnull(),
        found.enters <= last,
        found.leaves.isnull() | ((found.enters < found.leaves) & (found.leaves > first)),
    )
    names = key_names(group)
    return found.semi_join(asked.select(*names).distinct(), names) if names else found


def group_aggregates(group: Group, counted: Mapping[str, Any], asked: Any) -> Any:
    """Table of the group's key columns, `_as_of`, and one column for each table of counted records."""
    keys = key_names(group)
    parts = [
        asked.select(
            *keys, day=asked._as_of, measure=ibis.literal(-1), entry=ibis.literal(0, "int64")
        )
    ]
    for number, table in enumerate(counted.values()):
        measure = ibis.literal(number)
        left = table.filter(table.leaves.notnull())
        parts += [
            table.select(*keys, day=table.enters, measure=measure, entry=table.value),
            left.select(*keys, day=left.leaves, measure=measure, entry=-left.value),
        ]
    daily = ibis.union(*parts).group_by(*keys, "day").aggregate(
        asked=(_.measure == -1).any(),
        **{
            name: _.entry.sum(where=_.measure == number).fill_null(0)
            for number, name in enumerate(counted)
        },
    )
    order = ibis.window(group_by=keys, order_by="day", preceding=None, following=0)
    running = daily.mutate(**{name: daily[name].sum().over(order) for name in counted})
    return running.filter(running.asked).select(*keys, *counted, _as_of=running.day)


def _joined(aggregate: Aggregate) -> Any:
    """Records of the counted contract with those that tell more of them, joined by their keys.

    `starts` and `ends` are the days between which all of them were current and known; the joined ones
    must have happened as well (the counted record's own event is left to the window).
    """
    needed = _needed_columns(aggregate)
    counted = aggregate.contract
    table = _history(counted, needed[counted])
    starts, ends = [f"{counted}__known"], [f"{counted}__superseded"]
    for other in needed:
        if other != counted:
            right = _history(other, needed[other])
            key = contract_of(other).about.key
            same = [table[_prefixed(counted, k)] == right[_prefixed(other, k)] for k in key]
            table = table.join(right, same)
            starts.append(f"{other}__known")
            ends.append(f"{other}__superseded")
    happened = [_day_after(table[f"{other}__event"]) for other in needed if other != counted]
    return table.mutate(
        starts=ibis.greatest(*(table[name] for name in starts), *happened),
        ends=ibis.least(*(table[name] for name in ends)),
    )


def _needed_columns(aggregate: Aggregate) -> dict[str, dict[str, None]]:
    """Columns by contract that tell value, condition and group; the counted contract first."""
    needed: dict[str, dict[str, None]] = {aggregate.contract: {}}
    theirs = aggregate.group.theirs if aggregate.group else ()
    for root in (aggregate.of, aggregate.where, *theirs):
        for part in root.walk() if root is not None else ():
            if isinstance(part, Column):
                columns = needed.setdefault(part.contract or aggregate.contract, {})
                columns[part.name] = None
    for other in list(needed)[1:]:
        needed[aggregate.contract] |= dict.fromkeys(contract_of(other).about.key)
    return needed


def _history(contract: str, columns: Iterable[str]) -> Any:
    """All versions of a contract's records; columns are prefixed by the contract's name."""
    known = versions(contract)
    key = contract_of(contract).about.key
    kept = dict.fromkeys((*key, *columns, "_event", "_known", "_superseded"))
    return known.select(**{_prefixed(contract, name): known[name] for name in kept})


def _prefixed(contract: str, column: str) -> str:
    return f"{contract}_{column}"


def _day_after(day: Any) -> Any:
    return (day + ibis.interval(days=1)).cast("timestamp").cast("date")
