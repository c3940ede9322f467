"""Second pass: the records of a block as tables of text, one for each kind of segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.message.blocks import Block
from data_contracts.intake.message.columns import column
from data_contracts.intake.message.faults import Bytes, Faults
from data_contracts.intake.message.layout import Layout, Segment
from data_contracts.intake.message.walk import Placed, walk


@dataclass(frozen=True)
class Part:
    """The records of one block of the file.

    Parameters
    ----------
    first
        Number of its first record; the first record of a file has number 1.
    records
        Count of records.
    tables
        Segment tag -> text columns of the good records. ``_line`` is the record's number; a segment
        that follows another repeats that one's key as ``base_<field>``.
    broken
        line, rule_id, segment, field, value, reason_zh, reason_en; a record may have several rows.
    """

    first: int
    records: int
    tables: Mapping[str, pa.Table]
    broken: pa.Table

    @property
    def broken_records(self) -> int:
        """Count of broken records."""
        return int(pc.count_distinct(self.broken["line"]).as_py())

    @property
    def good(self) -> int:
        """Count of good records: the rows of the tables of base segments."""
        return sum(t.num_rows for t in self.tables.values() if "base_segment" not in t.column_names)


def parse(
    block: Block, layout: Layout, message_class: str, institution_code: str | None = None
) -> Part:
    """Good and broken records of a block.

    With ``institution_code`` a record of another institution is broken: an institution reports, deletes
    and renames its own accounts alone.
    """
    faults = Faults(block.records)
    walked = walk(block, layout, message_class, faults)
    columns: dict[str, dict[str, pa.Array]] = {}
    for tag, placed in walked.placed.items():
        segment = layout.segments[tag]
        rows = _rows(block.codes, placed, segment)
        columns[tag] = {
            field.name: column(rows[:, at : at + field.width], field, tag, placed.record, faults)
            for field, at in zip(segment.fields, segment.offsets.values(), strict=True)
        }
    if institution_code is not None:
        _refuse_others(columns, walked.placed, layout, institution_code, faults)
    tables: dict[str, pa.Table] = {}
    for tag, placed in walked.placed.items():
        lines = pa.array(placed.record + block.first, pa.int64())
        tables[tag] = pa.table({"_line": lines, **columns[tag]})
    _add_keys(tables, walked.placed, layout, message_class)
    if faults.hit.any():
        for tag, placed in walked.placed.items():
            tables[tag] = tables[tag].filter(pa.array(~faults.hit[placed.record]))
    return Part(
        block.first,
        block.records,
        MappingProxyType({tag: table for tag, table in tables.items() if table.num_rows}),
        faults.table(block.first),
    )


def _refuse_others(
    columns: Mapping[str, Mapping[str, pa.Array]],
    placed: Mapping[str, Placed],
    layout: Layout,
    institution_code: str,
    faults: Faults,
) -> None:
    for tag, found in columns.items():
        for field in layout.segments[tag].fields:
            if not field.name.endswith("institution_code"):
                continue
            other = pc.not_equal(found[field.name], institution_code).fill_null(False)
            wrong = np.flatnonzero(other.to_numpy(zero_copy_only=False))
            if len(wrong):
                faults.add(placed[tag].record[wrong], "MSG-11", tag)


def _rows(codes: Bytes, placed: Placed, segment: Segment) -> Bytes:
    """One row of bytes for each segment; without a copy where the records all have one length."""
    at, width = placed.at, segment.width
    if not len(at):
        return np.empty((0, width), dtype=np.uint8)
    steps = np.diff(at)
    step = int(steps[0]) if len(steps) else width
    if (steps == step).all() and step >= width:
        view = np.lib.stride_tricks.as_strided(
            codes[int(at[0]) :], (len(at), width), (step, 1), writeable=False
        )
        return view
    return np.lib.stride_tricks.sliding_window_view(codes, width)[at]


def _add_keys(
    tables: dict[str, pa.Table], placed: dict[str, Placed], layout: Layout, message_class: str
) -> None:
    """Repeat the key of the base segment in the segments that follow it."""
    bases = [tag for tag in layout.bases[message_class] if tag in tables]
    followers = [tag for tag in tables if tag not in bases]
    if not followers:
        return
    parts, at, row_of = (
        [],
        0,
        np.zeros(max(int(p.record.max(initial=-1)) for p in placed.values()) + 1, dtype=np.int64),
    )
    for tag in bases:
        count = tables[tag].num_rows
        row_of[placed[tag].record] = np.arange(at, at + count)
        at += count
        names = tables[tag].column_names
        parts.append(
            pa.table(
                {
                    "base_segment": pa.repeat(pa.scalar(tag), count),
                    **{
                        f"base_{name}": tables[tag][name]
                        if name in names
                        else pa.nulls(count, pa.string())
                        for name in layout.key
                    },
                }
            )
        )
    keys = pa.concat_tables(parts)
    for tag in followers:
        own = keys.take(pa.array(row_of[placed[tag].record]))
        for name in own.column_names:
            tables[tag] = tables[tag].append_column(name, own[name])
