"""A batch on its way into the lake: files are staged, put in place, and named by one manifest."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.manifest import BatchIdentity, Commit, manifest_text
from data_contracts.intake.versions import Changes, Written, write_versions

if TYPE_CHECKING:
    from data_contracts.intake.lake import Lake

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

REVIEW_SCHEMA = pa.schema(
    [
        pa.field("batch", pa.string(), nullable=False),
        pa.field("contract", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("record", pa.string()),
        pa.field("source_column", pa.string()),
        pa.field("value", pa.string()),
    ]
)
"""Records that entered the lake although a rule asks for a look at them.

``column`` is the contract's item, ``record`` the record's key, its values joined by a vertical bar;
``source_column`` and ``value`` are what the supplier wrote, personal values masked as in quarantine. Null in
files of older lakes.
"""

INCOMING = ("_known", "_line")
"""Columns that a writer gives beside those of the contract; the lake adds the rest."""


@dataclass
class Draft:
    """What is being committed; made and used under the writer's lock."""

    lake: Lake
    batch: str
    day: date
    staging: Path
    identity: BatchIdentity | None
    withdrawals: Mapping[str, pa.Table]
    rekeys: Mapping[str, pa.Table]
    replaces: str | None = None
    written: dict[str, Written] = field(default_factory=dict)
    staged: dict[str, Path] = field(default_factory=dict)

    def commit(
        self,
        pairs: Iterable[tuple[str, Arrow]],
        quarantine: Arrow | None,
        reviews: Arrow | None,
        note: Mapping[str, Any],
    ) -> Commit:
        """Stage every file, put them in place, and write the manifest that makes them count."""
        chain = self._superseded()
        files: dict[str, str] = {}
        repeats: dict[str, str] = {}
        for name, data in pairs:
            self._contract(name, _reader(data), chain, files, repeats)
        others = {*self.withdrawals, *self.rekeys}
        others |= {name for commit in chain for name in (*commit.files, *commit.repeats)}
        for name in sorted(others - set(self.written)):
            self._contract(name, None, chain, files, repeats)
        kept_quarantine = self._side("quarantine", quarantine, QUARANTINE_SCHEMA)
        kept_reviews = self._side("reviews", reviews, REVIEW_SCHEMA)
        digests = {}
        for target, source in self.staged.items():
            source.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
            _sync(source)
            digests[target] = file_sha256(source)
        for target, source in self.staged.items():
            place = self.lake.root / target
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, place)
            _sync(place.parent)
        commits = self.lake.commits()
        commit = Commit(
            batch=self.batch,
            sequence=(commits[-1].sequence if commits else 0) + 1,
            received_on=self.day,
            files=files,
            records={name: w.records for name, w in self.written.items()},
            unchanged={name: w.given - w.records for name, w in self.written.items()},
            quarantine=kept_quarantine,
            note=note,
            identity=self.identity,
            supersedes=chain[-1].batch if chain else None,
            reviews=kept_reviews,
            repeats=repeats,
            withdrawn={name: w.withdrawn for name, w in self.written.items() if w.withdrawn},
            rekeyed={name: w.rekeyed for name, w in self.written.items() if w.rekeyed},
            ended={name: w.superseded for name, w in self.written.items() if w.superseded},
            digests=digests,
        )
        draft = self.staging / "manifest.json"
        draft.write_text(manifest_text(commit), encoding="utf-8")
        _sync(draft)
        manifests = self.lake.root / "manifests"
        os.replace(draft, manifests / f"{commit.sequence:08d}-{self.batch}.json")
        _sync(manifests)
        return commit

    def _superseded(self) -> list[Commit]:
        """Commits that this one replaces, oldest first; the last one is the one that stood."""
        if self.identity is not None:
            return [c for c in self.lake.commits() if c.identity == self.identity]
        found: list[Commit] = []
        digest = self.replaces
        while digest is not None and (commit := self.lake.commit_of(digest)) is not None:
            found.insert(0, commit)
            digest = commit.supersedes
        return found

    def _contract(
        self,
        name: str,
        records: pa.RecordBatchReader | None,
        chain: list[Commit],
        files: dict[str, str],
        repeats: dict[str, str],
    ) -> None:
        declared = contract_of(name)
        table = self.staging / f"{name}.parquet"
        repeated = self.staging / f"{name}.repeats.parquet"
        old = {commit.batch for commit in chain}
        elsewhere = [
            str(self.lake.root / commit.repeats[name])
            for commit in self.lake.standing()
            if name in commit.repeats and commit.batch not in old
        ]
        # What a batch moved to another key stays there, though the batch is sent once more.
        ended = sorted(commit.batch for commit in chain if not commit.rekeyed.get(name))
        changes = Changes(records, self.withdrawals.get(name), self.rekeys.get(name), ended)
        self.written[name] = write_versions(
            declared, changes, self.lake.relation(name), self.batch, self.day, table,
            repeats=repeated, repeated_elsewhere=elsewhere,
        )  # fmt: skip
        for source, folder, kept in ((table, "tables", files), (repeated, "repeats", repeats)):
            if source.exists():
                kept[name] = f"{folder}/{name}/{self.batch}.parquet"
                self.staged[kept[name]] = source

    def _side(self, name: str, data: Arrow | None, schema: pa.Schema) -> str | None:
        if data is None:
            return None
        source = self.staging / f"{name}.parquet"
        with pq.ParquetWriter(source, schema, compression="zstd") as writer:
            for part in _reader(data):
                table = pa.Table.from_batches([part])
                if "batch" not in table.column_names:
                    batch = pa.array([self.batch] * len(table), pa.string())
                    table = table.append_column("batch", batch)
                writer.write_table(in_schema(table, schema))
        target = f"{name}/{self.batch}.parquet"
        self.staged[target] = source
        return target


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def in_schema(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Columns of a schema; those that may be null and are not there are null."""
    for column in schema:
        if column.nullable and column.name not in table.column_names:
            table = table.append_column(column.name, pa.nulls(len(table), column.type))
    return table.select(schema.names).cast(schema)


def _reader(data: Arrow) -> pa.RecordBatchReader:
    return data.to_reader() if isinstance(data, pa.Table) else data


def _sync(path: Path) -> None:
    """Bring a file or folder to the disk before something that counts on it is renamed."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
