"""From a declared view to the steps that compute it: one compiled plan for batches and for one subject.

A plan names tables and holds Ibis expressions over them; it knows no data and no engine, so that it is
compiled once for each view and can be run again, or written in the SQL of another engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops

from data_contracts.catalogue import contract as contract_of
from data_contracts.lawful import CONSENT
from features.consents import needed_consents, with_consents
from features.expressions import Aggregate, Column, Expression, Group
from features.owners import LINKED
from features.policy import REPAIR, REPAIRED_BY
from features.populations import (
    Source,
    asked_groups,
    counted_records,
    group_aggregates,
    key_names,
)
from features.subjects import SPINE, lower, own_aggregates, supplied_name
from features.view import FeatureView
from features.visibility import LAKE

RESULT = "vectors"
"""Name of the last step: `_row`, one column for each feature, and for each contract with own aggregates a
flag (:func:`features.subjects.supplied_name`) that tells whether any record was seen."""


_COUNTED, _AMONG = "counted_", "among_"


@dataclass(frozen=True)
class Step:
    """One table of the plan.

    Attributes
    ----------
    name : str
        Name that later steps read it by.
    title : str
        What is being done, for people.
    table : ibis.Table
    """

    name: str
    title: str
    table: Any

    @cached_property
    def sql(self) -> str:
        """The step in DuckDB's SQL."""
        return str(ibis.to_sql(self.table, dialect="duckdb", pretty=False))

    @cached_property
    def reads(self) -> tuple[Any, ...]:
        """The tables that it reads, found once: there are hundreds of nodes in a step."""
        return tuple(self.table.op().find(ops.UnboundTable))

    @property
    def counts(self) -> bool:
        """Whether it counts the records of everybody in a group, or sums such counts up."""
        return self.name.startswith((_COUNTED, _AMONG))

    @property
    def sums(self) -> bool:
        """Whether it sums up what steps before it counted."""
        return self.name.startswith(_AMONG)

    @property
    def ref(self) -> Any:
        """The step's result, to be read by a later one."""
        return ibis.table(self.table.schema(), name=self.name)


@dataclass(frozen=True)
class Plan:
    """Steps in the order of their execution, and the contracts whose records they read.

    The contracts are those of the view's features and those that the policy asks, such as consents.

    Attributes
    ----------
    contracts : tuple of str
    steps : tuple of Step
    naming : tuple of (contract, column)
        Contracts whose records, whoever's they are, count for the subject that a column of them names, such as
        the guarantees that others gave for it.
    """

    contracts: tuple[str, ...]
    steps: tuple[Step, ...]
    naming: tuple[tuple[str, str], ...] = ()

    def __hash__(self) -> int:
        """Hash of the steps, found once: what is compiled is kept by it."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.contracts, self.steps, self.naming))

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Columns of the lake's records that the steps read, by contract."""
        return _reads(self.steps)

    @cached_property
    def whole(self) -> frozenset[str]:
        """Contracts of which a step reads everybody's records, not only those that name the subjects."""
        counted = _reads(step for step in self.steps if step.name.startswith(_COUNTED))
        return frozenset(counted) - {contract for contract, _ in self.naming}


