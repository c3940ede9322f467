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
    for t in range(len(one)):
        a, b = _numbers(data, np.uint64(places[t]), np.uint64(places[t + 1]))
        one[t], two[t] = _both(one[t], two[t], a, b)


@compiled
def _numbers(data: Any, begin: Any, end: Any) -> Any:
    """Two numbers of a text, taken eight letters at a time."""
    a, b = np.uint64(1), np.uint64(2)
    place = begin
    while place < end:
        word, stop = np.uint64(0), min(place + np.uint64(8), end)
        while place < stop:
            word = (word << np.uint64(8)) | np.uint64(data[place])
            place += np.uint64(1)
        a = (a ^ word) * np.uint64(0xFF51AFD7ED558CCD)
        a ^= a >> np.uint64(32)
        b = (b + word) * np.uint64(0x9E3779B97F4A7C15)
        b ^= b >> np.uint64(29)
    return a + (end - begin), b ^ (end - begin)


@compiled
def _both(one: Any, two: Any, a: Any, b: Any) -> Any:
    x, y = _mixed(one ^ a), two + a * np.uint64(0x9E3779B97F4A7C15)
    return _mixed(x + b * np.uint64(0x9E3779B97F4A7C15)), _mixed(y ^ b)


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
    data: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    codes: npt.NDArray[np.int32],
    one: npt.NDArray[np.uint64],
    two: npt.NDArray[np.uint64],
) -> None:
    """Mix texts of a dictionary as if they stood in each row; a code behind them all is that of a missing one."""
    count = len(places) - 1
    first, second = np.zeros(count + 1, np.uint64), np.zeros(count + 1, np.uint64)
    for t in range(count):
        first[t], second[t] = _numbers(data, np.uint64(places[t]), np.uint64(places[t + 1]))
    for t in range(len(codes)):
        one[t], two[t] = _both(one[t], two[t], first[codes[t]], second[codes[t]])


@compiled
def _mixed(h: Any) -> Any:
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    return h ^ (h >> np.uint64(33))


@compiled
def _word(data: Any, place: Any) -> Any:
    """Eight bytes as a number, the first one lowest."""
    word = np.uint64(0)
    for letter in range(8):
        word |= np.uint64(data[place + np.uint64(letter)]) << np.uint64(8 * letter)
    return word


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
        The fields of the records: one, two, line, day, ended, fits, status (as three numbers of 8 bytes).
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
        at = np.uint64(places[i])
        fits = np.uint64(places[i + 1]) - at == 24
        out[4][to] = settled[i] | (ending[data[at + np.uint64(23)]] if fits else 0)
        out[5][to] = fits
        for word in range(3):
            out[6][to, word] = _word(data, at + np.uint64(8 * word)) if fits else np.uint64(0)
    return ends


@compiled
def _carries_on(before: Any, after: Any, gap: int) -> bool:
    """Whether a status of 24 bytes is the one before, moved on by some months, as far as that reaches."""
    over, bits = gap >> 3, np.uint64(8 * (gap & 7))
    for word in range(3 - over):
        told = before[word + over] >> bits
        if word + over < 2:
            # Shifted twice, since a shift by 64 is none.
            told |= (before[word + over + 1] << (np.uint64(63) - bits)) << np.uint64(1)
            if told != after[word]:
                return False
        elif told != after[word] & (np.uint64(0xFFFFFFFFFFFFFFFF) >> bits):
            return False
    return True


@compiled
def in_turn(
    records: tuple[npt.NDArray[Any], ...],
    standing: npt.NDArray[np.uint8],
    months: npt.NDArray[np.int32],
    compare: bool,
    read: bool,
    shifted: bool,
    accounts: npt.NDArray[np.int32],
    doubtful: npt.NDArray[np.uint8],
) -> Any:
    """Follow every account through its records as they come; 1 for each account that does not come in turn.

    Records that come in turn need no sorting: an account's days rise, and its records differ in nothing but the day.

    Parameters
    ----------
    records
        The fields of the records, as ``doubt`` has them.
    standing
        By line: 0 for records that are passed over.
    months, read, shifted
        As ``doubt`` has them.
    compare
        Whether months are compared; otherwise only their turn is looked at.
    accounts
        By record, filled: place of its account; -1 for records that are passed over.
    doubtful
        By record, filled: 1 for a month that does not fit the one before.
    """
    one, two, line, day, new, ended, fits, status = records
    size = 1024
    slots = np.full(size, -1, np.int32)
    last = np.empty(size, np.int32)  # record of the account that came last
    astray = np.zeros(size, np.uint8)
    count = 0
    for record in range(len(one)):
        if not standing[line[record]]:
            accounts[record] = -1
            continue
        own = one[record]
        slot = np.int64(own & np.uint64(size - 1))
        while slots[slot] >= 0 and one[last[slots[slot]]] != own:
            slot = (slot + 1) & (size - 1)
        account = slots[slot]
        if account < 0:
            account = count
            slots[slot] = account
            last[account] = record
            accounts[record] = account
            count += 1
            bill = day[record]
            doubtful[record] = compare and (
                bill < FIRST_DAY or bill > LAST_DAY or (read and not fits[record])
            )
            if 2 * count > size:
                slots, last, astray = _wider(one, last, astray, count)
                size = len(slots)
            continue
        accounts[record] = account
        before = last[account]
        last[account] = record
        bill = day[record]
        if two[record] != two[before] or bill <= day[before] or not new[record]:
            astray[account] = 1
        if not compare or astray[account]:
            continue
        wrong = bill > LAST_DAY or day[before] < FIRST_DAY or (read and not fits[record])
        if not wrong:
            gap = months[bill - FIRST_DAY] - months[day[before] - FIRST_DAY]
            wrong = gap <= 0 or ended[before] != 0
            if shifted and not wrong:
                wrong = not _carries_on(status[before], status[record], gap)
        doubtful[record] = wrong
    return astray[:count]


@compiled
def _wider(
    one: npt.NDArray[np.uint64],
    last: npt.NDArray[np.int32],
    astray: npt.NDArray[np.uint8],
    count: int,
) -> Any:
    """Room for four times as many accounts."""
    size = 4 * len(last)
    slots = np.full(size, -1, np.int32)
    for account in range(count):
        slot = np.int64(one[last[account]] & np.uint64(size - 1))
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = account
    wide = np.empty(size, np.int32)
    wide[:count] = last[:count]
    strays = np.zeros(size, np.uint8)
    strays[:count] = astray[:count]
    return slots, wide, strays


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
        The fields of the records. one, two: numbers of the account; line; day of the bill; new: 0 for a record that
        stands in the lake, in whose place one of the batch of the same day stands; ended: whether no month may
        follow; fits, status: whether the status is one of 24 bytes, and these bytes.
    months
        Month of each day from ``FIRST_DAY`` to ``LAST_DAY``.
    read, shifted
        Whether the status is looked at, and whether it must carry on the one before.
    doubtful
        By record.
    """
    one, two, _, day, new, ended, fits, status = records
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
                wrong = gap <= 0 or ended[before] != 0
                if shifted and not wrong:
                    wrong = not _carries_on(status[before], status[record], gap)
            before = record
            at = last
        if wrong:
            for at in range(head, end):
                doubtful[order[at]] = 1
        head = end
