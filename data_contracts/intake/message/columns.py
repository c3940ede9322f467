"""Fixed-width bytes to Arrow text columns, a whole field at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.message.faults import Bytes, Faults, Indices
from data_contracts.intake.message.layout import Field

BLANK = 32
_LF = 10
_YEAR_MONTH_DAY = np.zeros((8, 3), dtype=np.float32)
_YEAR_MONTH_DAY[[0, 1, 2, 3], 0] = 1000, 100, 10, 1
_YEAR_MONTH_DAY[[4, 5], 1] = _YEAR_MONTH_DAY[[6, 7], 2] = 10, 1
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

Flags = npt.NDArray[np.bool_]


def column(rows: Bytes, field: Field, segment: str, records: Indices, faults: Faults) -> pa.Array:
    """One field of all records of a segment as text: trimmed, blank as null; notes what is wrong.

    Parameters
    ----------
    rows
        The field's bytes, one row a record.
    field, segment
        Where they stand.
    records
        Number of each row's record in its block.
    faults
        Takes the faults; the value of a faulty field is null.
    """
    if len(rows) == 0:
        return pa.array([], pa.string())
    rows = np.ascontiguousarray(rows)
    low, high = int(rows.min()), int(rows.max())

    def bad(broken: Flags, rule_id: str) -> Flags:
        if broken.any():
            faults.add_values(records[broken], rule_id, segment, field, rows[broken])
        return broken

    if field.kind in ("number", "date"):
        full = low >= 48 and high <= 57
        if full and field.kind == "number":
            return _full(rows)
        filled = np.asarray((rows != BLANK).any(axis=1)) if low <= BLANK else _all(rows)
        if field.required:
            bad(~filled, "MSG-09")
        if field.kind == "number":
            wrong = bad(filled & ~_digits(rows, signed=field.signed), "MSG-05")
        else:
            wrong = bad(filled & ~dates_ok(rows), "MSG-06")
        if not wrong.any() and filled.all():
            return _full(rows)
        return _trimmed(rows, ~wrong)
    if high < 128:
        text = _trimmed(rows)
    elif field.kind == "code":
        text = _trimmed(rows, ~bad(np.asarray((rows >= 128).any(axis=1)), "MSG-07"))
    else:
        wrong = bad(_undecodable(rows), "MSG-04")
        text = _chinese(rows, (rows != BLANK).any(axis=1) & ~wrong)
    if field.required and low <= BLANK:
        bad((rows == BLANK).all(axis=1), "MSG-09")
    return text


def _all(rows: Bytes) -> Flags:
    return np.ones(len(rows), dtype=bool)


def dates_ok(rows: Bytes) -> Flags:
    """Which rows of eight bytes are dates as YYYYMMDD."""
    digits = rows - 48  # bytes below "0" wrap around to large ones
    year, month, day = (digits.astype(np.float32) @ _YEAR_MONTH_DAY).astype(np.int32).T
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.where(month <= 12, month, 0)] - ((month == 2) & ~leap)
    sound = (year >= 1) & (day >= 1) & (day <= last)
    return np.asarray(sound if int(digits.max()) <= 9 else sound & (digits <= 9).all(axis=1))


def _digits(rows: Bytes, *, signed: bool) -> Flags:
    good = rows - 48 <= 9  # bytes below "0" wrap around to large ones
    if signed and rows.shape[1] > 1:
        good[:, 0] |= rows[:, 0] == ord("-")
    return np.asarray(good.all(axis=1))


def _full(rows: Bytes) -> pa.Array:
    """Text column of rows without any blank."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(rows)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def _kept(rows: Bytes, valid: Flags) -> npt.NDArray[np.int64]:
    """Bytes of each row without the blanks at its end; none where it is not valid."""
    width = rows.shape[1]
    lengths = width - (rows[:, ::-1] != BLANK).argmax(axis=1)
    return np.where(valid, lengths, 0)


def _trimmed(rows: Bytes, valid: Flags | None = None) -> pa.Array:
    """Text column of ASCII rows, trimmed; null where blank or not valid."""
    count = len(rows)
    if valid is not None and not valid.all():
        rows = np.where(valid[:, None], rows, BLANK).astype(np.uint8)
    text = pc.ascii_trim_whitespace(_full(rows))  # of whitespace, only blanks come here
    _, offsets, data = text.buffers()
    ends = np.frombuffer(offsets, np.int32)[text.offset : text.offset + count + 1]
    filled = np.diff(ends) > 0
    if filled.all():
        return text
    bits = pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends), data, bits)


def _chinese(rows: Bytes, valid: Flags) -> pa.Array:
    """Text column of GB18030 rows that are known to be decodable where valid."""
    count, width = rows.shape
    lengths = _kept(rows, valid)
    ended = np.full((count, width + 1), _LF, dtype=np.uint8)
    ended[:, :width] = rows
    ended[np.arange(count), lengths] = _LF
    joined = ended[np.arange(width + 1) <= lengths[:, None]].tobytes()
    decoded = np.frombuffer(joined.decode("gb18030").encode(), np.uint8)
    ends = np.flatnonzero(decoded == _LF)
    sizes = np.diff(ends, prepend=-1) - 1
    return _left_trimmed(_array(count, sizes, decoded[decoded != _LF], valid), rows)


def _undecodable(rows: Bytes) -> Flags:
    """Which rows are not GB18030; a row is judged by itself only where the whole is not."""
    count, width = rows.shape
    ended = np.full((count, width + 1), _LF, dtype=np.uint8)
    ended[:, :width] = rows
    try:
        ended.tobytes().decode("gb18030")
    except UnicodeDecodeError:
        return np.fromiter((not _decodes(row.tobytes()) for row in rows), bool, count)
    return np.zeros(count, dtype=bool)


def _decodes(value: bytes) -> bool:
    try:
        value.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _array(count: int, lengths: npt.NDArray[np.int64], data: Bytes, valid: Flags) -> pa.Array:
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffer = pa.py_buffer(np.ascontiguousarray(data))
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), buffer, bits)


def _left_trimmed(texts: pa.Array, rows: Bytes) -> pa.Array:
    return pc.utf8_ltrim(texts, characters=" ") if (rows[:, 0] == BLANK).any() else texts
