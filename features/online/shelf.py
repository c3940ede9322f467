"""The records of each subject in one place: what a refresh reads instead of the lake's files.

A lake's file holds a batch, one subject's records lie in hundreds of them. The shelf keeps them by subject in the
online store's database, with the columns that the views read and no others. It says nothing of its own: whatever
is not on it yet, or not with these columns, is read from the lake, and the nightly run puts it there.

Each row has a digest over all that it says, as vectors have.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake, committed_table
from data_contracts.intake.manifest import Commit
from features.engines.python.few import LakeShelf
from features.engines.python.tables import Tables
from features.engines.python.windows import Row
from features.errors import FeaturesError
from features.online.store import OnlineStore
from features.online.tables import RECORDS, SHELVED
from features.plan import Plan

_EPOCH = date(1970, 1, 1).toordinal()
_FEW = 200  # records of a file that are not worth a query; ours
_AT_ONCE = 20_000  # rows of one write: bounds memory; ours


class RecordShelf:
    """Records by subject in an online store.

    Parameters
    ----------
    store : OnlineStore
    """

    def __init__(self, store: OnlineStore) -> None:
        self._connections = store.connections
        self._lake = LakeShelf()

    def bring(self, plan: Plan, lake: Lake) -> None:
        """Put on the shelf what a lake holds of a plan's contracts and the shelf does not.

        Commits that came since are added; a contract that was never put there, or with fewer columns, is read
        whole.

        Raises
        ------
        FeaturesError
            When a file of the lake can not be read, or the store does not answer.
        """
        there, naming = self._there(), dict(plan.naming)
        batches: dict[int, str] = {}
        bringing: dict[str, list[Commit]] = {}
        for commit in lake.commits():
            batches[commit.sequence] = commit.batch
            for contract in commit.files:
                bringing.setdefault(contract, []).append(commit)
        for contract, columns in plan.columns.items():
            mine, column = bringing.get(contract), naming.get(contract)
            if not mine:
                continue
            held = there.get(contract)
            if held is not None and held.has(columns, column) and held.of(batches):
                if held.batch != mine[-1].batch:
                    for commit in mine:
                        if commit.sequence > held.reached:
                            after = _Held(held.columns, held.naming, commit.sequence, commit.batch)
                            self._put(lake, contract, after, [commit])
                continue
            kept, named = ((), None) if held is None else (held.columns, held.naming)
            merged = tuple(dict.fromkeys([*kept, *columns]))
            after = _Held(merged, column or named, mine[-1].sequence, mine[-1].batch)
            self._put(lake, contract, after, mine, whole=True)

    def records(self, plan: Plan, lake: Lake, subjects: Collection[str]) -> Tables:
        """See :class:`features.engines.python.few.Shelf`; what the shelf lacks comes from the lake's files."""
        there, naming, commits = self._there(), dict(plan.naming), lake.commits()
        newest = {contract: c for c in commits for contract in c.files}
        found: Tables = {}
        lacking = []
        for contract, columns in plan.columns.items():
            last, held = newest.get(contract), there.get(contract)
            if last is None:
                continue
            if held and held.batch == last.batch and held.has(columns, naming.get(contract)):
                found[contract] = []
            else:
                lacking.append(contract)
        for row in self._rows(subjects):
            if row.contract in found:
                held, columns = there[row.contract], plan.columns[row.contract]
                found[row.contract] += _read(row, held.columns, columns)
        if len(subjects) > 1:  # a record may name two of them
            found = {contract: list(dict.fromkeys(rows)) for contract, rows in found.items()}
        return found | (self._lake.records(plan, lake, subjects, lacking) if lacking else {})

    def _there(self) -> dict[str, _Held]:
        with self._connections.read() as connection:
            rows = connection.execute(SHELVED.select()).all()
        return {r.contract: _Held(_columns(r.columns), r.naming, r.reached, r.batch) for r in rows}

    def _rows(self, subjects: Collection[str]) -> list[Any]:
        query = RECORDS.select().where(RECORDS.c.subject_id.in_(sorted(subjects)))
        with self._connections.read() as connection:
            return list(connection.execute(query))

    def _put(
        self, lake: Lake, contract: str, after: _Held, commits: list[Commit], whole: bool = False
    ) -> None:
        """Write the records of some commits; `whole`: in the place of all that is there."""
        files = [str(lake.root / commit.files[contract]) for commit in commits]
        told = {
            "contract": contract, "columns": json.dumps(after.columns), "naming": after.naming,
            "reached": after.reached, "batch": after.batch,
        }  # fmt: skip
        with self._connections.write() as connection:
            if whole:
                connection.execute(RECORDS.delete().where(RECORDS.c.contract == contract))
            for some in _by_subject(lake, contract, after, files):
                rows = [
                    {
                        "subject_id": subject, "contract": contract, "sequence": after.reached,
                        "records": text, "seal": _seal(subject, contract, after.reached, text),
                    }
                    for subject, text in some
                ]  # fmt: skip
                connection.execute(self._connections.upsert(RECORDS), rows)
            connection.execute(self._connections.upsert(SHELVED), told)


