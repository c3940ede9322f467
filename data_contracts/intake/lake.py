"""The record lake: append-only Parquet, committed by the rename of one manifest.

Layout below ``root``::

    manifests/<sequence>-<batch>.json   what is committed; nothing else is
    tables/<contract>/<batch>.parquet   records with _event, _known, _version, _batch, _line, _withdrawn
    repeats/<contract>/<batch>.parquet  keys that a batch repeated unchanged
    quarantine/<batch>.parquet          batch, line, rule_id, column, value
    reviews/<batch>.parquet             batch, contract, line, rule_id, column, record, source_column, value
    staging/                            work in progress, swept by the next writer
    spill-<pid>-*/                      what an intake cannot hold in memory, swept when its process is gone
    lock                                held (flock) by the one writer

A reader looks at manifests alone, so that a file without one does not exist for it. A process killed at
any moment has either renamed its manifest or not. The kernel frees the lock of a killed writer.

Committed files are never altered (REG-33): they are made read-only and their digests stand in the manifest.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.errors import ContractsError
from data_contracts.intake.draft import (
    INCOMING,
    QUARANTINE_SCHEMA,
    REVIEW_SCHEMA,
    Arrow,
    Draft,
    file_sha256,
    in_schema,
)
from data_contracts.intake.manifest import BatchIdentity, Commit, read_manifest
from data_contracts.intake.spill import sweep_spill

__all__ = [
    "INCOMING", "QUARANTINE_SCHEMA", "REVIEW_SCHEMA", "Arrow", "BatchIdentity", "Commit", "Lake",
    "LakeMoved",
]  # fmt: skip

_BATCH = re.compile(r"[0-9a-f]{64}")
_SQL_TYPES = {
    pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN", pa.date32(): "DATE",
}  # fmt: skip


class LakeMoved(Exception):
    """Somebody else committed since what is to be committed was judged."""


class Lake:
    """The committed records below a folder.

    Parameters
    ----------
    root
        The lake's folder (``workspace.lake_dir``). Nothing is made before the first commit.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._manifests: dict[str, Commit] = {}
        self._held_by: int | None = None

    # ---- reading ---------------------------------------------------------------------------

    def commits(self) -> list[Commit]:
        """All commits, oldest first."""
        folder = self.root / "manifests"
        names = sorted(name for name in _listed(folder) if name.endswith(".json"))
        for name in names:  # a manifest is never altered
            if name not in self._manifests:
                self._manifests[name] = read_manifest(folder / name)
        return [self._manifests[name] for name in names]

    def sequence(self) -> int:
        """Number of the newest commit; 0 before the first."""
        commits = self.commits()
        return commits[-1].sequence if commits else 0

    def standing(self) -> list[Commit]:
        """Commits that no later one supersedes, oldest first."""
        commits = self.commits()
        replaced = {commit.supersedes for commit in commits}
        return [commit for commit in commits if commit.batch not in replaced]

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

    def relation(self, contract: str) -> str | None:
        """SQL to put after FROM: all committed versions of a contract, in its present columns.

        Files of an earlier version of the contract lack columns: they read as null. None when
        nothing is committed.
        """
        files = self.files(contract)
        return self.relation_of(contract, files) if files else None

    @staticmethod
    def relation_of(contract: str, files: list[str]) -> str:
        """SQL to put after FROM: some committed files of a contract, in its present columns."""
        schema = contract_of(contract).arrow_schema(system=True)
        listed = ", ".join(sql_text(file) for file in files)
        found: set[str] = set()
        missing: set[str] = set()
        for file in files:
            columns_there = set(_columns(file))
            found |= columns_there
            missing |= set(schema.names) - columns_there
        if not missing:
            names = ", ".join(sql_name(name) for name in schema.names)
            return f"(SELECT {names} FROM read_parquet([{listed}]))"
        columns = ", ".join(
            "coalesce(_withdrawn, FALSE) AS _withdrawn"
            if column.name == "_withdrawn" and "_withdrawn" in found
            else "FALSE AS _withdrawn"
            if column.name == "_withdrawn"
            else sql_name(column.name)
            if column.name in found
            else f"NULL::{_SQL_TYPES[column.type]} AS {sql_name(column.name)}"
            for column in schema
        )
        return f"(SELECT {columns} FROM read_parquet([{listed}], union_by_name = true))"

    def latest_sql(self, contract: str) -> str:
        """SQL to put after FROM: the newest version of each record that is not withdrawn.

        Columns of ``arrow_schema(system=True)``; no rows when nothing is committed.
        """
        relation = self.relation(contract)
        declared = contract_of(contract)
        if relation is None:
            columns = ", ".join(
                f"NULL::{_SQL_TYPES[column.type]} AS {sql_name(column.name)}"
                for column in declared.arrow_schema(system=True)
            )
            return f"(SELECT {columns} WHERE FALSE)"
        key = ", ".join(sql_name(name) for name in declared.about.key)
        return (
            f"(SELECT * FROM (SELECT * FROM {relation} QUALIFY row_number() OVER "
            f"(PARTITION BY {key} ORDER BY _version DESC) = 1) WHERE NOT _withdrawn)"
        )

    def quarantine_files(self) -> list[str]:
        """Committed quarantine files, oldest commit first, those of superseded batches too."""
        return [str(self.root / c.quarantine) for c in self.commits() if c.quarantine]

    def quarantine(self) -> pa.Table:
        """Broken rows of the batches that stand: a re-sent batch clears those of its predecessor."""
        return _gathered(
            [self.root / c.quarantine for c in self.standing() if c.quarantine], QUARANTINE_SCHEMA
        )

    def reviews(self) -> pa.Table:
        """Records of the batches that stand which a rule asks to look at (see ``REVIEW_SCHEMA``)."""
        return _gathered(
            [self.root / c.reviews for c in self.standing() if c.reviews], REVIEW_SCHEMA
        )

    def verify(self) -> list[str]:
        """Committed files that are gone or altered, below the lake's root (REG-33)."""
        return [
            path
            for commit in self.commits()
            for path, digest in commit.digests.items()
            if not (self.root / path).is_file() or file_sha256(self.root / path) != digest
        ]

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
        relation = self.relation(contract)
        if relation is None:
            return schema.empty_table()
        column = sql_name(declared.about.subject)
        where = f"WHERE {column} = {sql_text(subject)}" if subject is not None else ""
        with duckdb.connect() as connection:
            table = connection.sql(
                f"SELECT * FROM {relation} {where} ORDER BY _event, _known, _version, _line"
            ).to_arrow_table()
        return table.cast(schema)

    # ---- writing ---------------------------------------------------------------------------

    def commit(
        self,
        tables: Mapping[str, Arrow] | Iterable[tuple[str, Arrow]],
        batch: str,
        *,
        quarantine: Arrow | None = None,
        reviews: Arrow | None = None,
        withdrawals: Mapping[str, pa.Table] | None = None,
        rekeys: Mapping[str, pa.Table] | None = None,
        identity: BatchIdentity | None = None,
        received_on: date | None = None,
        note: Mapping[str, Any] | None = None,
        replaces: str | None = None,
        judged_at: int | None = None,
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
        reviews
            Records to be looked at, columns of ``REVIEW_SCHEMA`` (``batch`` is added if absent).
        withdrawals
            Contract name -> key columns and ``_line`` of the records that the supplier deletes.
        rekeys
            Contract name -> ``old_<key>``, ``new_<key>`` and ``_line``: changed account keys. Key
            columns under their own names narrow what is moved.
        identity
            What the supplier calls the batch. A standing batch of the same identity is superseded:
            its quarantine and reviews stand no more, and what it brought and this one does not repeat
            is withdrawn, unless another standing batch repeats it.
        received_on
            Day on which the batch reached us. A record that corrects an earlier one is known from
            this day on, never earlier than the record that it corrects.
        note
            What else the manifest shall keep (JSON values).
        replaces
            Digest of a batch without an identity that this one supersedes.
        judged_at
            ``sequence()`` of the lake when the batch was judged.

        Raises
        ------
        LakeMoved
            When the lake is no longer at ``judged_at``; the lake is then as it was.
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
                if judged_at is not None and self.sequence() != judged_at:
                    raise LakeMoved
                draft = Draft(
                    self, batch, day, staging, identity, withdrawals or {}, rekeys or {}, replaces
                )
                return draft.commit(pairs, quarantine, reviews, dict(note or {}))
        except OSError as error:
            raise ContractsError(
                f"the lake cannot be written: {error.strerror or error}.",
                file=self.root,
                hint="check free space and permissions, then run the same intake again",
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the writer's lock: nobody else commits. This object may commit under it."""
        if self._held_by == threading.get_ident():
            yield
            return
        for folder in ("manifests", "staging"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._held_by = threading.get_ident()
            try:
                yield
            finally:
                self._held_by = None

    @contextmanager
    def _writer(self) -> Iterator[Path]:
        """Hold the writer's lock, with an empty staging folder that is gone afterwards."""
        with self.locked():
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
        named = {path for commit in self.commits() for path in commit.paths}
        for folder in ("tables/*", "repeats/*", "quarantine", "reviews"):
            for path in self.root.glob(f"{folder}/*.parquet"):
                if path.relative_to(self.root).as_posix() not in named:
                    path.unlink()
        sweep_spill(self.root)


_SMALL = 1 << 20  # bytes of a file that is kept in memory once it was read; ours


def committed_table(path: Path | str) -> pa.Table:
    """All of one committed file, in the columns that it has. Small ones are kept: no file is ever altered.

    Raises
    ------
    OSError, pyarrow.ArrowException
        When it can not be read.
    """
    told = os.stat(path)
    if told.st_size > _SMALL:
        return _file_table(str(path), 0, 0)
    return _kept_table(str(path), told.st_mtime_ns, told.st_size)


def _file_table(path: str, _changed: int, _size: int) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read(use_threads=False)


_kept_table = lru_cache(maxsize=16)(_file_table)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _columns(file: str) -> list[str]:
    return list(pq.read_schema(file).names)


def _gathered(files: list[Path], schema: pa.Schema) -> pa.Table:
    tables = [in_schema(pq.read_table(file), schema) for file in files]
    return pa.concat_tables(tables) if tables else schema.empty_table()
