"""Late, corrected and dirty records on request, with a ledger of what was made wrong.

The ledger names every rule that must catch a dirty record: the one that it was made for, and those that it
breaks by nature, found by reading the record in plain Python (``faults``, ``between``). A correction is
delivered in a second file: the first version of the record was wrong, though within its bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.between import between_faults
from data_contracts.city.clock import Settings
from data_contracts.city.faults import faults
from data_contracts.city.spoil import REPEATED, spoils
from data_contracts.city.way import Row, Spoil
from data_contracts.contract import Contract
from data_contracts.errors import ContractsError
from data_contracts.rules import cross_checks

LEDGER_SCHEMA = pa.schema(
    [
        pa.field("contract", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("original", pa.string()),
        pa.field("written", pa.string()),
        pa.field("rules", pa.string(), nullable=False),
    ]
)
"""``line`` counts the records of the contract's file from 1; ``rules`` are joined by semicolons."""

LATE, CORRECTED = "late", "corrected"
_OF_BOTH = {"DR-03"}
"""Rules that speak of one record and of several: the reading of the record may have named them."""
PUBLISHED = 0.6
"""Share of the dirty records of the credit message that break a published rule, where their state allows it."""


@dataclass(frozen=True)
class Wishes:
    """Shares of records to spoil; a record is spoilt in one way at most."""

    dirty: float = 0.0
    late: float = 0.0
    corrected: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        for name, share in (
            ("dirty", self.dirty),
            ("late", self.late),
            ("corrected", self.corrected),
        ):
            if not 0 <= share <= 0.5:
                raise ContractsError(f"--{name} {share} is no share.", expected="0 to 0.5")


