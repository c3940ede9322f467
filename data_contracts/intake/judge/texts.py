"""Texts of an Arrow column as numpy sees them: one row of bytes and where each text begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_PAD = 8


@dataclass(frozen=True)
class Texts:
    """Texts; a missing one is empty.

    Parameters
    ----------
    data
        Bytes, with eight of no meaning at the end.
    begins, lengths
        Where each text begins and how many bytes it has.
    """

    data: npt.NDArray[np.uint8]
    begins: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    @classmethod
    def of(cls, array: pa.Array) -> Texts:
        """Look at a column of texts; only the bytes are copied."""
        wide = pa.types.is_large_string(array.type)
        _, places, data = array.buffers()
        kind = np.int64 if wide else np.int32
        offsets = np.frombuffer(places, kind, len(array) + 1, array.offset * kind().itemsize)
        first, end = int(offsets[0]), int(offsets[-1])
        padded = np.zeros(end - first + _PAD, np.uint8)
        if end > first:
            padded[: end - first] = np.frombuffer(data, np.uint8, end - first, first)
        offsets = offsets.astype(np.int64) - first
        return cls(padded, offsets[:-1], np.diff(offsets))

    def __len__(self) -> int:
        return len(self.begins)

    def letters(self, begin: int, end: int) -> Iterator[npt.NDArray[np.uint8]]:
        """First bytes of some texts, second bytes, ...; 0 after the end of a text."""
        begins, lengths = self.begins[begin:end], self.lengths[begin:end]
        longest = int(lengths.max(initial=0))
        if longest and (lengths == longest).all():
            first = int(begins[0])
            block = self.data[first : first + (end - begin) * longest]
            yield from np.ascontiguousarray(block.reshape(end - begin, longest).T)
            return
        for place in range(longest):
            inside = lengths > place
            yield self.data.take(np.where(inside, begins + place, 0)) * inside

    def strange(self) -> npt.NDArray[np.bool_] | None:
        """Texts with anything but printable ASCII; None for none."""
        wrong = (self.data[:-_PAD] - np.uint8(32)) > 94
        if not wrong.any():
            return None
        found = np.zeros(len(self), bool)
        found[np.searchsorted(self.begins, np.flatnonzero(wrong), "right") - 1] = True
        return found

    def letter(self, place: int) -> npt.NDArray[np.uint8]:
        """Byte at a place, the first is 1 and the last -1; 0 where there is none."""
        inside = self.lengths >= abs(place)
        places = self.begins + (place - 1 if place > 0 else self.lengths + place)
        found: npt.NDArray[np.uint8] = self.data.take(np.maximum(places, 0), mode="clip")
        return found if inside.all() else found * inside

    def words(self, count: int) -> Iterator[npt.NDArray[np.uint64]]:
        """First eight bytes of each text as a number, the next eight, ...; zero after its end."""
        for number in range(count):
            left = np.clip(self.lengths - 8 * number, 0, 8)
            places = np.minimum(self.begins + 8 * number, len(self.data) - _PAD)
            wide = np.ndarray((len(self.data) - _PAD + 1,), "<u8", self.data.data, strides=(1,))
            yield wide.take(places) & _KEEP.take(left)


_KEEP = np.array([(1 << (8 * n)) - 1 for n in range(9)], np.uint64)
