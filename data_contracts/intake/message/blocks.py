"""The records of a file in blocks of whole lines, so that memory is bounded whatever the file's size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from data_contracts.errors import ContractsError
from data_contracts.intake.message.columns import Flags
from data_contracts.intake.message.faults import Bytes, Indices

BLOCK = 1 << 22
"""Bytes read at a time; a longer line is no record."""


@dataclass(frozen=True)
class Block:
    """Whole records: bytes, and where each begins and ends (its line end left out)."""

    codes: Bytes
    first: int
    """Number of the first record, from 1."""
    start: Indices
    end: Indices
    dirty: Flags
    """Records with a control character or another line end than the header's."""

    @property
    def records(self) -> int:
        """Count of records."""
        return len(self.start)


def blocks(stream: BinaryIO, file: Path, *, crlf: bool) -> Iterator[Block]:
    """Read on from the end of the header.

    Raises
    ------
    ContractsError
        For a line longer than a block, which no record can be.
    """
    first, position = 1, stream.tell()
    carried = np.empty(0, dtype=np.uint8)
    while True:
        codes = np.empty(len(carried) + BLOCK, dtype=np.uint8)  # a new one: tables may look into it
        codes[: len(carried)] = carried
        read = stream.readinto(codes[len(carried) :])  # type: ignore[attr-defined]
        if not read:
            break
        codes = codes[: len(carried) + read]
        cut = _last_line_end(codes) + 1
        if not cut and len(codes) > BLOCK:
            raise _endless(file, first, position)
        if cut:
            whole = _block(codes[:cut], first, crlf)
            yield whole
            first += whole.records
            position += cut
        carried = codes[cut:]
    if len(carried):
        # The last line lacks its end: whether it was cut off shows in its length.
        end = np.frombuffer(b"\r\n" if crlf else b"\n", np.uint8)
        yield _block(np.concatenate([carried, end]), first, crlf)


def _last_line_end(codes: Bytes) -> int:
    """Place of the last line feed, looked for from the end; -1 without any."""
    stop = len(codes)
    while stop > 0:
        start = max(stop - 16_384, 0)
        found = codes[start:stop].tobytes().rfind(b"\n")
        if found >= 0:
            return start + found
        stop = start
    return -1


def _block(codes: Bytes, first: int, crlf: bool) -> Block:
    low = np.flatnonzero(codes < 32)
    if b"\x7f" in codes.tobytes():
        low = np.union1d(low, np.flatnonzero(codes == 127))
    is_end = codes[low] == 10
    ends, others = low[is_end], low[~is_end]
    start = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    dirty = np.zeros(len(ends), dtype=bool)
    stop = ends
    if crlf:
        proper = (ends > start) & (codes[ends - 1] == 13)
        stop = np.where(proper, ends - 1, ends)
        dirty |= ~proper
        others = np.setdiff1d(others, ends[proper] - 1, assume_unique=True)
    if len(others):
        dirty[np.searchsorted(ends, others)] = True
    return Block(codes, first, start, stop.astype(np.int64), dirty)


def _endless(file: Path, record: int, position: int) -> ContractsError:
    return ContractsError(
        f"record {record}, which begins at byte {position + 1}, does not end.",
        expected="records of at most 9,999 bytes, each on a line of its own",
        hint="the file may be damaged, encrypted or packed; unpack it first",
        file=file,
    )
