"""Records of a ledger in parts, by the first bits of their account's number: held, or in files when they are many.

A part is small enough to be sorted in memory, and holds all records of its accounts.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

RECORD = np.dtype(
    [("one", "u8"), ("two", "u8"), ("line", "i8"), ("status", "u8", (3,)), ("day", "i4"),
     ("ended", "u1"), ("fits", "u1"), ("new", "u1"), ("none", "u1")]
)  # fmt: skip
_WHOLE = np.dtype((np.void, RECORD.itemsize))
Records = npt.NDArray[Any]


class Parts:
    """Records that come from any thread, and are taken part by part.

    Parameters
    ----------
    count
        How many parts.
    memory
        Bytes that may be held.
    folder
        Where more goes; None for the folder for temporary files.
    """

    def __init__(self, count: int, memory: int, folder: Path | None) -> None:
        self.memory, self.folder = memory, folder
        self.held: list[list[Records]] = [[] for _ in range(count)]
        self.counts = [0] * count
        self.last = 0  # line
        self.size = 0
        self.lock = Lock()
        self.room: tempfile.TemporaryDirectory[str] | None = None

    def add(self, records: Records, ends: npt.NDArray[np.int64]) -> None:
        """Take records that stand part after part; ``ends`` tells where each begins and the last one ends."""
        stops = ends.tolist()
        last = int(records["line"].max(initial=0))
        with self.lock:
            self.last = max(self.last, last)
            for place, held in enumerate(self.held):
                begin, end = stops[place], stops[place + 1]
                self.counts[place] += end - begin
                held.append(records[begin:end])
            self.size += records.nbytes
            if self.size > self.memory:
                self._put_away()

    def _put_away(self) -> None:
        if self.room is None:
            self.room = tempfile.TemporaryDirectory(prefix="ledger-", dir=self.folder)
        for place, held in enumerate(self.held):
            with (Path(self.room.name) / str(place)).open("ab") as stream:
                for records in _as_read(held):
                    records.tofile(stream)
            held.clear()
        self.size = 0

    def copy(self, place: int, to: Records) -> None:
        """Copy a part to where there is room for all its records."""
        at = 0
        if self.room is not None:
            with (Path(self.room.name) / str(place)).open("rb") as stream:
                at = stream.readinto(to.view(np.uint8).data) // RECORD.itemsize
        if self.held[place]:
            # Copied whole: field by field takes eight times as long.
            held = [records.view(_WHOLE) for records in _as_read(self.held[place])]
            np.concatenate(held, out=to[at:].view(_WHOLE))


def _as_read(held: list[Records]) -> list[Records]:
    """Records in order of their lines: threads bring them as they come."""
    return sorted(held, key=lambda records: int(records["line"][0]) if len(records) else 0)
