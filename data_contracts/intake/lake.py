"""The record lake: append-only Parquet, committed by the rename of one manifest.

Layout below ``root``::

    manifests/<sequence>-<batch>.json   what is committed; nothing else is
    tables/<contract>/<batch>.parquet   records with _event, _known, _version, _batch, _line
    quarantine/<batch>.parquet          batch, line, rule_id, column, value
    staging/                            work in progress, swept by the next writer
    lock                                held (flock) by the one writer

A reader looks at manifests alone, so that a file without one does not exist for it. A process killed at
any moment has either renamed its manifest or not. The kernel frees the lock of a killed writer.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.errors import ContractsError
from data_contracts.intake.versions import write_versions

Arrow: TypeAlias = pa.Table | pa.RecordBatchReader

QUARANTINE_SCHEMA = pa.schema(
    [
        pa.field("batch", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("value", pa.string()),
    ]
)

INCOMING = ("_known", "_line")
"""Columns that a writer gives beside those of the contract; the lake adds the rest."""

_FORMAT = 1
_BATCH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Commit:
    """One committed batch, as its manifest tells it."""

    batch: str
    sequence: int
    received_on: date
    files: Mapping[str, str]
    records: Mapping[str, int]
    unchanged: Mapping[str, int]
    quarantine: str | None
    note: Mapping[str, Any] = field(default_factory=dict)


class Lake:
    """The committed records below a folder.

    Parameters
    ----------
    root
        The lake's folder (``workspace.lake_dir``). Nothing is made before the first commit.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    # ---- reading ---------------------------------------------------------------------------

    def commits(self) -> list[Commit]:
        """All commits, oldest first."""
        folder = self.root / "manifests"
        names = sorted(name for name in _listed(folder) if name.endswith(".json"))
        return [_read_manifest(folder / name) for name in names]

    def has(self, batch: str) -> bool:
        """Whether a batch is committed."""
        return any(commit.batch == batch for commit in self.commits())

    def commit_of(self, batch: str) -> Commit | None:
        """The commit of a batch, or None."""
        return next((commit for commit in self.commits() if commit.batch == batch), None)

    def files(self, contract: str) -> list[str]:
        """Committed Parquet files of a contract, oldest commit first (empty if there are none)."""
        contract_of(contract)
        return [
            str(self.root / commit.files[contract])
            for commit in self.commits()
            if contract in commit.files
        ]

    def quarantine_files(self) -> list[str]:
        """Committed quarantine files, oldest commit first."""
        return [str(self.root / c.quarantine) for c in self.commits() if c.quarantine]

    def read(self, contract: str, *, subject: str | None = None) -> pa.Table:
        """Records of a contract, all versions, with the lake's own columns.

        Parameters
        ----------
        contract
            Name of the contract.
        subject
            Only the records of this subject.

        Returns
        -------
        pyarrow.Table
            Columns of ``contract.arrow_schema(system=True)``, ordered by event, known and version;
            no rows when nothing is committed.
        """
        declared = contract_of(contract)
        schema = declared.arrow_schema(system=True)
        files = self.files(contract)
        if not files:
            return schema.empty_table()
        paths = ", ".join(sql_text(path) for path in files)
        column = sql_name(declared.about.subject)
        where = f"WHERE {column} = {sql_text(subject)}" if subject is not None else ""
        with duckdb.connect() as connection:
            table = connection.sql(
                f"SELECT * FROM read_parquet([{paths}]) {where} "
                "ORDER BY _event, _known, _version, _line"
            ).to_arrow_table()
        return table.cast(schema)

    # ---- writing ---------------------------------------------------------------------------

    def commit(
        self,
        tables: Mapping[str, Arrow] | Iterable[tuple[str, Arrow]],
        batch: str,
        *,
        quarantine: Arrow | None = None,
        received_on: date | None = None,
        note: Mapping[str, Any] | None = None,
    ) -> Commit:
        """Commit a batch whole or not at all.

        Parameters
        ----------
        tables
            Contract name -> records: the contract's columns, ``_known`` (DATE) and ``_line``
            (BIGINT). At most one record per key. Pairs may be made lazily, one at a time.
        batch
            SHA-256 of the supplier's file, hexadecimal. A batch that is committed already is not
            committed again: its commit is returned.
        quarantine
            Broken rows, columns of ``QUARANTINE_SCHEMA``.
        received_on
            Day on which the batch reached us. A record that corrects an earlier one is known from
            this day on, never earlier than the record that it corrects.
        note
            What else the manifest shall keep (JSON values).

        Raises
        ------
        ContractsError
            For a table that does not fit its contract, or when the folder cannot be written. The
            lake is then as it was.
        """
        if not _BATCH.fullmatch(batch):
            raise ContractsError(f"{batch!r} is no batch digest.", expected="SHA-256, 64 digits")
        pairs = tables.items() if isinstance(tables, Mapping) else tables
        day = received_on or date.today()
        try:
            with self._writer() as staging:
                already = self.commit_of(batch)
                if already is not None:
                    return already
                return self._commit(pairs, batch, quarantine, day, dict(note or {}), staging)
        except OSError as error:
            raise ContractsError(
                f"the lake cannot be written: {error.strerror or error}.",
                file=self.root,
                hint="check free space and permissions, then run the same intake again",
            ) from error

    def _commit(
        self,
        pairs: Iterable[tuple[str, Arrow]],
        batch: str,
        quarantine: Arrow | None,
        day: date,
        note: dict[str, Any],
        staging: Path,
    ) -> Commit:
        files: dict[str, str] = {}
        records: dict[str, int] = {}
        unchanged: dict[str, int] = {}
        staged: list[tuple[Path, Path]] = []
        for name, data in pairs:
            declared = contract_of(name)
            source = staging / f"{name}.parquet"
            given, kept = write_versions(
                declared, _reader(data), self.files(name), batch, day, source
            )
            records[name], unchanged[name] = kept, given - kept
            if kept:
                _sync(source)
                files[name] = f"tables/{name}/{batch}.parquet"
                staged.append((source, self.root / files[name]))
        kept_quarantine = None
        if quarantine is not None:
            source = staging / "quarantine.parquet"
            with pq.ParquetWriter(source, QUARANTINE_SCHEMA, compression="zstd") as writer:
                for part in _reader(quarantine):
                    writer.write_table(pa.Table.from_batches([part]).cast(QUARANTINE_SCHEMA))
            _sync(source)
            kept_quarantine = f"quarantine/{batch}.parquet"
            staged.append((source, self.root / kept_quarantine))
        for source, target in staged:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)
            _sync(target.parent)
        last = self.commits()[-1].sequence if self.commits() else 0
        commit = Commit(batch, last + 1, day, files, records, unchanged, kept_quarantine, note)
        draft = staging / "manifest.json"
        draft.write_text(_manifest_text(commit), encoding="utf-8")
        _sync(draft)
        os.replace(draft, self.root / "manifests" / f"{commit.sequence:08d}-{batch}.json")
        _sync(self.root / "manifests")
        return commit

    @contextmanager
    def _writer(self) -> Iterator[Path]:
        """Hold the writer's lock, with an empty staging folder that is gone afterwards."""
        for folder in ("manifests", "staging"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._sweep()
            staging = self.root / "staging" / "current"
            staging.mkdir()
            try:
                yield staging
            finally:
                self._sweep()

    def _sweep(self) -> None:
        """Remove what no manifest names: leftovers of writers that were killed or failed."""
        shutil.rmtree(self.root / "staging", ignore_errors=True)
        (self.root / "staging").mkdir(exist_ok=True)
        commits = self.commits()
        named = {path for commit in commits for path in commit.files.values()}
        named |= {commit.quarantine for commit in commits if commit.quarantine}
        for path in [
            *self.root.glob("tables/*/*.parquet"),
            *self.root.glob("quarantine/*.parquet"),
        ]:
            if path.relative_to(self.root).as_posix() not in named:
                path.unlink()


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _reader(data: Arrow) -> pa.RecordBatchReader:
    return data.to_reader() if isinstance(data, pa.Table) else data


def _sync(path: Path) -> None:
    """Bring a file or folder to the disk before something that counts on it is renamed."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _manifest_text(commit: Commit) -> str:
    fields = {
        "format": _FORMAT,
        "batch": commit.batch,
        "sequence": commit.sequence,
        "received_on": commit.received_on.isoformat(),
        "files": commit.files,
        "records": commit.records,
        "unchanged": commit.unchanged,
        "quarantine": commit.quarantine,
        "note": commit.note,
    }
    return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _read_manifest(path: Path) -> Commit:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if fields["format"] != _FORMAT:
            raise ContractsError(
                f"the manifest has format {fields['format']}.", expected=str(_FORMAT), file=path
            )
        return Commit(
            batch=fields["batch"],
            sequence=fields["sequence"],
            received_on=date.fromisoformat(fields["received_on"]),
            files=fields["files"],
            records=fields["records"],
            unchanged=fields["unchanged"],
            quarantine=fields["quarantine"],
            note=fields["note"],
        )
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ContractsError(
            "a manifest of the lake cannot be read.", file=path, hint="restore it from a backup"
        ) from error