def _reads(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for step in steps:
        for field in step.table.op().find(ops.Field):
            if isinstance(field.rel, ops.UnboundTable) and field.rel.name.startswith(LAKE):
                found.setdefault(field.rel.name.removeprefix(LAKE), {})[field.name] = None
    return {contract: tuple(columns) for contract, columns in found.items()}


@lru_cache(maxsize=32)
def compile_view(view: FeatureView, linked: bool = False) -> Plan:
    """Compile a view.

    Parameters
    ----------
    view : FeatureView
    linked : bool
        Whether the spine has a line for each id of whom is asked about (:data:`features.owners.LINKED`).

    Returns
    -------
    Plan
        The last step is called :data:`RESULT`.
    """
    names: dict[Aggregate, str] = {}
    for feature in view.declared:
        for part in feature.value.walk():
            if isinstance(part, Aggregate):
                names.setdefault(part, f"a{len(names)}")
    steps: list[Step] = []

    def step(name: str, title: str, table: Any) -> Any:
        steps.append(Step(name, title, table))
        return steps[-1].ref

    needed = needed_consents(names)
    asking = LINKED if linked else SPINE
    spine = step("asked", "consents", with_consents(asking, needed)) if needed else asking
    own = _own(names, step, spine)
    answers = own
    groups = list(dict.fromkeys(a.group for a in names if a.group is not None))
    for group in groups:
        among = {a: name for a, name in names.items() if a.group == group}
        answers = _among(group, among, own, answers, step)
    answer = {f.name: _output(f.value, f.kind, answers, names) for f in view.declared}
    supplied = {name: answers[name] for name in map(supplied_name, own_contracts(view))}
    step(RESULT, "vectors", answers.select("_row", **answer, **supplied))
    asked = {CONSENT} if needed else set()
    if any(contract in REPAIRED_BY for contract in view.contracts):
        asked.add(REPAIR)
    contracts = tuple(sorted(asked.union(view.contracts)))
    return Plan(contracts, tuple(steps), tuple(sorted(_naming(names))))


def _naming(names: Iterable[Aggregate]) -> set[tuple[str, str]]:
    """Contracts that are counted for the subject that a column names, and for no other group."""
    found: set[tuple[str, str]] = set()
    others: set[str] = set()
    for aggregate in names:
        group = aggregate.group
        if group is None:
            continue
        column = _named_subject(group)
        source = Source.of(aggregate)
        if column is None or source.others:
            others |= {source.contract, *source.others}
        else:
            found.add((source.contract, column))
    return {(contract, column) for contract, column in found if contract not in others}


def _named_subject(group: Group) -> str | None:
    """Column of the counted records that names the subject itself, where that is what tells the group."""
    match group.mine, group.theirs:
        case (Aggregate(group=None, of=Column(contract, mine)),), (Column("", theirs),):
            return theirs if mine == contract_of(contract).about.subject else None
    return None


def contracts_read(view: FeatureView) -> tuple[str, ...]:
    """Contracts that a view's values are made from: its plan's, and those of the network of relations."""
    from features.relations.records import CONTRACTS

    related = CONTRACTS if view.of_groups else ()
    return tuple(sorted({*compile_view(view).contracts, *related}))


@lru_cache(maxsize=64)
def own_contracts(view: FeatureView) -> tuple[str, ...]:
    """Contracts of which the subject's own records are read, first use first."""
    parts = (part for feature in view.declared for part in feature.value.walk())
    own = (p.contract for p in parts if isinstance(p, Aggregate) and p.group is None)
    return tuple(dict.fromkeys(own))


def _own(names: dict[Aggregate, str], step: Any, spine: Any) -> Any:
    """Spine with the subjects' own aggregates and the groups that they belong to."""
    contracts: dict[str, dict[Aggregate, str]] = {}
    for aggregate, name in names.items():
        if aggregate.group is None:
            contracts.setdefault(aggregate.contract, {})[aggregate] = name
    # One contract needs no step of its own.
    several = len(contracts) > 1 or any(a.group is not None for a in names)
    linked = "_owner" in spine.columns
    table: Any = spine.filter(spine._subject == spine._owner) if linked else spine
    for contract, wanted in contracts.items():
        own = own_aggregates(contract, wanted, spine)
        found = step(f"own_{contract}", f"records {contract}", own) if several else own
        supplied = supplied_name(contract)
        joined = table.left_join(found, "_row")
        table = joined.select(
            table, *wanted.values(), **{supplied: joined[supplied].fill_null(False)}
        )
    keys: dict[str, Any] = {}
    for group in dict.fromkeys(a.group for a in names if a.group is not None):
        for name, mine in zip(key_names(group), group.mine, strict=True):
            keys[name] = _subject_value(mine, table, names)
    # Only groups read it more than once.
    return step("own", "records joined", table.mutate(**keys)) if keys else table


def _among(group: Group, names: dict[Aggregate, str], own: Any, answers: Any, step: Any) -> Any:
    """Add the aggregates over everybody in a group to the answers."""
    asked = step(f"asked_{group.name}", f"{group.name} asked", asked_groups(group, own))
    sharing: dict[Source, list[Aggregate]] = {}
    for aggregate in names:
        sharing.setdefault(Source.of(aggregate), []).append(aggregate)
    sources = {
        source: step(
            f"{_COUNTED}{group.name}_{number}",
            f"{group.name} records",
            counted_records(source, aggregates, asked),
        )
        for number, (source, aggregates) in enumerate(sharing.items())
    }
    running = group_aggregates(group, sources, names, asked)
    table = step(f"{_AMONG}{group.name}", f"{group.name} sums", running)
    found = answers.left_join(table, [*key_names(group), "_as_of"])
    return found.select(answers, *names.values())


def _subject_value(value: Expression, table: Any, names: dict[Aggregate, str]) -> Any:
    def leaf(part: Expression) -> Any:
        assert isinstance(part, Aggregate)
        return table[names[part]]

    return lower(value, leaf, table._as_of)


def _output(value: Expression, kind: str, table: Any, names: dict[Aggregate, str]) -> Any:
    return _subject_value(value, table, names).cast("float64" if kind == "number" else "string")
