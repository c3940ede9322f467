"""Where the segments of a block's records stand: all records take one step at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_contracts.intake.message.blocks import Block
from data_contracts.intake.message.columns import Flags
from data_contracts.intake.message.faults import Faults, Indices
from data_contracts.intake.message.layout import LENGTH_DIGITS, Layout


@dataclass(frozen=True)
class Placed:
    """Segments of one kind: the record of each (within the block), and its first byte after the tag."""

    record: Indices
    at: Indices


@dataclass(frozen=True)
class Walk:
    """All segments of a block by tag, in the order of the records; ``wrong_length`` as the records."""

    placed: dict[str, Placed]
    wrong_length: Flags


def walk(block: Block, layout: Layout, message_class: str, faults: Faults) -> Walk:
    """Place the segments; records whose frame is broken are noted and left out."""
    codes, start, end = block.codes, block.start, block.end
    faults.add(np.flatnonzero(block.dirty), "MSG-08")
    wrong_length = ~_length_right(block)
    faults.add(np.flatnonzero(wrong_length), "MSG-01")
    widths = np.zeros(256, dtype=np.int64)
    for tag, segment in layout.segments.items():
        widths[ord(tag)] = segment.width
    most = _allowed(layout, message_class)

    active = np.flatnonzero(~faults.hit)
    at = start[active] + LENGTH_DIGITS
    base = np.zeros(block.records, dtype=np.uint8)  # 0: none seen yet
    seen: dict[int, list[tuple[Indices, Indices]]] = {}
    while len(active):
        tags = codes[at]
        after = at + 1 + widths[tags]
        unknown = widths[tags] == 0
        misplaced = ~unknown & (most[base[active], tags] == 0)
        cut = ~unknown & ~misplaced & (after > end[active])
        wrong = unknown | misplaced | cut
        if wrong.any():
            faults.add(active[unknown], "MSG-02")
            for tag in np.unique(tags[misplaced | cut]).tolist():
                faults.add(active[misplaced & (tags == tag)], "MSG-03", chr(tag))
                faults.add(active[cut & (tags == tag)], "MSG-10", chr(tag))
            active, at, tags, after = (part[~wrong] for part in (active, at, tags, after))
        for tag in np.unique(tags).tolist():
            here = tags == tag
            seen.setdefault(tag, []).append((active[here], at[here] + 1))
        base[active] = np.where(base[active] == 0, tags, base[active])
        more = after < end[active]
        active, at = active[more], after[more]
    for kind, steps in seen.items():
        counts = np.bincount(np.concatenate([step[0] for step in steps]), minlength=block.records)
        faults.add(
            np.flatnonzero((counts > most[base, kind]) & (base != kind)), "MSG-03", chr(kind)
        )
    return Walk({chr(tag): _in_order(steps, faults) for tag, steps in seen.items()}, wrong_length)


def _length_right(block: Block) -> Flags:
    lengths = block.end - block.start
    enough = lengths > LENGTH_DIGITS
    heads = block.start[:, None] + np.arange(LENGTH_DIGITS)
    digits = (
        block.codes.take(heads, mode="clip") - 48
    )  # past the end only for records not long enough
    said = digits.astype(np.int64) @ 10 ** np.arange(LENGTH_DIGITS - 1, -1, -1)
    return np.asarray(enough & (digits <= 9).all(axis=1) & (said == lengths))


def _allowed(layout: Layout, message_class: str) -> Indices:
    """How often a segment may stand after a base segment; row 0 for the base segments themselves."""
    most = np.zeros((256, 256), dtype=np.int64)
    for tag in layout.bases[message_class]:
        most[0, ord(tag)] = 1
        for after, times in layout.follows.get(tag, {}).items():
            most[ord(tag), ord(after)] = times
    return most


def _in_order(steps: list[tuple[Indices, Indices]], faults: Faults) -> Placed:
    record = np.concatenate([step[0] for step in steps])
    at = np.concatenate([step[1] for step in steps])
    keep = ~faults.hit[record]
    record, at = record[keep], at[keep]
    if len(steps) > 1:
        order = np.argsort(at, kind="stable")
        record, at = record[order], at[order]
    return Placed(record, at)
