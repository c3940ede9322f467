"""The identity table as builds use it: which ids' records count for which subject, on which days.

A build asks about a subject; records of it may stand under an old code or a name. The table of
:data:`features.identity.resolve.MAPPING` says which, and from which day on that was known. The records meet
before they are aggregated, so that a count of different values or the latest record stays exact.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.errors import FeaturesError
from features.identity.evidence import read_evidence
from features.identity.repeats import Facts, evidence_files
from features.identity.resolve import MAPPING, mapping_table, store_of, timeline
from features.identity.review import Position, ReviewStore

if TYPE_CHECKING:
    from features.view import FeatureView

_MADE_FROM = b"made_from"
_RULES = "2"
"""To be raised when the rules of linking change, so that a kept table is made anew."""

_HELD = "{name}.since <= _as_of AND ({name}.until IS NULL OR _as_of < {name}.until)"


@dataclass(frozen=True, eq=False)
class Known:
    """An identity table, and how much of what people decided it was made from.

    Attributes
    ----------
    table : pyarrow.Table
        Columns of :data:`features.identity.resolve.MAPPING`.
    review : Position
        With the lake's commit it says how the same table can be made again.
    """

    table: pa.Table
    review: Position

    @cached_property
    def _spans(self) -> tuple[dict[str, list[_Span]], dict[str, list[_Span]]]:
        """By alias whom it means, and by owner who its aliases are, each with its days."""
        means: dict[str, list[_Span]] = {}
        ids: dict[str, list[_Span]] = {}
        columns = (self.table[name].to_pylist() for name in MAPPING.names[:4])
        for alias, owner, since, until in zip(*columns, strict=True):
            means.setdefault(alias, []).append((owner, since, until or date.max))
            ids.setdefault(owner, []).append((alias, since, until or date.max))
        return means, ids

    def owner(self, subject: str, day: date) -> str:
        """Subject for which the records of an id count on a day, as :func:`canonical_on`."""
        return next(iter(_held(self._spans[0], subject, day)), subject)

    def ids(self, subject: str, day: date) -> tuple[str, ...]:
        """All ids under which a subject's records stand on a day, the owner's own first."""
        owner = self.owner(subject, day)
        return (owner, *sorted(_held(self._spans[1], owner, day)))

    def digest(self, subject: str, day: date) -> str:
        """SHA-256 over :meth:`ids`; empty for a subject that has one id."""
        ids = self.ids(subject, day)
        return "" if len(ids) == 1 else hashlib.sha256("\x00".join(ids).encode()).hexdigest()

    def linked(self, day: date) -> set[str]:
        """Every subject that has more than one id on a day, under each of them."""
        means, ids = self._spans
        return {one for one in (*means, *ids) if len(self.ids(one, day)) > 1}


_Span = tuple[str, date, date]


def _held(spans: dict[str, list[_Span]], name: str, day: date) -> list[str]:
    return [other for other, since, until in spans.get(name, ()) if since <= day < until]


def aliases_of(place: Workspace) -> pa.Table:
    """Identity table of a workspace: a function of its records and of what people decided.

    It is kept in `<features>/identity/aliases.parquet` and made anew when either has changed. A link holds from
    the day on which its evidence was known, so that a later table says the same of earlier days.

    Parameters
    ----------
    place : Workspace

    Returns
    -------
    pyarrow.Table
        Columns of :data:`features.identity.resolve.MAPPING`; no rows where nobody has a second id.
    """
    return known_aliases(Lake(place.lake_dir), store_of(place.features_dir)).table


def aliases_for(view: FeatureView, lake: Lake, store: ReviewStore) -> Known | None:
    """Identity table for a view; None for persons, who are never linked."""
    return known_aliases(lake, store) if view.subject_kind == "enterprise" else None


@dataclass(frozen=True)
class _Read:
    """The last table that was made from evidence, with what it was made from."""

    known: Known
    files: frozenset[tuple[str, str]]
    facts: Facts
    decided: bytes


_made: OrderedDict[tuple[str, bytes], Known] = OrderedDict()
_read: dict[str, _Read] = {}
_lock = threading.Lock()
_KEPT = 4


def known_aliases(lake: Lake, store: ReviewStore) -> Known:
    """Identity table of a lake, as it is or was at a commit, with what people had decided.

    Parameters
    ----------
    lake : Lake
        Such as :class:`features.online.moment.LakeAt`.
    store : ReviewStore
        As it is, or :meth:`~features.identity.review.ReviewStore.at` a position.

    Returns
    -------
    Known
        The same for the same committed records and the same decisions, whatever came later.

    Raises
    ------
    FeaturesError
        When records or decisions can not be read.
    """
    position, files = store.position(), evidence_files(lake)
    decided = _decided(store.folder, position)
    made_from = _made_from(files, decided)
    key = (str(lake.root), made_from)
    with _lock:
        if key not in _made:
            last = _read.get(key[0])
            repeated = last and last.decided == decided and last.files <= files
            if last and repeated and _repeat(last.facts, files - last.files):
                _made[key] = last.known
                _read[key[0]] = replace(last, files=files)
            else:
                _made[key] = _known(lake, store, position, files, decided)
            if len(_made) > _KEPT:
                _made.popitem(last=False)
        _made.move_to_end(key)
        return _made[key]


def _repeat(facts: Facts, files: Iterable[tuple[str, str]]) -> bool:
    try:
        return facts.hold(files)
    except (pa.ArrowException, OSError):
        return False  # whoever reads all evidence tells which file it is


def _known(
    lake: Lake,
    store: ReviewStore,
    position: Position,
    files: frozenset[tuple[str, str]],
    decided: bytes,
) -> Known:
    path, made_from = store.folder / "aliases.parquet", _made_from(files, decided)
    if path.is_file():
        try:
            kept = pq.read_table(path)
            if (kept.schema.metadata or {}).get(_MADE_FROM) == made_from:
                return Known(kept.cast(MAPPING), position)
        except (pa.ArrowException, OSError):
            pass  # it is made anew from the records
    try:
        evidence = read_evidence(lake)
        table = mapping_table(timeline(lake, store=store.at(position), evidence=evidence))
    except duckdb.Error as error:
        # DuckDB's own words may hold values out of records, so they stay in the cause.
        raise FeaturesError(
            f"names and codes of the lake can not be read ({type(error).__name__}).",
            hint="check the lake's files: xinqiao contracts verify",
        ) from error
    known = Known(table, position)
    if not store.pinned:
        store.keep("aliases", table.replace_schema_metadata({_MADE_FROM: made_from}))
        _read[str(lake.root)] = _Read(known, files, Facts.of(evidence), decided)
    return known


def _made_from(files: Iterable[tuple[str, str]], decided: bytes) -> bytes:
    """Digest of everything that the table is made from."""
    digest = hashlib.sha256(decided)
    for contract, file in sorted(files):
        digest.update(f"{contract} {os.path.basename(file)}\n".encode())
    return digest.hexdigest().encode()


def _decided(folder: Path, position: Position) -> bytes:
    """Digest of the rules and of what people decided."""
    digest = hashlib.sha256(f"{_RULES} {position}".encode())
    for name in ("decisions", "links"):
        kept = folder / f"{name}.parquet"
        digest.update(kept.read_bytes() if kept.is_file() else b"none")
    return digest.digest()


def canonical_on(aliases: pa.Table, subject: str, day: date) -> str:
    """Subject for which the records of an id count on a day: the id itself if it is linked to none.

    Parameters
    ----------
    aliases : pyarrow.Table
        Columns of :data:`features.identity.resolve.MAPPING`.
    subject : str
    day : date

    Examples
    --------
    >>> row = {"subject_id": "ORG-1", "canonical_id": "USCC-1", "since": date(2024, 1, 1), "until": None}
    >>> table = pa.Table.from_pylist([row | {"score": 1.0, "how": "code"}], MAPPING)
    >>> canonical_on(table, "ORG-1", date(2024, 1, 1)), canonical_on(table, "ORG-1", date(2023, 12, 31))
    ('USCC-1', 'ORG-1')
    """
    import pyarrow.compute as pc

    held = aliases.filter(
        (pc.field("subject_id") == subject)
        & (pc.field("since") <= pa.scalar(day, pa.date32()))
        & (pc.field("until").is_null() | (pc.field("until") > pa.scalar(day, pa.date32())))
    )
    return str(held["canonical_id"][0].as_py()) if len(held) else subject


def checked(aliases: pa.Table) -> pa.Table:
    """Refuse an identity table that would count a record twice or not at all.

    Raises
    ------
    FeaturesError
        When it lacks a column, leads a subject to two others on one day, or leads to one that is itself an
        alias on that day.
    """
    lacking = [n for n in MAPPING.names[:4] if n not in aliases.schema.names]
    if lacking:
        raise FeaturesError(
            f"the identity table lacks {', '.join(lacking)}.",
            expected=", ".join(MAPPING.names[:4]),
            hint="features.identity.aliases.aliases_of gives it",
        )
    with duckdb.connect() as connection:
        connection.register("mapping", aliases)
        twice, further = connection.execute(_CHECKS).fetchone() or (False, False)
    if twice:
        raise FeaturesError(
            "the identity table leads a subject to two others on one day.",
            expected="one canonical_id for a subject on any day",
        )
    if further:
        raise FeaturesError(
            "the identity table leads a subject to one that is itself an alias on that day.",
            expected="the end of each chain as canonical_id",
        )
    return aliases


_CHECKS = """
SELECT
    (SELECT count(*) > 0 FROM (
        SELECT until, lead(since) OVER (PARTITION BY subject_id ORDER BY since) AS next FROM mapping
    ) WHERE next < until OR (until IS NULL AND next IS NOT NULL)),
    (SELECT count(*) > 0 FROM mapping AS a JOIN mapping AS b ON a.canonical_id = b.subject_id
     AND (b.until IS NULL OR a.since < b.until) AND (a.until IS NULL OR b.since < a.until))
