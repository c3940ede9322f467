"""Some rows of a file, column by column, as numbers, codes and texts; what was once made of a column is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.judge import kernels
from data_contracts.intake.judge.domains import ABSENT, DAYS, LETTER, OTHER, SMALL, Domain
from data_contracts.intake.judge.patterns import START, Automaton
from data_contracts.intake.judge.texts import Texts

Codes = npt.NDArray[np.uint16]
Flags = npt.NDArray[np.bool_]
_T = TypeVar("_T")


@dataclass
class Batch:
    """Rows of a file.

    Parameters
    ----------
    rows
        How many.
    arrays
        Column -> its values; a column without an array is missing in all rows.
    domains
        Column of few values -> these values.
    lock
        Held while a domain grows.
    """

    rows: int
    arrays: Mapping[str, pa.Array]
    domains: Mapping[str, Domain]
    lock: RLock
    kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, make: Callable[[], _T]) -> _T:
        """Give what stands under a key, made at the first call."""
        if key not in self.kept:
            self.kept[key] = make()
        found: _T = self.kept[key]
        return found

    def valid(self, name: str) -> Flags | None:
        """Which rows have a value; None for all."""
        return self.once(("valid", name), lambda: self._valid(name))

    def _valid(self, name: str) -> Flags | None:
        array = self.arrays.get(name)
        if array is None:
            return np.zeros(self.rows, bool)
        if not array.null_count:
            return None
        if pa.types.is_dictionary(array.type):
            array = array.indices
        bits = np.frombuffer(array.buffers()[0], np.uint8)
        spread = np.unpackbits(bits, count=array.offset + len(array), bitorder="little")
        found: Flags = spread[array.offset :].view(bool)
        return found

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Whole numbers or days since 1970; missing ones may be anything."""
        array = self.arrays.get(name)
        if array is None:
            return np.zeros(self.rows, np.int64)
        kind = np.dtype(np.int32 if pa.types.is_date(array.type) else array.type.to_pandas_dtype())
        return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)

    def texts(self, name: str) -> Texts:
        """Texts of a column."""
        return self.once(("texts", name), lambda: self._texts(name))

    def _texts(self, name: str) -> Texts:
        array = self.array(name)
        found = Texts.of(array)
        if not found.ascii:
            array.validate(full=True)  # a file may hold what is no text at all
        return found

    def array(self, name: str) -> pa.Array:
        """Values of a column as they are."""
        array = self.arrays.get(name)
        return array if array is not None else pa.nulls(self.rows, pa.string())

    def lengths(self, name: str, *, letters: bool) -> npt.NDArray[np.int64]:
        """Letters or bytes of each text."""
        texts = self.texts(name)
        if not letters or texts.ascii:
            return texts.lengths
        counted = pc.fill_null(pc.utf8_length(self.array(name)), 0)
        return np.asarray(counted).astype(np.int64)

    def states(self, name: str, automaton: Automaton) -> Codes:
        """States in which the texts end; one more than there are for a missing text."""
        texts, codes = self.texts(name), np.empty(self.rows, np.uint16)
        kernels.walk(texts.data, texts.places, automaton.step, START, codes)
        valid = self.valid(name)
        if valid is not None:
            codes[~valid] = automaton.met.shape[1]
        return codes

    def codes(self, name: str) -> Codes:
        """Codes of a column of few values."""
        return self.once(("codes", name), lambda: self._codes(name))

    def _codes(self, name: str) -> Codes:
        domain = self.domains[name]
        if LETTER in name:
            return self._letters(*name.split(LETTER))
        array = self.arrays.get(name)
        if array is None:
            return np.full(self.rows, ABSENT, np.uint16)
        if domain.type == pa.string():
            return self._text_codes(array, domain)
        if domain.type == pa.bool_():
            values = pc.fill_null(pc.add(array.cast(pa.int8()), pa.scalar(2, pa.int8())), ABSENT)
            return np.asarray(values).astype(np.uint16)
        span = DAYS if domain.type == pa.date32() else SMALL
        codes, valid = np.empty(self.rows, np.uint16), self.valid(name)
        values = self.numbers(name)
        if values.dtype.itemsize < 4:
            values = values.astype(np.int64)
        kernels.code_dates(values, span.start, span.stop - 1, OTHER, codes)
        if valid is not None:
            codes[~valid] = ABSENT
        return codes

    def _text_codes(self, array: pa.Array, domain: Domain) -> Codes:
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        own = domain.codes_of(array.dictionary, self.lock)
        places = array.indices
        if places.null_count:
            places = places.fill_null(len(array.dictionary))
        codes = np.empty(self.rows, np.uint16)
        kernels.recode(np.asarray(places), own, codes)
        return codes

    def _letters(self, name: str, place: str) -> Codes:
        texts, valid = self.texts(name), self.valid(name)
        codes = np.empty(self.rows, np.uint16)
        kernels.code_letters(texts.data, texts.places, texts.printable, int(place), OTHER, codes)
        if valid is not None:
            codes[~valid] = ABSENT
        return codes
