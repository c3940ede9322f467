"""Texts of an Arrow column as numpy sees them: one row of bytes and where each text begins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True)
class Texts:
    """Texts; what stands for a missing one means nothing.

    Parameters
    ----------
    data
        Bytes of all texts.
    places
        Where each text begins, and where the last one ends.
    """

    data: npt.NDArray[np.uint8]
    places: npt.NDArray[np.int64]

    @classmethod
    def of(cls, array: pa.Array) -> Texts:
        """Look at a column of texts; its bytes are not copied."""
        if pa.types.is_dictionary(array.type) or pa.types.is_null(array.type):
            array = array.cast(pa.string())
        kind = np.dtype(np.int64 if pa.types.is_large_string(array.type) else np.int32)
        _, offsets, data = array.buffers()
        if offsets is None or data is None:
            return cls(np.zeros(0, np.uint8), np.zeros(len(array) + 1, np.int64))
        places = np.frombuffer(offsets, kind, len(array) + 1, array.offset * kind.itemsize)
        first, last = int(places[0]), int(places[-1])
        held = (
            np.frombuffer(data, np.uint8, last - first, first)
            if last > first
            else np.zeros(0, np.uint8)
        )
        return cls(held, np.subtract(places, first, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.places) - 1

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Bytes of each text."""
        return np.diff(self.places)

    @cached_property
    def ascii(self) -> bool:
        """Whether every byte is a letter of its own."""
        return bool(self.data.max(initial=0) < 128)

    @cached_property
    def printable(self) -> bool:
        """Whether every byte is a printable letter of ASCII."""
        return bool(self.data.max(initial=32) < 127 and self.data.min(initial=32) >= 32)
