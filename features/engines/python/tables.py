"""Ibis tables as plain Python: every step of a plan becomes one function over lists of rows.

A chain of filters, projections and joins is one loop; whatever needs all rows at once (a sorted group, an
aggregate, the other side of a join, a table that is read twice) is a list or a dictionary before it. Only the
columns that somebody reads are written. So a step over a handful of records costs microseconds, where a database
spends milliseconds on planning it; the meaning is the plan's own, because nothing but the plan is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from math import fsum
from typing import Any

import ibis.expr.operations as ops

from features.engines.python.reading import (
    arguments,
    found_in,
    is_whole,
    sides,
    tables_read,
    taken,
    wanted_columns,
    windows_of,
)
from features.engines.python.values import Source, Term, listed, row_of
from features.engines.python.windows import Row, lead, placed, running
from features.errors import FeaturesError
from features.plan import Plan

Tables = dict[str, list[Row]]
Columns = dict[str, Term]
Use = Callable[[Columns], None]

_NESTED = 8
"""Joins that are written as loops in one another."""

_NEVER_NULL = frozenset(
    ("_row", "_subject", "_as_of", "_owner", "_alone", "_event", "_known", "_version", "_withdrawn")
)
"""Columns of a spine and of the lake that always have a value."""


def python_steps(plan: Plan) -> tuple[Callable[[Tables], list[Row]], ...]:
    """Give each step of a plan as a function from the tables before it to its rows, in the order of its columns.

    The lake's tables have the columns of :attr:`features.plan.Plan.columns`.

    Raises
    ------
    FeaturesError
        When the plan holds an operation that has no form in plain Python; it names the step.
    """
    return _compiled(plan)


@lru_cache(maxsize=32)
def _compiled(plan: Plan) -> tuple[Callable[[Tables], list[Row]], ...]:
    made = []
    for step in plan.steps:
        try:
            made.append(_Step(step.table.op(), plan.columns).function(step.name))
        except FeaturesError as error:
            raise FeaturesError(f"{step.title}: {error.problem}", hint=error.hint) from error
    return tuple(made)


class _Step:
    """Writes the function of one table."""

    def __init__(self, root: Any, lake: Mapping[str, tuple[str, ...]]) -> None:
        self._root, self._lake = root, lake
        self._order = root.find(ops.Relation, ordered=True)
        self._wanted = wanted_columns(self._order, root)
        self._source = Source()
        self._lists: dict[Any, tuple[str, dict[str, bool]]] = {}
        self._joined: dict[Any, tuple[str, dict[str, bool]]] = {}

    def function(self, name: str) -> Callable[[Tables], list[Row]]:
        """Compile."""
        read = Counter(other for rel in self._order for other in tables_read(rel))
        for rel in self._order:
            if isinstance(rel, ops.JoinChain):
                for link in rel.rest:
                    self._table_to_join(link)
            elif isinstance(rel, ops.UnboundTable | ops.JoinReference):
                continue
            if rel is self._root or read[rel] > 1 or is_whole(rel):
                self._list(rel)
        result = self._lists[self._root][0]
        text = "\n".join(["def step(tables):", *self._source.lines, f"    return {result}"])
        names = self._source.names | {
            "fsum": fsum,
            "lead": lead,
            "placed": placed,
            "running": running,
        }
        exec(compile(text, f"<{name}>", "exec"), names)
        made: Callable[[Tables], list[Row]] = names["step"]
        return made

    # ---- rows one by one --------------------------------------------------------------------

    def _each(self, rel: Any, use: Use) -> None:
        """Write the loop over a table's rows, with what is done with each."""
        if rel in self._lists:
            name, nullable = self._lists[rel]
            self._loop(rel, name, nullable, use)
            return
        match rel:
            case ops.UnboundTable():
                self._scan(rel, use)
            case ops.Filter():
                self._each(rel.parent, lambda columns: self._filtered(rel, columns, use))
            case ops.Project():
                self._each(rel.parent, lambda columns: self._projected(rel, columns, use))
            case ops.DropColumns():
                self._each(rel.parent, lambda columns: self._given(rel, columns, use))
            case ops.JoinChain():
                self._join(rel, use)
            case _:
                raise FeaturesError(
                    f"the table {type(rel).__name__} has no form in plain Python.",
                    hint="add it to features/engines/python/tables.py",
                )

    def _scan(self, rel: Any, use: Use) -> None:
        contract = rel.name.removeprefix("lake_")
        there = self._lake[contract] if rel.name != contract else tuple(rel.schema.names)
        nullable = {name: name not in _NEVER_NULL for name in there}
        self._loop(rel, f"tables[{rel.name!r}]", nullable, use)

    def _loop(self, rel: Any, rows: str, nullable: dict[str, bool], use: Use) -> None:
        row = self._source.fresh("r")
        with self._source.block(f"for {row} in {rows}:"):
            columns = {}
            for place, (name, may) in enumerate(nullable.items()):
                if name in self._wanted[rel]:
                    columns[name] = Term(self._source.fresh(), may)
                    self._source.put(f"{columns[name].text} = {row}[{place}]")
            self._given(rel, columns, use)

    def _given(self, rel: Any, columns: Columns, use: Use) -> None:
        """Make the columns of a row known, and go on."""
        for name in self._wanted[rel]:
            self._source.known[ops.Field(rel, name)] = columns[name]
        use({name: columns[name] for name in self._wanted[rel]})

    def _filtered(self, rel: Any, columns: Columns, use: Use) -> None:
        self._only(rel.predicates)
        self._given(rel, columns, use)

    def _only(self, conditions: Iterable[Any]) -> None:
        for condition in conditions:
            if isinstance(condition, ops.And):
                self._only((condition.left, condition.right))
            else:
                self._source.put(f"if not {self._source.value(condition).text}: continue")

    def _projected(self, rel: Any, columns: Columns, use: Use) -> None:
        wanted = self._wanted[rel]
        values = {name: value for name, value in rel.values.items() if name in wanted}
        self._given(rel, {n: self._source.value(value) for n, value in values.items()}, use)

    # ---- joins --------------------------------------------------------------------------------

    def _table_to_join(self, link: Any) -> None:
        """Write the other side of a join as a dictionary by its key: its rows, or only that there are any."""
        _, theirs, others = sides(link)
        if (others and link.how != "inner") or not theirs:
            raise FeaturesError(f"a {link.how} join by ranges has no form in plain Python.")
        name, wanted = self._source.fresh("j"), self._wanted[link.table]
        nullable: dict[str, bool] = {}

        def use(columns: Columns) -> None:
            for column, term in columns.items():
                self._source.known[ops.Field(link.table, column)] = term
            keys = [self._source.value(key) for key in theirs]
            for key in keys:
                if key.nullable:
                    self._source.put(f"if {key.text} is None: continue")
            nullable.update({n: columns[n].nullable or link.how == "left" for n in wanted})
            if link.how in ("semi", "anti"):
                self._source.put(f"{name}[{listed(keys)}] = True")
            else:
                row = row_of(columns[n] for n in wanted)
                self._source.put(f"{name}.setdefault({listed(keys)}, []).append({row})")

        self._source.put(f"{name} = {{}}")
        self._each(link.table.parent, use)
        self._joined[link] = name, nullable

    def _join(self, rel: Any, use: Use) -> None:
        """Write the loops of a chain of joins, a few at a time: Python nests no more than 20 blocks."""
        first, links = rel.first, list(rel.rest)
        fields = [ops.Field(first, name) for name in self._wanted[first]]
        terms: dict[Any, Term] = {}

        def start(then: Callable[[], None]) -> None:
            def known(columns: Columns) -> None:
                for name in self._wanted[first]:
                    self._source.known[ops.Field(first, name)] = columns[name]
                then()

            self._each(first.parent, known)

        def rows(name: str, fields: list[Any], then: Callable[[], None]) -> None:
            row = self._source.fresh("r")
            with self._source.block(f"for {row} in {name}:"):
                self._unpack(row, {field: terms[field].nullable for field in fields})
                then()

        while len(links) > _NESTED:
            some, links = links[:_NESTED], links[_NESTED:]
            joined = [link.table for link in some if link.how in ("inner", "left")]
            fields = fields + [ops.Field(t, name) for t in joined for name in self._wanted[t]]
            name = self._source.fresh("t")

            def keep(name: str = name, fields: list[Any] = fields) -> None:
                terms.update({field: self._source.known[field] for field in fields})
                row = row_of(terms[field] for field in fields)
                self._source.put(f"{name}.append({row})")

            self._source.put(f"{name} = []")
            start(lambda some=some, keep=keep: self._links(some, keep))  # type: ignore[misc]
            start = partial(rows, name, fields)
        values = {name: rel.values[name] for name in self._wanted[rel]}

        def done() -> None:
            self._given(rel, {n: self._source.value(value) for n, value in values.items()}, use)

        start(lambda: self._links(links, done))

    def _links(self, links: list[Any], then: Callable[[], None]) -> None:
        if not links:
            then()
            return
        link, *rest = links
        mine, _, others = sides(link)
        key = listed(self._source.value(value) for value in mine)
        name, nullable = self._joined[link]
        if link.how in ("semi", "anti"):
            never = "not in" if link.how == "semi" else "in"
            self._source.put(f"if {key} {never} {name}: continue")
            self._links(rest, then)
            return
        none = f"({row_of(Term('None') for _ in nullable)},)" if link.how == "left" else "()"
        row = self._source.fresh("r")
        with self._source.block(f"for {row} in {name}.get({key}, {none}):"):
            self._unpack(row, {ops.Field(link.table, n): may for n, may in nullable.items()})
            self._only(others)
            self._links(rest, then)

    def _unpack(self, row: str, nullable: Mapping[Any, bool]) -> None:
        """Make what a row holds known."""
        for place, (value, may) in enumerate(nullable.items()):
            term = Term(self._source.fresh(), may)
            self._source.put(f"{term.text} = {row}[{place}]")
            self._source.known[value] = term

    # ---- tables that are whole before they are read ------------------------------------------

    def _list(self, rel: Any) -> None:
        """Write a table as a list of rows."""
        name, wanted = self._source.fresh("t"), self._wanted[rel]
        nullable = dict.fromkeys(wanted, False)

        def use(columns: Columns) -> None:
            for column in wanted:
                nullable[column] |= columns[column].nullable
            self._source.put(f"{name}.append({row_of(columns[column] for column in wanted)})")

        self._source.put(f"{name} = []")
        match rel:
            case ops.Union():
                for side in (rel.left, rel.right):
                    self._each(side, use)
                if rel.distinct:
                    self._source.put(f"{name} = list(dict.fromkeys({name}))")
            case ops.Distinct():
                self._each(rel.parent, use)
                self._source.put(f"{name} = list(dict.fromkeys({name}))")
            case ops.Aggregate():
                self._aggregate(rel, use)
            case ops.Project() if windows_of(rel):
                self._ordered(rel, use)
            case _:
                self._each(rel, use)
        self._lists[rel] = name, nullable
        scalar = ops.ScalarSubquery(rel) if len(rel.schema) == 1 else None
        if scalar is not None:
            self._source.known[scalar] = Term(f"({name}[0][0] if {name} else None)")

    def _aggregate(self, rel: Any, use: Use) -> None:
        """Write the values that each aggregate takes as lists by group, then what becomes of them."""
        source, wanted = self._source, self._wanted[rel]
        metrics = {name: metric for name, metric in rel.metrics.items() if name in wanted}
        reductions = {
            node: None for metric in metrics.values() for node in found_in(metric, ops.Reduction)
        }
        places: dict[Any, int] = {}
        conditions: dict[Any, dict[Any, None]] = {}
        for node in reductions:
            if type(node) not in _RESULTS:
                raise FeaturesError(
                    f"the aggregate {type(node).__name__} has no form in plain Python.",
                    hint="add it to features/engines/python/tables.py",
                )
            places.setdefault((taken(node), node.where), len(places))
            conditions.setdefault(node.where, {})[taken(node)] = None
        groups, nullable = source.fresh("g"), list[bool]()
        empty = f"[{', '.join('[]' for _ in places)}]"

        def take(_columns: Columns) -> None:
            keys = [source.value(value) for value in rel.groups.values()]
            nullable[:] = [key.nullable for key in keys]
            state = source.fresh("s")
            source.put(f"{state} = {groups}.get({listed(keys)})")
            with source.block(f"if {state} is None:"):
                source.put(f"{state} = {groups}[{listed(keys)}] = {empty}")
            for condition, wants in conditions.items():
                test = "True" if condition is None else source.value(condition).text
                with source.block(f"if {test}:"):
                    for what in wants:
                        term = Term("1", nullable=False) if what is None else source.value(what)
                        there = f"if {term.text} is not None: " if term.nullable else ""
                        place = places[what, condition]
                        source.put(f"{there}{state}[{place}].append({term.text})")

        source.put(f"{groups} = {'{}' if rel.groups else f'{{(): {empty}}}'}")
        self._each(rel.parent, take)
        key, state = source.fresh("k"), source.fresh("s")
        with source.block(f"for {key}, {state} in {groups}.items():"):
            for node in reductions:
                form, may = _RESULTS[type(node)]
                what, found = taken(node), source.fresh()
                total = "fsum" if what is not None and what.dtype.is_floating() else "sum"
                values = f"{state}[{places[what, node.where]}]"
                source.put(f"{found} = {form.format(values, total)}")
                source.known[node] = Term(found, may)
            columns: Columns = {}
            for place, name in enumerate(rel.groups):
                text = key if len(rel.groups) == 1 else f"{key}[{place}]"
                columns[name] = Term(text, nullable[place])
            columns |= {name: source.value(metric) for name, metric in metrics.items()}
            use({name: columns[name] for name in wanted})

    def _ordered(self, rel: Any, use: Use) -> None:
        """Write a projection that looks at the other rows of a group."""
        source, windows = self._source, windows_of(rel)
        fields = [ops.Field(rel.parent, name) for name in self._wanted[rel.parent]]
        asked = (
            [*w.group_by, *(key.arg for key in w.order_by), *arguments(w)] for w in windows
        )  # fmt: skip
        parts = dict.fromkeys([*fields, *(part for some in asked for part in some)])
        rows, terms = source.fresh("t"), dict[Any, Term]()

        def take(_columns: Columns) -> None:
            terms.update({part: source.value(part) for part in parts})
            source.put(f"{rows}.append({row_of(terms.values())})")

        source.put(f"{rows} = []")
        self._each(rel.parent, take)
        places = {part: place for place, part in enumerate(parts)}
        lists = [rows]
        for window in windows:
            if type(window.func) not in _WINDOWS:
                raise FeaturesError(f"no {type(window.func).__name__} over rows in plain Python.")
            told = [
                tuple(places[part] for part in window.group_by),
                tuple((places[key.arg], key.ascending) for key in window.order_by),
                *(places[part] for part in arguments(window)),
            ]
            lists.append(source.fresh("w"))
            given = ", ".join(map(repr, told))
            source.put(f"{lists[-1]} = {_WINDOWS[type(window.func)]}({rows}, {given})")
        row, names = source.fresh("r"), [source.fresh() for _ in windows]
        with source.block(f"for {', '.join([row, *names])} in zip({', '.join(lists)}):"):
            self._unpack(row, {part: terms[part].nullable for part in parts})
            for window, name in zip(windows, names, strict=True):
                source.known[window] = Term(name, isinstance(window.func, ops.Lead))
            self._projected(rel, {}, use)


_RESULTS: dict[type, tuple[str, bool]] = {
    ops.CountStar: ("len({0})", False),
    ops.CountDistinct: ("len(set({0}))", False),
    ops.Sum: ("{1}({0}) if {0} else None", True),
    ops.Mean: ("{1}({0}) / len({0}) if {0} else None", True),
    ops.Max: ("max({0}, default=None)", True),
    ops.Min: ("min({0}, default=None)", True),
    ops.Any: ("any({0}) if {0} else None", True),
}
"""What becomes of the values that an aggregate takes, and whether it may be None."""

_WINDOWS = {ops.Lead: "lead", ops.RowNumber: "placed", ops.Sum: "running"}