@dataclass(frozen=True)
class _Held:
    """What the shelf holds of a contract: which columns, found by which further one, up to which commit."""

    columns: tuple[str, ...]
    naming: str | None
    reached: int
    batch: str

    def has(self, columns: Collection[str], naming: str | None) -> bool:
        """Whether records can be found by what a plan asks."""
        return set(columns) <= set(self.columns) and naming in (None, self.naming)

    def of(self, batches: Mapping[int, str]) -> bool:
        """Whether it is of a lake with these commits."""
        return batches.get(self.reached) == self.batch


@cache
def _columns(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _read(row: Any, columns: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[Row]:
    if row.seal != _seal(row.subject_id, row.contract, row.sequence, row.records):
        raise FeaturesError(
            f"records of {row.contract} in the online store were altered: they disagree with their digest.",
            hint="find out who wrote to the store; `xinqiao features materialise` makes vectors from the lake",
        )
    places, dates = _places(row.contract, columns, wanted)
    for record in json.loads(row.records):
        values = [record[place] for place in places]
        for place in dates:
            if values[place] is not None:
                values[place] = date.fromordinal(values[place] + _EPOCH)
        yield tuple(values)


@cache
def _places(
    contract: str, columns: tuple[str, ...], wanted: tuple[str, ...]
) -> tuple[list[int], list[int]]:
    """Where the wanted columns are in a kept record, and which of the wanted are dates."""
    schema = contract_of(contract).arrow_schema(system=True)
    dates = [n for n, name in enumerate(wanted) if str(schema.field(name).type) == "date32[day]"]
    return [columns.index(name) for name in wanted], dates


def _seal(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _by_subject(
    lake: Lake, contract: str, after: _Held, files: list[str]
) -> Iterator[list[tuple[str, str]]]:
    """Records of some files, as text, by the subjects that they, or earlier versions of them, name."""
    try:
        if len(files) == 1:
            table = committed_table(files[0])
            if len(table) <= _FEW and pc.max(table["_version"]).as_py() == 1:
                yield _few_by_subject(contract, after, table)
                return
        with _engine().cursor() as connection:
            answer = connection.execute(_sql(connection, lake, contract, after, files))
            while rows := answer.fetchmany(_AT_ONCE):
                yield rows
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise FeaturesError(
            f"a batch of {contract} can not be read ({type(error).__name__}).",
            hint="check the lake's files with `xinqiao contracts verify`",
        ) from error


def _few_by_subject(contract: str, after: _Held, table: pa.Table) -> list[tuple[str, str]]:
    """A handful of records without a query, which would take longer to plan."""
    found: dict[str, list[list[Any]]] = {}
    subject = contract_of(contract).about.subject
    for row in table.to_pylist():
        values = [row.get(name) for name in after.columns]
        kept = [v.toordinal() - _EPOCH if isinstance(v, date) else v for v in values]
        for who in {row[subject], row.get(after.naming or subject)}:
            if who is not None:
                found.setdefault(who, []).append(kept)
    return [(who, json.dumps(rows, ensure_ascii=False)) for who, rows in found.items()]


def _sql(
    connection: duckdb.DuckDBPyConnection, lake: Lake, contract: str, after: _Held, files: list[str]
) -> str:
    about = contract_of(contract).about
    schema = contract_of(contract).arrow_schema(system=True)
    values = ", ".join(
        f"{sql_name(name)} - DATE '1970-01-01'"
        if str(schema.field(name).type) == "date32[day]"
        else sql_name(name)
        for name in after.columns
    )
    by = dict.fromkeys([about.subject, after.naming or about.subject])
    new = lake.relation_of(contract, files)
    parts = [f"SELECT {sql_name(name)} AS s, json_array({values}) AS r FROM {new}" for name in by]
    # A version that names somebody else takes the record away from whom an earlier one named.
    moves = not set(by) <= set(about.key)
    corrected = f"SELECT count(*) FROM {new} WHERE _version > 1"
    if moves and connection.execute(corrected).fetchall()[0][0]:
        key = ", ".join(map(sql_name, about.key))
        every = lake.relation(contract)
        parts += [
            f"SELECT o.s, json_array({values}) AS r FROM {new} JOIN "
            f"(SELECT {key}, {sql_name(name)} AS s FROM {every}) AS o USING ({key}) WHERE _version > 1"
            for name in by
        ]
    together = " UNION ".join(parts) if len(parts) > 1 else parts[0]
    return (
        f"SELECT s, '[' || string_agg(r::VARCHAR, ',') || ']' FROM ({together}) "
        "WHERE s IS NOT NULL GROUP BY s"
    )
