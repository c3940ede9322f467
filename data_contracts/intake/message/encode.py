"""Columns to fixed-width bytes: the reverse of :mod:`data_contracts.intake.message.columns`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.errors import ContractsError
from data_contracts.intake.message.columns import BLANK, Flags, dates_ok
from data_contracts.intake.message.faults import Bytes
from data_contracts.intake.message.layout import Field

_CONTROL = "[\\x00-\\x1f\\x7f]"
_FORMS = {
    "number": "digits",
    "date": "a date as YYYYMMDD",
    "code": "ASCII",
    "text": "text that GB18030 has, without control characters",
}


def encode(column: pa.Array | pa.ChunkedArray, field: Field, tag: str, lines: pa.Array) -> Bytes:
    """A column as one row of ``field.width`` bytes for each record.

    Text is padded right with blanks, a number left with 0; null is blank. Nothing is cut.

    Parameters
    ----------
    column
        Text, whole numbers or dates.
    field, tag
        Where it goes.
    lines
        Record number of each row, to be named in an error.

    Raises
    ------
    ContractsError
        For the first value that does not fit; names line and field, never the value.
    """
    text = _text(column)
    if not len(text):
        return np.empty((0, field.width), dtype=np.uint8)
    blank = _flags(pc.equal(text, ""))

    def refuse(wrong: Flags, problem: str) -> None:
        if wrong.any():
            raise ContractsError(
                problem,
                expected=f"{_FORMS[field.kind]}, at most {field.width} byte(s) in GB18030",
                line=lines[int(wrong.argmax())].as_py(),
                column=f"{tag}.{field.name}",
            )

    if field.required:
        refuse(blank, "the field must be filled.")
    refuse(_flags(pc.match_substring_regex(text, _CONTROL)), "the value has a control character.")
    encoded = _gb18030(text)
    sizes = np.diff(np.frombuffer(encoded.buffers()[1], np.int32)[: len(text) + 1])
    refuse(sizes > field.width, "the value is too long for its field, and nothing is cut.")
    if field.kind != "text":
        refuse(
            _flags(pc.not_equal(pc.binary_length(text), pc.utf8_length(text))),
            "the value has a character that the field cannot hold.",
        )
    if field.kind == "number":
        form = "^-?[0-9]+$" if field.signed else "^[0-9]+$"
        refuse(~blank & ~_flags(pc.match_substring_regex(text, form)), "the value is no number.")
        return _numbers(text, blank, field)
    rows = _padded(encoded, sizes, field.width)
    if field.kind == "date":
        refuse(~blank & ~dates_ok(rows), "the value is no date.")
    return rows


def _text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_date(array.type):
        array = pc.strftime(array, format="%Y%m%d")
    elif not pa.types.is_string(array.type):
        array = pc.cast(array, pa.string())
    return pc.utf8_trim(pc.fill_null(array, ""), characters=" ")


def _flags(condition: pa.Array) -> Flags:
    return np.asarray(condition.to_numpy(zero_copy_only=False), dtype=bool)


def _gb18030(text: pa.Array) -> pa.Array:
    """Encode as GB18030: ASCII stays as it is, the rest is encoded as a whole."""
    if pc.all(pc.string_is_ascii(text)).as_py():
        return pa.concat_arrays([text.cast(pa.binary())])
    joined = "\n".join(text.to_pylist()) + "\n"  # no value holds a line feed: seen above
    data = np.frombuffer(joined.encode("gb18030"), np.uint8)
    ends = np.flatnonzero(data == 10)
    offsets = np.zeros(len(text) + 1, dtype=np.int32)
    np.cumsum(np.diff(ends, prepend=-1) - 1, out=offsets[1:])
    kept = np.ascontiguousarray(data[data != 10])
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(text), [None, pa.py_buffer(offsets), pa.py_buffer(kept)]
    )


def _padded(encoded: pa.Array, sizes: npt.NDArray[np.int32], width: int) -> Bytes:
    rows = np.full((len(encoded), width), BLANK, dtype=np.uint8)
    data = encoded.buffers()[2]
    if data is not None:
        rows[np.arange(width) < sizes[:, None]] = np.frombuffer(data, np.uint8)[: sizes.sum()]
    return rows


def _numbers(text: pa.Array, blank: Flags, field: Field) -> Bytes:
    """Zeros to the left; a sign goes before them."""
    minus = _flags(pc.starts_with(text, "-"))
    digits = pc.utf8_lpad(pc.utf8_ltrim(text, characters="-"), width=field.width, padding="0")
    rows = np.frombuffer(digits.buffers()[2], np.uint8)[: len(text) * field.width]
    rows = rows.reshape(len(text), field.width).copy()
    rows[minus, 0] = ord("-")
    rows[blank] = BLANK
    return rows