@dataclass
class Ledger:
    """What was made wrong, entry by entry."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        """Number of entries."""
        return len(self.entries)

    def table(self) -> pa.Table:
        """All entries, in the order of contracts and lines."""
        return pa.Table.from_pylist(self.entries, schema=LEDGER_SCHEMA)


class Dirt:
    """Spoils the records of one contract as they pass by."""

    def __init__(
        self, contract: type[Contract], settings: Settings, wishes: Wishes, ledger: Ledger
    ) -> None:
        self.contract, self.wishes, self.ledger = contract, wishes, ledger
        self.rng = settings.random("dirt", contract.about.name)
        self.ways = spoils(contract)
        self.used = [0] * len(self.ways)
        self.lines = 0
        self.first = len(ledger)
        self.corrected: list[pa.Table] = []

    def spoil(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Pass records on, some of them late, wrong at first, or dirty."""
        for table in tables:
            spoilt = self._spoil(table) if self.wishes != Wishes() and table.num_rows else table
            spoilt = _loose(spoilt)
            self.lines += spoilt.num_rows
            yield spoilt

    def corrections(self) -> pa.Table | None:
        """Later versions of the records that were wrong at first; None if there are none."""
        return _loose(pa.concat_tables(self.corrected)) if self.corrected else None

    def conclude(self, path: Path) -> None:
        """Add to the ledger what only the written file tells: the rules between records."""
        entries = [
            entry for entry in self.ledger.entries[self.first :]
            if entry["kind"] not in (LATE, CORRECTED)
        ]  # fmt: skip
        if not entries:
            return
        found = between_faults(self.contract, path, [entry["line"] for entry in entries])
        across = {check.rule_id for check in cross_checks(self.contract)} - _OF_BOTH
        for entry in entries:
            named = [rule for rule in entry["rules"].split(";") if rule and rule not in across]
            more = sorted(found.get(entry["line"], set()) - set(named))
            entry["rules"] = ";".join([*named, *more])

    def _spoil(self, table: pa.Table) -> pa.Table:
        draw = self.rng.random(table.num_rows)
        wishes = self.wishes
        late = np.flatnonzero(draw < wishes.late)
        corrected = np.flatnonzero((draw >= wishes.late) & (draw < wishes.late + wishes.corrected))
        dirty = np.flatnonzero(
            (draw >= 1 - wishes.dirty) & (draw >= wishes.late + wishes.corrected)
        )
        changed = self._late(table, late)
        changed = self._corrected(table, changed, corrected)
        return self._dirty(table, changed, dirty)

    def _late(self, table: pa.Table, rows: np.ndarray) -> pa.Table:
        if not len(rows):
            return table
        known = table["_known"].cast(pa.int32()).to_numpy().copy()
        before = known[rows].copy()
        known[rows] += self.rng.integers(30, 181, len(rows)).astype(np.int32)
        for row, was, record in zip(rows, before, self._rows(table, rows), strict=True):
            self._enter(record, int(row), LATE, "_known", _day(int(was)), _day(int(known[row])), ())
        place = table.schema.get_field_index("_known")
        return table.set_column(
            place, table.schema.field(place), pa.array(known, pa.int32()).cast(pa.date32())
        )

    def _corrected(self, clean: pa.Table, table: pa.Table, rows: np.ndarray) -> pa.Table:
        in_rules = {side for rule in self.contract.rules for side in (rule.left, rule.right)}
        names = [
            column.name
            for column in self.contract.columns()
            if column.kind is int
            and column.name.endswith(("_cents", "_count", "people", "employees"))
            and column.name not in in_rules | set(self.contract.about.key)
        ]
        if not len(rows) or not names or "status_24" in self.contract.model_fields:
            return table
        records = self._rows(clean, rows)
        changes: dict[str, dict[int, Any]] = {}
        kept: list[int] = []
        for row, record in zip(rows, records, strict=True):
            name = names[int(self.rng.integers(len(names)))]
            was = record[name]
            most = self.contract.column(name).item.le
            # A digit too many: the commonest slip of the pen.
            wrong = None if was is None else was * 10 + 100
            if wrong is None or not isinstance(most, int | float) or wrong > most:
                continue
            changes.setdefault(name, {})[int(row)] = wrong
            kept.append(int(row))
            self._enter(record, int(row), CORRECTED, name, str(was), str(wrong), ())
        if kept:
            part = clean.take(pa.array(kept))
            known = part["_known"].cast(pa.int32()).to_numpy() + self.rng.integers(
                20, 91, len(kept)
            )
            days = pa.array(known.astype(np.int32)).cast(pa.date32())
            self.corrected.append(
                part.set_column(part.num_columns - 1, part.schema.field("_known"), days)
            )
        return _replaced(table, changes)

    def _dirty(self, clean: pa.Table, table: pa.Table, rows: np.ndarray) -> pa.Table:
        changes: dict[str, dict[int, Any]] = {}
        repeated: list[int] = []
        beside: list[tuple[int, Row, Spoil, Row]] = []
        for row, record in zip(rows, self._rows(clean, rows), strict=True):
            done = self._one(record)
            if done is None:
                continue
            way, changed = done
            if way.kind == REPEATED:
                repeated.append(int(row))
                line = clean.num_rows + len(repeated) - 1
                self._enter(record, line, way.kind, way.column, None, None, way.rules)
            elif way.extra:
                beside.append((int(row), record, way, changed))
                if way.both:
                    self._enter(record, int(row), way.kind, way.column, None, None, ())
            else:
                for name, value in changed.items():
                    changes.setdefault(name, {})[int(row)] = value
                self._enter_change(record, int(row), way, changed)
        parts = [_replaced(_loose(table), changes)]
        if repeated:
            parts.append(_loose(clean.take(pa.array(repeated))))
        line = sum(part.num_rows for part in parts)
        for place, (row, record, way, changed) in enumerate(beside):
            twin = _loose(clean.slice(row, 1))
            parts.append(_replaced(twin, {name: {0: value} for name, value in changed.items()}))
            self._enter_change(record, line + place, way, changed)
        return pa.concat_tables(parts)

    def _one(self, record: Row) -> tuple[Spoil, Row] | None:
        """A way to spoil this record, and its changed columns; None if none fits.

        Ways that were used least come first, so that what few records suit is not missed.
        """
        order = [int(place) for place in self.rng.permutation(len(self.ways))]
        # Else the published rules would drown among the many columns.
        ahead = self.rng.random() < PUBLISHED
        order.sort(key=lambda place: (ahead and not self.ways[place].published, self.used[place]))
        for place in order:
            way = self.ways[place]
            changed = way.change(record)
            if changed and (way.kind == REPEATED or record[way.column] != changed[way.column]):
                self.used[place] += 1
                return way, changed
        return None

    def _enter_change(self, record: Row, row: int, way: Spoil, changed: Row) -> None:
        broken = faults(self.contract, {**record, **changed})
        also = tuple(sorted(broken - set(way.rules)))
        self._enter(
            record, row, way.kind, way.column,
            _text(record[way.column]), _text(changed[way.column]), (*way.rules, *also),
        )  # fmt: skip

    def _rows(self, table: pa.Table, rows: np.ndarray) -> list[Row]:
        found: list[Row] = table.take(pa.array(rows)).to_pylist()
        return found

    def _enter(
        self,
        record: Row,
        row: int,
        kind: str,
        column: str,
        original: str | None,
        written: str | None,
        rules: tuple[str, ...],
    ) -> None:
        key = "|".join(str(record[name]) for name in self.contract.about.key)
        self.ledger.entries.append(
            {
                "contract": self.contract.about.name,
                "line": self.lines + row + 1,
                "key": key,
                "kind": kind,
                "column": column,
                "original": original,
                "written": written,
                "rules": ";".join(rules),
            }
        )


def loose(schema: pa.Schema) -> pa.Schema:
    """The same columns, any of whose values may be null: a dirty record may lack what it needs."""
    return pa.schema([one.with_nullable(True) for one in schema])


def _loose(table: pa.Table) -> pa.Table:
    return table.cast(loose(table.schema))


def _replaced(table: pa.Table, changes: dict[str, dict[int, Any]]) -> pa.Table:
    for name, values in changes.items():
        place = table.schema.get_field_index(name)
        kind = table.schema.field(place).type
        mask = np.zeros(table.num_rows, dtype=bool)
        mask[list(values)] = True
        filled = pa.array([values[row] for row in sorted(values)], kind)
        column = table.column(place).combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks)
        made = pc.replace_with_mask(column, pa.array(mask), filled)
        table = table.set_column(place, table.schema.field(place), made)
    return table


def _day(days: int) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + days).isoformat()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
