"""Aggregates over everybody in a group, as Ibis expressions: signed streams and running sums.

A range join of every subject with all earlier records of its lender or industry would grow with the
square of the records. Instead each record gives two entries to a stream: +1 (or its value) on the first
day that it counts, and the same with a minus on the first day that it no longer does, because it left the
window or may no longer be seen (:mod:`features.visibility`). The sum of the entries up to a day is the
aggregate as of that day: exact, because counts and cents are integers, and linear in the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _

from data_contracts.catalogue import contract as contract_of
from features.expressions import Aggregate, Column, Expression, Group
from features.functions import day_after, months_after
from features.subjects import lower
from features.visibility import versions


def key_names(group: Group) -> list[str]:
    """Columns that hold the group of a row."""
    return [f"{group.name}_{place}" for place in range(len(group.mine))]


def asked_groups(group: Group, own: Any) -> Any:
    """Groups and days that are asked about: the key columns of the group and `_as_of`."""
    names = key_names(group)
    table = own.select(*names, "_as_of").distinct()
    return table.filter(*(table[name].notnull() for name in names)) if names else table


@dataclass(frozen=True)
class Source:
    """Records that several aggregates of a group are taken from: they differ in window and value only."""

    contract: str
    where: Expression | None
    others: tuple[str, ...]
    group: Group

    @classmethod
    def of(cls, aggregate: Aggregate) -> Source:
        """Source of an aggregate."""
        assert aggregate.group is not None
        others = tuple(_needed_columns([aggregate]))[1:]
        return cls(aggregate.contract, aggregate.where, others, aggregate.group)


def counted_records(source: Source, aggregates: Sequence[Aggregate], asked: Any) -> Any:
    """Records that count for some group and day that is asked about, summed up by their days.

    Returns
    -------
    ibis.Table
        The group's key columns, `event`, `starts` and `ends` (days between which the records were
        current and known), `records` (their number) and `value_0`, `value_1`, ... (sums of the values
        of the aggregates, in the order of `values_of`).
    """
    table = _joined(aggregates)

    def leaf(part: Expression) -> Any:
        assert isinstance(part, Column)
        return table[_prefixed(part.contract or source.contract, part.name)]

    first, last = asked._as_of.min().as_scalar(), asked._as_of.max().as_scalar()
    event = table[_prefixed(source.contract, "_event")]
    chosen = table.filter(event < last, *([lower(source.where, leaf)] if source.where else []))
    names = key_names(source.group)
    values = values_of(aggregates)
    found = chosen.select(
        **{n: lower(theirs, leaf) for n, theirs in zip(names, source.group.theirs, strict=True)},
        event=event,
        starts=table.starts,
        ends=table.ends,
        **{f"value_{k}": lower(value, leaf).cast("int64") for k, value in enumerate(values)},
    )
    # What came and went before the first day, or comes after the last, changes no answer.
    found = found.filter(
        found.starts <= last,
        found.ends.isnull() | ((found.starts < found.ends) & (found.ends > first)),
    )
    windows = [aggregate.window.months for aggregate in aggregates]
    if None not in windows:
        longest = max(months for months in windows if months is not None)
        found = found.filter(months_after(found.event, longest) >= first)
    if names:
        found = found.semi_join(asked.select(*names).distinct(), names)
    return found.group_by(*names, "event", "starts", "ends").aggregate(
        records=found.count(),
        **{f"value_{k}": found[f"value_{k}"].sum().fill_null(0) for k in range(len(values))},
    )


def values_of(aggregates: Sequence[Aggregate]) -> list[Expression]:
    """Distinct values that are summed up."""
    return list(dict.fromkeys(a.of for a in aggregates if a.of is not None))


def group_aggregates(
    group: Group, sources: Mapping[Source, Any], names: Mapping[Aggregate, str], asked: Any
) -> Any:
    """Table of the group's key columns, `_as_of`, and one named column for each aggregate."""
    keys = key_names(group)
    none = ibis.literal(0, "int64")
    parts = [asked.select(*keys, day=asked._as_of, measure=ibis.literal(-1), entry=none)]
    for number, aggregate in enumerate(names):
        source = Source.of(aggregate)
        sharing = [other for other in names if Source.of(other) == source]
        parts += _entries(aggregate, number, sources[source], values_of(sharing))
    daily = (
        ibis.union(*parts)
        .group_by(*keys, "day")
        .aggregate(
            asked=(_.measure == -1).any(),
            **{
                name: _.entry.sum(where=_.measure == number).fill_null(0)
                for number, name in enumerate(names.values())
            },
        )
    )
    order = ibis.window(group_by=keys, order_by="day", preceding=None, following=0)
    running = daily.mutate(**{name: daily[name].sum().over(order) for name in names.values()})
    return running.filter(running.asked).select(*keys, *names.values(), _as_of=running.day)


