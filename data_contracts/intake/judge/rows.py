"""Rows to be judged, batch after batch: from a Parquet file as it lies, or from a relation of the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.checks import sql_name

BATCH_ROWS, FEW_ROWS = 122_880, 30_720
"""Rows at a time, and where memory is scarce."""
SAMPLE_ROWS = 16_384
LINE = "_line"
_FEW = 256
_T = TypeVar("_T")

Lines: TypeAlias = int | pa.Array
"""Line of the first row, where the others follow; or that of each row."""
Part: TypeAlias = tuple[Lines, int, dict[str, pa.Array]]
"""Lines, number of rows, and the values by column."""
Read: TypeAlias = Callable[[], Iterator[Part]]
"""A piece of work that reads some parts; any thread may do it."""


class Rows(Protocol):
    """Where rows come from."""

    names: tuple[str, ...]

    def sample(self, columns: Collection[str]) -> pa.Table:
        """First rows."""

    def pieces(self, columns: Collection[str], few: Collection[str]) -> Iterator[Read]:
        """All rows; ``few`` are texts to be given as dictionaries."""


@dataclass
class FileRows:
    """Rows of a Parquet file; their lines are their places.

    ``sparing``: fewer rows at a time, and what Arrow's pool keeps back is given back at once; both cost time.
    """

    path: str
    sparing: bool = False
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
        parts = self._opened().iter_batches(SAMPLE_ROWS, columns=list(columns), use_threads=False)
        first = next(parts, None)
        schema = self.metadata.schema.to_arrow_schema()
        empty = pa.schema([schema.field(name) for name in columns]).empty_table()
        return pa.Table.from_batches([first]) if first is not None else empty

    def pieces(self, columns: Collection[str], few: Collection[str]) -> Iterator[Read]:
        """One piece of work for each row group."""
        line = 1
        for group in range(self.metadata.num_row_groups):
            yield partial(self._read, group, line, columns, few)
            line += self.metadata.row_group(group).num_rows

    def _read(
        self, group: int, line: int, columns: Collection[str], few: Collection[str]
    ) -> Iterator[Part]:
        missing = self._missing(group)
        wanted = [name for name in columns if name not in missing]
        schema = self.metadata.schema.to_arrow_schema()
        parts = self._opened(few).iter_batches(
            _at_a_time(self.sparing), row_groups=[group], columns=wanted, use_threads=False
        )
        for part in parts:
            arrays = dict(zip(part.schema.names, part.columns, strict=True))
            for name in set(columns) - set(wanted):
                kind = (
                    pa.dictionary(pa.int32(), pa.string())
                    if name in few
                    else schema.field(name).type
                )
                arrays[name] = pa.nulls(part.num_rows, kind)
            given = line, part.num_rows, arrays
            line += part.num_rows
            del part, arrays  # or two batches are held while the next is read
            yield given
            del given
        del parts
        if self.sparing:
            pa.default_memory_pool().release_unused()

    def _missing(self, group: int) -> set[str]:
        """Columns without a value in a row group, as its description says."""
        described = self.metadata.row_group(group)
        found = set()
        for place in range(described.num_columns):
            column = described.column(place)
            told = column.statistics
            if told is not None and told.has_null_count and told.null_count == described.num_rows:
                found.add(column.path_in_schema)
        return found


@dataclass
class RelationRows:
    """Rows of a relation of the database."""

    connection: duckdb.DuckDBPyConnection
    relation: str
    names: tuple[str, ...]
    sparing: bool = False

    def sample(self, columns: Collection[str]) -> pa.Table:
        """First rows."""
        listed = ", ".join(sql_name(name) for name in columns)
        sql = f"SELECT {listed} FROM {self.relation} LIMIT {SAMPLE_ROWS}"
        return self.connection.sql(sql).to_arrow_table()

    def pieces(self, columns: Collection[str], few: Collection[str]) -> Iterator[Read]:
        """One piece of work for each batch; the database itself reads ahead."""
        listed = ", ".join(sql_name(name) for name in dict.fromkeys((LINE, *columns)))
        ((schema,),) = self.connection.execute("SELECT current_schema()").fetchall()
        cursor = self.connection.cursor()  # the database is asked other things meanwhile
        cursor.execute(f"USE {sql_name(schema)}")
        reader = cursor.sql(f"SELECT {listed} FROM {self.relation}")
        for part in reader.to_arrow_reader(_at_a_time(self.sparing)):
            yield partial(self._given, part, columns, few)

    @staticmethod
    def _given(
        part: pa.RecordBatch, columns: Collection[str], few: Collection[str]
    ) -> Iterator[Part]:
        arrays = {name: part.column(name) for name in columns}
        arrays |= {name: arrays[name].dictionary_encode() for name in few if name in arrays}
        yield part.column(LINE), part.num_rows, arrays


def _at_a_time(sparing: bool) -> int:
    return FEW_ROWS if sparing else BATCH_ROWS


def few_of(rows: Rows, texts: Collection[str]) -> frozenset[str]:
    """Columns of texts of which few differ, by the first rows."""
    if not texts:
        return frozenset()
    sample = rows.sample(texts)
    pa.default_memory_pool().release_unused()
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
