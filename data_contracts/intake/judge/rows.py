"""Rows to be judged, batch after batch: from a Parquet file as it lies, or from a relation of the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.checks import sql_name

BATCH_ROWS = 122_880
SAMPLE_ROWS = 16_384
LINE = "_line"
_FEW, _THIN = 256, 4
_T = TypeVar("_T")

Lines = int | pa.Array
"""Line of the first row, where the others follow; or that of each row."""


class Rows(Protocol):
    """Where rows come from."""

    names: tuple[str, ...]

    def sample(self, columns: Collection[str]) -> pa.Table:
        """First rows."""

    def batches(
        self, columns: Collection[str], few: Collection[str], plain: Collection[str]
    ) -> Iterator[Callable[[], Iterator[tuple[Lines, int, dict[str, pa.Array]]]]]:
        """Pieces of work, each of which reads some batches: lines, number of rows, column -> values.

        A column may be left out where it is missing in all rows. ``few`` are texts to be given as dictionaries;
        of ``plain`` numbers only the smallest, the largest and whether any is missing matters.
        """


@dataclass
class FileRows:
    """Rows of a Parquet file; their lines are their places."""

    path: str
    names: tuple[str, ...] = field(init=False)
    metadata: pq.FileMetaData = field(init=False)

    def __post_init__(self) -> None:
        """Read the file's description."""
        self.metadata = pq.read_metadata(self.path)
        self.names = tuple(self.metadata.schema.to_arrow_schema().names)

    def _opened(self, few: Collection[str] = ()) -> pq.ParquetFile:
        return pq.ParquetFile(self.path, metadata=self.metadata, read_dictionary=list(few))

    def sample(self, columns: Collection[str]) -> pa.Table:
        """First rows."""
        batches = self._opened().iter_batches(SAMPLE_ROWS, columns=list(columns), use_threads=False)
        first = next(batches, None)
        schema = self.metadata.schema.to_arrow_schema()
        empty = pa.schema([schema.field(name) for name in columns]).empty_table()
        return pa.Table.from_batches([first]) if first is not None else empty

    def batches(
        self, columns: Collection[str], few: Collection[str], plain: Collection[str]
    ) -> Iterator[Callable[[], Iterator[tuple[Lines, int, dict[str, pa.Array]]]]]:
        """One piece of work for each row group."""
        line = 1
        for group in range(self.metadata.num_row_groups):
            rows = self.metadata.row_group(group).num_rows

            def read(
                group: int = group, line: int = line
            ) -> Iterator[tuple[Lines, int, dict[str, pa.Array]]]:
                known = self._known(group, columns, plain)
                wanted = [name for name in columns if name not in known]
                parts = self._opened(few).iter_batches(
                    BATCH_ROWS, row_groups=[group], columns=wanted, use_threads=False
                )
                for part in parts:
                    arrays = {n: part.column(n) for n in wanted}
                    for name, value in known.items():
                        if value is not None:
                            arrays[name] = pa.repeat(value, part.num_rows)
                    yield line, part.num_rows, arrays
                    line += part.num_rows

            yield read
            line += rows

    def _known(
        self, group: int, columns: Collection[str], plain: Collection[str]
    ) -> dict[str, pa.Scalar | None]:
        """Columns that need not be read: missing in all rows, or with nothing but what breaks no rule."""
        return {}


@dataclass
class RelationRows:
    """Rows of a relation of the database."""

    connection: duckdb.DuckDBPyConnection
    relation: str
    names: tuple[str, ...]

    def _select(self, columns: Collection[str]) -> str:
        listed = ", ".join(sql_name(name) for name in columns if name != LINE)
        return f"SELECT {listed or 'NULL AS none'} FROM {self.relation}"

    def sample(self, columns: Collection[str]) -> pa.Table:
        """First rows."""
        return self.connection.sql(f"{self._select(columns)} LIMIT {SAMPLE_ROWS}").to_arrow_table()

    def batches(
        self, columns: Collection[str], few: Collection[str], plain: Collection[str]
    ) -> Iterator[Callable[[], Iterator[tuple[Lines, int, dict[str, pa.Array]]]]]:
        """One piece of work for each batch; the database itself reads ahead."""
        listed = ", ".join(sql_name(name) for name in (LINE, *columns))
        reader = self.connection.cursor().sql(f"SELECT {listed} FROM {self.relation}")
        for part in reader.to_arrow_reader(BATCH_ROWS):

            def give(
                part: pa.RecordBatch = part,
            ) -> Iterator[tuple[Lines, int, dict[str, pa.Array]]]:
                arrays = {name: part.column(name) for name in columns}
                for name in few:
                    if name in arrays:
                        arrays[name] = arrays[name].dictionary_encode()
                yield part.column(LINE), part.num_rows, arrays

            yield give


def few_of(rows: Rows, texts: Collection[str]) -> frozenset[str]:
    """Columns of texts of which few differ, by the first rows."""
    if not texts:
        return frozenset()
    sample = rows.sample(texts)
    return frozenset(name for name in texts if pc.count_distinct(sample[name]).as_py() <= _FEW)


def in_threads(pieces: Iterator[Callable[[], _T]], threads: int) -> Iterator[_T]:
    """Run pieces of work, some at a time, and give what they return as it comes."""
    with ThreadPoolExecutor(max_workers=threads) as pool:
        running: set[Future[_T]] = set()
        for piece in pieces:
            running.add(pool.submit(piece))
            if len(running) > threads:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


__all__ = [
    "BATCH_ROWS",
    "Any",
    "FileRows",
    "Lines",
    "Mapping",
    "RelationRows",
    "Rows",
    "few_of",
    "in_threads",
]
