"""Columns of one chunk of a Parquet file, as numpy reads them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from data_contracts.intake.engine_rows import Array, Value
from data_contracts.intake.engine_terms import Kind
from data_contracts.intake.engine_values import Answers, Days, Texts, value_of


class Chunk:
    """Columns of a record batch whose texts are dictionaries.

    Parameters
    ----------
    batch
        Rows.
    kinds
        Kind of every column; one that the batch lacks is null throughout.
    texts, days
        What is known of the values.
    constants
        Values of expressions without columns.
    """

    def __init__(
        self,
        batch: pa.RecordBatch,
        kinds: Mapping[str, Kind],
        texts: Mapping[str, Texts],
        days: Mapping[str, Days],
        constants: Mapping[str, Answers],
    ) -> None:
        self.batch, self.kinds, self.rows = batch, kinds, batch.num_rows
        self._texts, self._days, self._constants = texts, days, constants
        self._names = set(batch.schema.names)
        self._none = np.zeros(batch.num_rows, bool)
        self._looked: dict[str, tuple[Array, dict[str, Answers]] | None] = {}

    def truth(self, name: str, sql: str, wanted: int) -> Array:
        """Rows whose looked-up truth is the wanted one; of days too far apart none is known."""
        looked = self._lookup(name)
        if looked is None:
            return self._none
        index, answers = looked
        flags = answers[sql].data == wanted
        if not flags.any():  # most rules are broken by no value
            return self._none
        return np.asarray(flags[index])

    def value(self, name: str, sql: str) -> tuple[Value, Array | None]:
        """Looked-up value of each row, and which rows have one that cannot be held."""
        looked = self._lookup(name)
        if looked is None:
            return Value(np.zeros(self.rows, np.int64), np.zeros(self.rows, bool)), None
        index, answers = looked
        return value_of(answers[sql], index)

    def column(self, name: str) -> tuple[Value, Array | None]:
        """Column of numbers or days."""
        if name not in self._names:
            return Value(np.zeros(self.rows, np.int64), np.zeros(self.rows, bool)), None
        data, valid = numbers(self.batch.column(name))
        if data.dtype.kind == "f":
            unsure = ~np.isfinite(data) if valid is None else ~np.isfinite(data) & valid
            return Value(np.where(unsure, 0.0, data), valid), unsure
        return Value(data.astype(np.int64, copy=False), valid), None

    def constant(self, sql: str) -> Value:
        """Value of an expression without columns."""
        found = self._constants[sql]
        if found.valid is None or not found.valid[0]:
            return Value(0, np.zeros(self.rows, bool), found.text)
        return Value(found.data[0], None, found.text)

    @property
    def strange(self) -> bool:
        """Whether a column was met whose values could not be looked up."""
        return None in self._looked.values()

    def _lookup(self, name: str) -> tuple[Array, dict[str, Answers]] | None:
        if name not in self._looked:
            self._looked[name] = self._days_of(name) if name in self._days else self._texts_of(name)
        return self._looked[name]

    def _texts_of(self, name: str) -> tuple[Array, dict[str, Answers]]:
        if name not in self._names:
            empty = pa.array([], pa.string())
            return np.zeros(self.rows, np.int64), self._texts[name].answers(empty)
        index, dictionary = places(self.batch.column(name))
        return index, self._texts[name].answers(dictionary)

    def _days_of(self, name: str) -> tuple[Array, dict[str, Answers]] | None:
        if name in self._names:
            days, valid = numbers(self.batch.column(name))
        else:
            days, valid = np.zeros(self.rows, np.int32), np.zeros(self.rows, bool)
        return self._days[name].answers(days, valid)


def numbers(column: pa.Array) -> tuple[Array, Array | None]:
    """Numbers (days for dates) and which of them are there; None for all."""
    if pa.types.is_date32(column.type):
        column = column.view(pa.int32())
    if not column.null_count:
        return np.asarray(column), None
    return np.asarray(column.fill_null(0)), np.asarray(column.is_valid())


def places(column: pa.Array) -> tuple[Array, pa.Array]:
    """Place of each row's text in the dictionary, one past its end for a missing one; the dictionary."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    dictionary = column.dictionary
    if not pa.types.is_string(dictionary.type):
        dictionary = dictionary.cast(pa.string())
    missing = len(dictionary)
    if dictionary.null_count:
        column = column.cast(pa.string()).dictionary_encode()
        return places(column)
    indices = column.indices
    filled = indices.fill_null(missing) if indices.null_count else indices
    return np.asarray(filled).astype(np.intp, copy=False), dictionary
