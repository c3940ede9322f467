"""The compiled inner loops of the screen: run a program over rows, walk texts, find codes.

They know nothing of any contract: what to do comes in arrays, so that they are compiled once for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
import numpy.typing as npt
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray

_F = TypeVar("_F", bound=Callable[..., Any])
BLOCK = 512
"""Rows at a time: their registers stay in the processor's own memory."""
HUGE = 2**60
"""Sums of numbers beyond it may overflow."""


def compiled(function: _F) -> _F:
    """Compile a function when it is first called, and keep it on disk for the processes after."""
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
    except RuntimeError:  # nowhere to keep it: it is compiled in every process
        return numba.njit(function, nogil=True, error_model="numpy")  # type: ignore[no-any-return]


def _as_pointer(_: Any, address: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.inttoptr(given[0], context.get_value_type(signature.return_type))

    return types.voidptr(address), made


_pointer: Any = intrinsic(_as_pointer)


@compiled
def _load(address: int, wide: bool, begin: int, to: npt.NDArray[np.int64]) -> None:
    """Copy numbers of 8 or 4 bytes that stand at an address."""
    if wide:
        long = carray(_pointer(address + 8 * begin), len(to), np.int64)
        for i in range(len(to)):
            to[i] = long[i]
    else:
        short = carray(_pointer(address + 4 * begin), len(to), np.int32)
        for i in range(len(to)):
            to[i] = short[i]


@compiled
def _bytes(address: int, begin: int, n: int) -> Any:
    return carray(_pointer(address + begin), n, np.uint8)


@compiled
def _codes(address: int, begin: int, n: int) -> Any:
    return carray(_pointer(address + 2 * begin), n, np.uint16)


@compiled
def run(
    steps: npt.NDArray[np.int64],
    truths: int,
    numbers: int,
    columns: npt.NDArray[np.int64],
    codes: npt.NDArray[np.int64],
    truths_of: npt.NDArray[np.uint8],
    numbers_of: npt.NDArray[np.int64],
    known: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    constants: npt.NDArray[np.int64],
    inputs: npt.NDArray[np.uint8],
    met: npt.NDArray[np.uint8],
    found: npt.NDArray[np.uint8],
) -> None:
    """Run a program; ``found`` gets 1 for the rows that may meet a rule, ``met`` for the rules that may be met.

    Parameters
    ----------
    steps, truths, numbers
        The program and how many registers it has.
    columns
        (columns, 3): where the numbers of a column stand, whether each has 8 bytes or 4, and where it is
        told in a byte whether one is there; 0 if all are.
    codes
        (columns,): where the codes of a column stand, of two bytes each.
    truths_of, numbers_of, known, places
        All tables one after the other: as truths and as numbers, whether these are there, and where each begins;
        a table of two columns has the number of the second one's codes in ``places[table, 1]``.
    constants, inputs
        Numbers; (inputs, rows) truths that were found elsewhere.
    """
    rows = len(found)
    r = np.empty((truths, BLOCK), np.uint8)
    v = np.empty((numbers, BLOCK), np.int64)
    w = np.empty((numbers, BLOCK), np.uint8)
    there = np.zeros(numbers, np.uint8)
    for begin in range(0, rows, BLOCK):
        n = min(BLOCK, rows - begin)
        for s in range(len(steps)):
            step, out, a, b, c = steps[s, 0], steps[s, 1], steps[s, 2], steps[s, 3], steps[s, 4]
            if begin and (step == 0 or step == 12):
                continue  # stands there from the first block
            if step == 0:
                r[out] = a
            elif step == 1:
                table, width = truths_of[places[a, 0] :], np.uint64(places[a, 1])
                to, one = r[out], _codes(codes[b], begin, n)
                if c < 0:
                    for i in range(n):
                        to[i] = table[one[i]]
                else:
                    other = _codes(codes[c], begin, n)
                    for i in range(n):
                        to[i] = table[np.uint64(one[i]) * width + np.uint64(other[i])]
            elif step == 2:
                r[out, :n] = inputs[a, begin : begin + n]
            elif step == 3:
                to, x, y = r[out], r[a], r[b]
                for i in range(n):
                    missing = (x[i] & (y[i] | (y[i] << 2))) | (y[i] & (x[i] << 2))
                    to[i] = (x[i] & y[i] & 1) | ((x[i] | y[i]) & 2) | (missing & 4)
            elif step == 4:
                to, x, y = r[out], r[a], r[b]
                for i in range(n):
                    missing = (x[i] & (y[i] | (y[i] << 1))) | (y[i] & (x[i] << 1))
                    to[i] = ((x[i] | y[i]) & 1) | (x[i] & y[i] & 2) | (missing & 4)
            elif step == 5:
                to, x = r[out], r[a]
                for i in range(n):
                    to[i] = ((x[i] & 1) << 1) | ((x[i] >> 1) & 1) | (x[i] & 4)
            elif step == 6:
                to, x = r[out], r[a]
                for i in range(n):
                    to[i] = (x[i] & 3) | ((x[i] >> 2) * b)
            elif step == 7:
                to, x, y, z = r[out], r[a], r[b], r[c]
                for i in range(n):
                    to[i] = (y[i] * (x[i] & 1)) | (z[i] * (x[i] != 1))
            elif step == 8:
                to, x, y, p, q = r[out], v[a], v[b], w[a], w[b]
                if c == 0:
                    for i in range(n):
                        to[i] = 2 - (x[i] == y[i])
                elif c == 1:
                    for i in range(n):
                        to[i] = 2 - (x[i] != y[i])
                elif c == 2:
                    for i in range(n):
                        to[i] = 2 - (x[i] < y[i])
                else:
                    for i in range(n):
                        to[i] = 2 - (x[i] <= y[i])
                if not (there[a] & there[b]):
                    for i in range(n):
                        # Both are there; one of them is not known.
                        both = (p[i] | (p[i] >> 1)) & (q[i] | (q[i] >> 1)) & 1
                        strange = ((p[i] | q[i]) >> 1) & both
                        to[i] = (
                            (to[i] & (both | (both << 1)))
                            | strange
                            | (strange << 1)
                            | ((both ^ 1) << 2)
                        )
            elif step == 9:
                to, p = r[out], w[a]
                for i in range(n):
                    to[i] = 1 if p[i] == 0 else 2
            elif step == 10:
                _load(columns[a, 0], columns[a, 1] != 0, begin, v[out, :n])
                there[out] = columns[a, 2] == 0
                w[out, :n] = 1
                if columns[a, 2]:
                    w[out, :n] = _bytes(columns[a, 2], begin, n)
            elif step == 11:
                x, p = v[out], w[out]
                _load(columns[a, 0], columns[a, 1] != 0, begin, x[:n])
                huge = 0
                for i in range(n):
                    huge |= (x[i] >= HUGE) | (x[i] <= -HUGE)
                p[:n] = 1
                if columns[a, 2]:
                    p[:n] = _bytes(columns[a, 2], begin, n)
                if huge:
                    for i in range(n):
                        if (p[i] != 0) & ((x[i] >= HUGE) | (x[i] <= -HUGE)):
                            p[i] = 2
                there[out] = (columns[a, 2] == 0) & (huge == 0)
            elif step == 12:
                v[out] = constants[a]
                w[out] = 1
                there[out] = 1
            elif step == 13:
                reckoned, sure = numbers_of[places[a, 0] :], known[places[a, 0] :]
                x, p, one = v[out], w[out], _codes(codes[b], begin, n)
                for i in range(n):
                    x[i] = reckoned[one[i]]
                for i in range(n):
                    p[i] = sure[one[i]]
                there[out] = 0
            elif step == 14 or step == 15:
                x, y, z = v[out], v[a], v[b]
                if step == 14:
                    for i in range(n):
                        x[i] = y[i] + z[i]
                else:
                    for i in range(n):
                        x[i] = y[i] - z[i]
                o, p, q = w[out], w[a], w[b]
                there[out] = there[a] & there[b]
                for i in range(n):
                    strange = (p[i] | q[i]) >> 1
                    o[i] = ((p[i] != 0) & (q[i] != 0)) * (1 + strange)
            elif step == 16:
                x, y, o, p = v[out], v[a], w[out], w[a]
                for i in range(n):
                    x[i] = abs(y[i])
                    o[i] = p[i]
                there[out] = there[a]
            elif step == 17 or step == 18:
                x, y, z, o, p, q = v[out], v[a], v[b], w[out], w[a], w[b]
                for i in range(n):
                    first = (y[i] > z[i]) == (step == 17)
                    x[i] = y[i] if (q[i] == 0) | ((p[i] != 0) & first) else z[i]
                    o[i] = 2 if (p[i] == 2) | (q[i] == 2) else (p[i] | q[i])
                there[out] = there[a] & there[b]
            elif step == 19:
                x, y, z, o, p, q = v[out], v[a], v[b], w[out], w[a], w[b]
                for i in range(n):
                    x[i] = y[i] if p[i] != 0 else z[i]
                    o[i] = p[i] if p[i] != 0 else q[i]
                there[out] = there[a]
            else:
                x = r[a]
                seen = 0
                for i in range(n):
                    seen |= x[i]
                if seen & b:
                    met[out] = 1
                    for i in range(n):
                        found[begin + i] |= (x[i] & b) != 0


@compiled
def walk(
    data: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.int64],
    steps: npt.NDArray[np.uint16],
    start: int,
    codes: npt.NDArray[np.uint16],
) -> None:
    """Walk each text through an automaton, eight at a time; ``codes`` gets the states in which they end.

    Each letter waits for the state before it: eight texts wait together. ``steps`` gives the next state by state
    and byte; ``begins`` has one place more than there are texts.
    """
    # Places without a sign need no look whether they count from the end.
    places = begins.view(np.uint64)
    count = len(codes)
    for t in range(0, count - 7, 8):
        a, b, c, d = places[t], places[t + 1], places[t + 2], places[t + 3]
        e, f, g, h, end = places[t + 4], places[t + 5], places[t + 6], places[t + 7], places[t + 8]
        k = s = m = n = o = p = q = r = np.uint64(start)
        least = min(
            min(min(b - a, c - b), min(d - c, e - d)), min(min(f - e, g - f), min(h - g, end - h))
        )
        for letter in range(least):
            i = np.uint64(letter)
            k = _next(steps, k, data[a + i])
            s = _next(steps, s, data[b + i])
            m = _next(steps, m, data[c + i])
            n = _next(steps, n, data[d + i])
            o = _next(steps, o, data[e + i])
            p = _next(steps, p, data[f + i])
            q = _next(steps, q, data[g + i])
            r = _next(steps, r, data[h + i])
        codes[t] = _walked(data, a + least, b, steps, k)
        codes[t + 1] = _walked(data, b + least, c, steps, s)
        codes[t + 2] = _walked(data, c + least, d, steps, m)
        codes[t + 3] = _walked(data, d + least, e, steps, n)
        codes[t + 4] = _walked(data, e + least, f, steps, o)
        codes[t + 5] = _walked(data, f + least, g, steps, p)
        codes[t + 6] = _walked(data, g + least, h, steps, q)
        codes[t + 7] = _walked(data, h + least, end, steps, r)
    for t in range(count - count % 8, count):
        codes[t] = _walked(data, places[t], places[t + 1], steps, np.uint64(start))


