"""The compiled inner loops of the screen: run a program over rows, walk texts, hash texts, compare months.

They know nothing of any contract: what to do comes in arrays, so that they are compiled once for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
import numpy.typing as npt

_F = TypeVar("_F", bound=Callable[..., Any])
BLOCK = 512
"""Rows at a time: their registers stay in the processor's own memory."""
HUGE = 2**60
"""Sums of numbers beyond it may overflow."""


def _compiled(function: _F) -> _F:
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
    except RuntimeError:  # nowhere to keep it: it is compiled in every process
        return numba.njit(function, nogil=True, error_model="numpy")  # type: ignore[no-any-return]


@_compiled
def run(
    steps: npt.NDArray[np.int64],
    truths: int,
    numbers: int,
    columns: npt.NDArray[np.int64],
    valid: npt.NDArray[np.uint8],
    codes: npt.NDArray[np.int32],
    tables: npt.NDArray[np.int64],
    known: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    constants: npt.NDArray[np.int64],
    inputs: npt.NDArray[np.uint8],
    rules: npt.NDArray[np.int64],
    met: npt.NDArray[np.uint8],
    found: npt.NDArray[np.uint8],
) -> None:
    """Run a program; ``found`` gets 1 for the rows that may meet a rule, ``met`` for the rules that may be met.

    Parameters
    ----------
    steps, truths, numbers
        The program and how many registers it has.
    columns, valid
        (columns, rows): numbers, and whether they are there.
    codes
        (columns, rows).
    tables, known, places
        All tables one after the other: values (of truths 0 to 3), whether they are there, where each begins;
        a table of two columns has the number of the second one's codes in ``places[table, 1]``.
    constants, inputs
        Numbers; (inputs, rows) truths that were found elsewhere.
    rules
        Their registers.
    """
    rows = len(found)
    r = np.empty((truths, BLOCK), np.uint8)
    v = np.empty((numbers, BLOCK), np.int64)
    w = np.empty((numbers, BLOCK), np.uint8)
    for begin in range(0, rows, BLOCK):
        n = min(BLOCK, rows - begin)
        for s in range(len(steps)):
            step, out, a, b, c = steps[s, 0], steps[s, 1], steps[s, 2], steps[s, 3], steps[s, 4]
            if step == 0:
                r[out, :n] = a
            elif step == 1:
                start, width = places[a, 0], places[a, 1]
                to, one = r[out], codes[b]
                if c < 0:
                    for i in range(n):
                        to[i] = tables[start + one[begin + i]]
                else:
                    other = codes[c]
                    for i in range(n):
                        to[i] = tables[start + one[begin + i] * width + other[begin + i]]
            elif step == 2:
                r[out, :n] = inputs[a, begin : begin + n]
            elif step == 3:
                to, x, y = r[out], r[a], r[b]
                for i in range(n):
                    to[i] = (x[i] & y[i] & 1) | ((x[i] | y[i]) & 2)
            elif step == 4:
                to, x, y = r[out], r[a], r[b]
                for i in range(n):
                    to[i] = ((x[i] | y[i]) & 1) | (x[i] & y[i] & 2)
            elif step == 5:
                to, x = r[out], r[a]
                for i in range(n):
                    to[i] = ((x[i] & 1) << 1) | (x[i] >> 1)
            elif step == 6:
                to, x = r[out], r[a]
                for i in range(n):
                    to[i] = b if x[i] == 0 else x[i]
            elif step == 7:
                to, x, y, z = r[out], r[a], r[b], r[c]
                for i in range(n):
                    to[i] = (y[i] if x[i] & 1 else 0) | (z[i] if x[i] != 1 else 0)
            elif step == 8:
                to, x, y, p, q = r[out], v[a], v[b], w[a], w[b]
                if c == 0:
                    for i in range(n):
                        to[i] = 1 if x[i] == y[i] else 2
                elif c == 1:
                    for i in range(n):
                        to[i] = 1 if x[i] != y[i] else 2
                elif c == 2:
                    for i in range(n):
                        to[i] = 1 if x[i] < y[i] else 2
                else:
                    for i in range(n):
                        to[i] = 1 if x[i] <= y[i] else 2
                for i in range(n):
                    m = p[i] & q[i]
                    to[i] = to[i] if m == 1 else (0 if (p[i] == 0) | (q[i] == 0) else 3)
            elif step == 9:
                to, p = r[out], w[a]
                for i in range(n):
                    to[i] = 1 if p[i] == 0 else 2
            elif step == 10:
                v[out, :n] = columns[a, begin : begin + n]
                w[out, :n] = valid[a, begin : begin + n]
            elif step == 11:
                x, p, q = v[out], w[out], valid[a]
                for i in range(n):
                    value = columns[a, begin + i]
                    x[i] = value
                    p[i] = 2 if (q[begin + i] != 0) & ((value >= HUGE) | (value <= -HUGE)) else q[begin + i]
            elif step == 12:
                v[out, :n] = constants[a]
                w[out, :n] = 1
            elif step == 13:
                start = places[a, 0]
                x, p, one = v[out], w[out], codes[b]
                for i in range(n):
                    x[i] = tables[start + one[begin + i]]
                    p[i] = known[start + one[begin + i]]
            elif step == 14 or step == 15:
                x, y, z = v[out], v[a], v[b]
                if step == 14:
                    for i in range(n):
                        x[i] = y[i] + z[i]
                else:
                    for i in range(n):
                        x[i] = y[i] - z[i]
                o, p, q = w[out], w[a], w[b]
                for i in range(n):
                    o[i] = 0 if (p[i] == 0) | (q[i] == 0) else (p[i] | q[i])
                for i in range(n):
                    o[i] = 2 if o[i] == 3 else o[i]
            elif step == 16:
                x, y, o, p = v[out], v[a], w[out], w[a]
                for i in range(n):
                    x[i] = abs(y[i])
                    o[i] = p[i]
            elif step == 17 or step == 18:
                x, y, z, o, p, q = v[out], v[a], v[b], w[out], w[a], w[b]
                for i in range(n):
                    first = (y[i] > z[i]) == (step == 17)
                    x[i] = y[i] if (q[i] == 0) | ((p[i] != 0) & first) else z[i]
                    o[i] = 2 if (p[i] == 2) | (q[i] == 2) else (p[i] | q[i])
            else:
                x, y, z, o, p, q = v[out], v[a], v[b], w[out], w[a], w[b]
                for i in range(n):
                    x[i] = y[i] if p[i] != 0 else z[i]
                    o[i] = p[i] if p[i] != 0 else q[i]
        for rule in range(len(rules)):
            x = r[rules[rule]]
            seen = 0
            for i in range(n):
                seen |= x[i]
            if seen & 1:
                met[rule] = 1
                for i in range(n):
                    found[begin + i] |= x[i] & 1


