"""Records of one subject as they were visible on a day, read from the lake for reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from data_contracts.catalogue import all_contracts
from data_contracts.contract import Contract
from data_contracts.intake.lake import Lake


@dataclass(frozen=True)
class Record:
    """One record in the version that was known.

    Attributes
    ----------
    contract : str
        Its contract's name.
    key : str
        Its key, parts joined by " / ".
    event : date
        When it happened.
    values : mapping
        Column -> value, money in minor units.
    """

    contract: str
    key: str
    event: date
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Dossier:
    """All visible records of a subject.

    Attributes
    ----------
    subject_kind, subject_id : str
        The subject.
    as_of : date
        The day; only records with ``event < as_of`` and ``known <= as_of`` are in it.
    records : mapping
        Contract name -> records, oldest first.
    """

    subject_kind: str
    subject_id: str
    as_of: date
    records: Mapping[str, tuple[Record, ...]]

    def of(self, contract: str) -> tuple[Record, ...]:
        """Records of a contract, oldest first; empty when there are none."""
        return self.records.get(contract, ())

    def latest(self, contract: str) -> Record | None:
        """The newest record of a contract."""
        found = self.of(contract)
        return found[-1] if found else None

    @property
    def empty(self) -> bool:
        """Whether nothing was visible."""
        return not any(self.records.values())


def read_dossier(lake: Lake, view_kind: str, kind: str, subject_id: str, as_of: date) -> Dossier:
    """Read what was visible of a subject on a day.

    Parameters
    ----------
    lake : Lake
        The record lake.
    view_kind : str
        The kind of subject that the contracts name.
    kind, subject_id : str
        The subject.
    as_of : date
        Records with ``event < as_of`` and ``known <= as_of`` are visible, in their newest version
        known by then. An adverse record leaves when its retention has run out (REG-05).
    """
    present = {name for commit in lake.commits() for name in commit.files}
    records: dict[str, tuple[Record, ...]] = {}
    with engine().cursor() as connection:
        for name, contract in all_contracts().items():
            if view_kind in contract.about.subject_kinds and name in present:
                rows = _versions(connection, contract, lake, subject_id, as_of)
                found = _visible(contract, rows, subject_id, as_of)
                if found:
                    records[name] = found
    return Dossier(kind, subject_id, as_of, records)


@cache
def engine() -> Any:
    """One DuckDB for all reads: opening one takes longer than most reads. Each call has its own cursor."""
    import duckdb

    return duckdb.connect(config={"memory_limit": "512MB", "threads": "2"})


def _versions(
    connection: Any, contract: type[Contract], lake: Lake, subject_id: str, as_of: date
) -> list[dict[str, Any]]:
    """All versions, known by the day, of every record that ever named the subject.

    A correction may move a record to another subject; within one batch there are no corrections.
    """
    about = contract.about
    relation = lake.relation(about.name)
    mine = f'SELECT * FROM {relation} WHERE "{about.subject}" = $subject'
    query = f"{mine} AND _known <= $as_of"
    if len(lake.files(about.name)) > 1:
        keys = ", ".join(f'"{part}"' for part in about.key)
        query = (
            f"SELECT * FROM {relation} SEMI JOIN (SELECT DISTINCT {keys} FROM ({mine})) "
            f"USING ({keys}) WHERE _known <= $as_of"
        )
    connection.execute(query, {"subject": subject_id, "as_of": as_of})
    columns = [column[0] for column in connection.description]
    return [dict(zip(columns, row, strict=True)) for row in connection.fetchall()]


def _visible(
    contract: type[Contract], rows: list[dict[str, Any]], subject_id: str, as_of: date
) -> tuple[Record, ...]:
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[part] for part in contract.about.key)
        order = (row["_known"], row["_version"])
        if key not in newest or order > (newest[key]["_known"], newest[key]["_version"]):
            newest[key] = row
    found = [
        Record(
            contract.about.name,
            " / ".join(str(part) for part in key),
            row["_event"],
            {name: value for name, value in row.items() if not name.startswith("_")},
        )
        for key, row in newest.items()
        if not row["_withdrawn"]
        and row[contract.about.subject] == subject_id
        and row["_event"] < as_of
        and not _expired(contract, row, as_of)
    ]
    return tuple(sorted(found, key=lambda record: (record.event, record.key)))


def _expired(contract: type[Contract], row: Mapping[str, Any], as_of: date) -> bool:
    """Whether an adverse record has been kept for its whole retention; 29 February ends on the 28th."""
    about = contract.about
    if not about.negative or about.retention_years is None:
        return False
    ended = row[about.end or about.event]
    if ended is None:
        return False
    year = ended.year + about.retention_years
    try:
        return bool(as_of >= ended.replace(year=year))
    except ValueError:
        return bool(as_of >= ended.replace(year=year, day=28))