@compiled
def _next(steps: npt.NDArray[np.uint16], state: Any, letter: Any) -> Any:
    return np.uint64(steps[(state << np.uint64(8)) | np.uint64(letter)])


@compiled
def _walked(data: Any, begin: Any, end: Any, steps: Any, state: Any) -> Any:
    while begin < end:
        state = _next(steps, state, data[begin])
        begin += np.uint64(1)
    return state


@compiled
def code_letters(
    data: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.int64],
    plain: bool,
    place: int,
    other: int,
    codes: npt.NDArray[np.uint16],
) -> None:
    """Codes of one letter of each text: that of ASCII less 29, 2 where there is none.

    ``place`` counts from 1, or from -1 at the end; ``other`` is the code of a text with anything but
    printable ASCII, whose letters are not its bytes; if ``plain`` there is no such text.
    """
    for t in range(len(begins) - 1):
        begin, end = begins[t], begins[t + 1]
        strange = 0
        if not plain:
            for i in range(begin, end):
                strange |= (data[i] < 32) | (data[i] > 126)
        at = begin + place - 1 if place > 0 else end + place
        codes[t] = other if strange else data[at] - 29 if begin <= at < end else 2


@compiled
def code_dates(
    values: npt.NDArray[np.int32], first: int, last: int, other: int, codes: npt.NDArray[np.uint16]
) -> None:
    """Codes of days or numbers from the first to the last, which has the code 2 and so on."""
    for i in range(len(values)):
        value = values[i]
        codes[i] = value - first + 2 if (value >= first) & (value <= last) else other


@compiled
def recode(
    places: npt.NDArray[np.int32], own: npt.NDArray[np.uint16], codes: npt.NDArray[np.uint16]
) -> None:
    """Codes of dictionary places."""
    for i in range(len(places)):
        codes[i] = own[places[i]]