"""


def linked_rows(rows: pa.Table, aliases: pa.Table) -> pa.Table:
    """Rows of a spine, one for each id under which the subject's records stand on the row's day.

    Parameters
    ----------
    rows : pyarrow.Table
        `_row, _subject, _as_of`. A subject that is itself an alias is asked about under its canonical id.
    aliases : pyarrow.Table
        Columns of :data:`features.identity.resolve.MAPPING`.

    Returns
    -------
    pyarrow.Table
        Columns of :data:`features.owners.LINKED`; the owner's own id is always among them.

    Raises
    ------
    FeaturesError
        When the table lacks a column or leads a subject to two others on one day.
    """
    mapping = checked(aliases)
    with duckdb.connect() as connection:
        connection.register("spine", rows)
        connection.register("mapping", mapping)
        found = connection.sql(_LINKED).to_arrow_table()
    more = [pa.field("_owner", pa.string()), pa.field("_alone", pa.bool_())]
    return found.cast(pa.schema([*rows.schema, *more]))


_LINKED = f"""
WITH asked AS (
    SELECT _row, coalesce(m.canonical_id, _subject) AS _owner, _as_of
    FROM spine LEFT JOIN mapping AS m ON m.subject_id = _subject AND {_HELD.format(name="m")}
)
SELECT *, count(*) OVER (PARTITION BY _row) = 1 AS _alone FROM (
    SELECT _row, _owner AS _subject, _as_of, _owner FROM asked
    UNION ALL
    SELECT DISTINCT _row, m.subject_id, _as_of, _owner
    FROM asked JOIN mapping AS m
    ON m.canonical_id = _owner AND m.subject_id <> _owner AND {_HELD.format(name="m")}
)
ORDER BY _row, _subject <> _owner, _subject
"""