def _entries(
    aggregate: Aggregate, number: int, table: Any, values: Sequence[Expression]
) -> list[Any]:
    """Give the two streams of an aggregate: where records begin to count, and where they end."""
    assert aggregate.group is not None
    window = aggregate.window
    counted = months_after(table.event, window.skip) if window.skip else table.event
    ends = [table.ends]
    if window.months is not None:
        ends.append(day_after(months_after(table.event, window.months)))
    dated = table.mutate(
        enters=ibis.greatest(table.starts, day_after(counted)), leaves=ibis.least(*ends)
    )
    dated = dated.filter(dated.leaves.isnull() | (dated.enters < dated.leaves))
    value = dated.records
    if aggregate.of is not None:
        value = dated[f"value_{values.index(aggregate.of)}"]
    keys, measure = key_names(aggregate.group), ibis.literal(number)
    begin = dated.select(*keys, day=dated.enters, measure=measure, entry=value)
    end = dated.filter(dated.leaves.notnull())
    return [begin, end.select(*keys, day=dated.leaves, measure=measure, entry=-value)]


def _joined(aggregates: Sequence[Aggregate]) -> Any:
    """Records of the counted contract with those that tell more of them, joined by their keys.

    `starts` and `ends` are the days between which all of them may be seen; the joined ones
    must have happened as well (the counted record's own event is left to the windows).
    """
    needed = _needed_columns(aggregates)
    counted, *others = needed
    table = _history(counted, needed[counted])
    for other in others:
        right = _history(other, needed[other])
        key = contract_of(other).about.key
        table = table.join(
            right, [table[_prefixed(counted, k)] == right[_prefixed(other, k)] for k in key]
        )
    happened = [day_after(table[_prefixed(other, "_event")]) for other in others]
    begin = [table[_prefixed(contract, "_from")] for contract in needed]
    end = [table[_prefixed(contract, "_until")] for contract in needed]
    return table.mutate(starts=ibis.greatest(*begin, *happened), ends=ibis.least(*end))


def _needed_columns(aggregates: Sequence[Aggregate]) -> dict[str, dict[str, None]]:
    """Columns by contract that tell value, condition and group; the counted contract first."""
    counted = aggregates[0].contract
    needed: dict[str, dict[str, None]] = {counted: {}}
    for aggregate in aggregates:
        theirs = aggregate.group.theirs if aggregate.group else ()
        for root in (aggregate.of, aggregate.where, *theirs):
            for part in root.walk() if root is not None else ():
                if isinstance(part, Column):
                    needed.setdefault(part.contract or counted, {})[part.name] = None
    for other in list(needed)[1:]:
        needed[counted] |= dict.fromkeys(contract_of(other).about.key)
    return needed


def _history(contract: str, columns: Iterable[str]) -> Any:
    """All versions of a contract's records; columns are prefixed by the contract's name."""
    columns = list(columns)
    known = versions(contract, columns)
    key = contract_of(contract).about.key
    kept = dict.fromkeys((*key, *columns, "_event", "_from", "_until"))
    return known.select(**{_prefixed(contract, name): known[name] for name in kept})


def _prefixed(contract: str, column: str) -> str:
    return f"{contract}_{column}"