@_compiled
def walk(
    data: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.int64],
    steps: npt.NDArray[np.int32],
    start: int,
    codes: npt.NDArray[np.int32],
) -> None:
    """Walk each text through an automaton, four at a time; ``codes`` gets the states in which they end.

    ``steps`` gives the next state by state and byte; ``begins`` has one place more than there are texts.
    """
    count = len(begins) - 1
    for t in range(0, count - 3, 4):
        a, b, c, d, e = begins[t], begins[t + 1], begins[t + 2], begins[t + 3], begins[t + 4]
        p, q, r, s = start, start, start, start
        least = min(min(b - a, c - b), min(d - c, e - d))
        for i in range(least):
            p = steps[(p << 8) + data[a + i]]
            q = steps[(q << 8) + data[b + i]]
            r = steps[(r << 8) + data[c + i]]
            s = steps[(s << 8) + data[d + i]]
        for i in range(a + least, b):
            p = steps[(p << 8) + data[i]]
        for i in range(b + least, c):
            q = steps[(q << 8) + data[i]]
        for i in range(c + least, d):
            r = steps[(r << 8) + data[i]]
        for i in range(d + least, e):
            s = steps[(s << 8) + data[i]]
        codes[t], codes[t + 1], codes[t + 2], codes[t + 3] = p, q, r, s
    for t in range(count - count % 4, count):
        p = start
        for i in range(begins[t], begins[t + 1]):
            p = steps[(p << 8) + data[i]]
        codes[t] = p
