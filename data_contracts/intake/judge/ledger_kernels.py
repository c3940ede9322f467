"""The compiled inner loops of the ledger: make numbers of keys, put records in parts, compare months."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from data_contracts.intake.judge.kernels import compiled

FIRST_DAY, LAST_DAY = -8_000, 57_535
"""Days since 1970 that two bytes hold, by which the records of an account are sorted."""


@compiled
def mix_texts(
    data: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    one: npt.NDArray[np.uint64],
    two: npt.NDArray[np.uint64],
) -> None:
    """Mix texts into two numbers for each row: together 128 bits that tell keys apart."""
    for t in range(len(places) - 1):
        a, b = one[t], two[t]
        for i in range(places[t], places[t + 1]):
            letter = np.uint64(data[i])
            a = (a ^ letter) * np.uint64(0x100000001B3)
            b = (b + letter + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
            b ^= b >> np.uint64(29)
        one[t], two[t] = _mixed(a + np.uint64(1)), _mixed(b + np.uint64(2))


@compiled
def mix_numbers(
    values: npt.NDArray[np.int64], one: npt.NDArray[np.uint64], two: npt.NDArray[np.uint64]
) -> None:
    """Mix whole numbers into two numbers for each row."""
    for t in range(len(values)):
        one[t] = _mixed(one[t] ^ np.uint64(values[t]))
        two[t] = _mixed(two[t] + np.uint64(values[t]) * np.uint64(0x9E3779B97F4A7C15))


@compiled
def mix_codes(
    codes: npt.NDArray[np.int32],
    first: npt.NDArray[np.uint64],
    second: npt.NDArray[np.uint64],
    one: npt.NDArray[np.uint64],
    two: npt.NDArray[np.uint64],
) -> None:
    """Mix texts of a dictionary, which have been made numbers, as if they stood in each row."""
    for t in range(len(codes)):
        a, b = first[codes[t]], second[codes[t]]
        x, y = _mixed(one[t] ^ a), _mixed(two[t] + a * np.uint64(0x9E3779B97F4A7C15))
        one[t] = _mixed(x + b * np.uint64(0x9E3779B97F4A7C15))
        two[t] = _mixed(y ^ b)


@compiled
def _mixed(h: Any) -> Any:
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    return h ^ (h >> np.uint64(33))


@compiled
def enter(
    one: npt.NDArray[np.uint64],
    two: npt.NDArray[np.uint64],
    lines: npt.NDArray[np.int64],
    days: npt.NDArray[np.int32],
    whole: npt.NDArray[np.uint8],
    settled: npt.NDArray[np.uint8],
    data: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    ending: npt.NDArray[np.uint8],
    bits: int,
    out: tuple[npt.NDArray[Any], ...],
) -> npt.NDArray[np.int64]:
    """Write records in order of the first bits of ``one``; where the records of each such part end.

    Parameters
    ----------
    one, two, lines, days
        Numbers of the account, line, day of the bill.
    whole
        0 for rows without a whole key, which are left out.
    settled
        Whether the account was settled in that month.
    data, places
        Statuses.
    ending
        Whether no month follows one that ends with that byte.
    bits
        How many bits.
    out
        The fields of the records: one, two, line, day, ended, fits, status.
    """
    shift = np.uint64(64 - bits)
    ends = np.zeros((1 << bits) + 1, np.int64)
    for i in range(len(one)):
        if whole[i]:
            ends[np.int64(one[i] >> shift) + 1] += 1
    ends = np.cumsum(ends)
    next_ = ends.copy()
    for i in range(len(one)):
        if not whole[i]:
            continue
        part = np.int64(one[i] >> shift)
        to = next_[part]
        next_[part] += 1
        out[0][to], out[1][to], out[2][to], out[3][to] = one[i], two[i], lines[i], days[i]
        fits = places[i + 1] - places[i] == 24
        out[4][to] = settled[i] | (ending[data[places[i] + 23]] if fits else 0)
        out[5][to] = fits
        if fits:
            for letter in range(24):
                out[6][to, letter] = data[places[i] + letter]
    return ends


@compiled
def doubt(
    order: npt.NDArray[np.int32],
    records: tuple[npt.NDArray[Any], ...],
    months: npt.NDArray[np.int32],
    read: bool,
    shifted: bool,
    doubtful: npt.NDArray[np.uint8],
) -> None:
    """Mark the records of accounts two of whose months do not fit each other, or that have a month twice.

    Parameters
    ----------
    order
        Places of the records by account and day; two accounts may share the first bits of ``one``.
    records
        The fields of the records. one, two: numbers of the account; day of the bill; new: 0 for a record that
        stands in the lake, in whose place one of the batch of the same day stands; ended: whether no month may
        follow; fits, status: whether the status is one of 24 bytes, and these bytes.
    months
        Month of each day from ``FIRST_DAY`` to ``LAST_DAY``.
    read, shifted
        Whether the status is looked at, and whether it must carry on the one before.
    doubtful
        By record.
    """
    one, two, day, new, ended, fits, status = records
    head, count = 0, len(order)
    while head < count:
        first = order[head]
        end = head + 1
        while end < count and one[order[end]] >> np.uint64(16) == one[first] >> np.uint64(16):
            end += 1
        wrong = False
        before = -1
        at = head
        while at < end and not wrong:
            record = order[at]
            if one[record] != one[first] or two[record] != two[first]:
                wrong = True
            brought = 0
            last, bill = at, day[record]
            while last < end and day[order[last]] == bill:
                if new[order[last]]:
                    record = order[last]
                    brought += 1
                last += 1
            wrong |= brought > 1 or (brought == 0 and last - at > 1)
            wrong |= bill < FIRST_DAY or bill > LAST_DAY or (read and not fits[record])
            if before >= 0 and not wrong:
                gap = months[bill - FIRST_DAY] - months[day[before] - FIRST_DAY]
                wrong |= gap <= 0 or ended[before] != 0
                if shifted and gap <= 23 and not wrong:
                    for place in range(24 - gap):
                        if status[before, place + gap] != status[record, place]:
                            wrong = True
                            break
            before = record
            at = last
        if wrong:
            for at in range(head, end):
                doubtful[order[at]] = 1
        head = end
