"""Check digits for whole columns at once: numbers that are valid by construction and surely invented.

The arithmetic is that of GB 32100-2015, GB 11714-1997, GB 11643-1999, GS 15-2006 and ISO/IEC 7812. The
organisation part of every simulated enterprise begins with ``XQ``, which no registry has given out.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

Matrix: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
"""One text per row, one ASCII code per column."""

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_INVENTED = "XQ"


def _codes(alphabet: str) -> np.ndarray:
    return np.frombuffer(alphabet.encode("ascii"), dtype=np.uint8)


def _values(texts: Matrix, alphabet: str) -> np.ndarray:
    table = np.zeros(256, dtype=np.int64)
    table[_codes(alphabet)] = np.arange(len(alphabet))
    return table[texts]


def written(numbers: np.ndarray, width: int, alphabet: str = "0123456789") -> Matrix:
    """Whole numbers in the digits of an alphabet, padded to a width.

    Examples
    --------
    >>> texts(written(np.array([7, 42]), 4)).to_pylist()
    ['0007', '0042']
    """
    base, rest = len(alphabet), np.asarray(numbers, dtype=np.int64)
    out = np.empty((len(rest), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, base)
        out[:, place] = _codes(alphabet)[digit]
    return out


def texts(letters: Matrix) -> pa.Array:
    """Arrow texts of equal length from their letters, without a Python loop."""
    rows, width = letters.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    data = pa.py_buffer(np.ascontiguousarray(letters).tobytes())
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(offsets.tobytes()), data])


def letters(values: pa.Array | list[str]) -> Matrix:
    """Letters of texts of equal length; the inverse of :func:`texts`."""
    joined = values.to_pylist() if isinstance(values, pa.Array) else values
    if not joined:
        return np.zeros((0, 0), dtype=np.uint8)
    return np.frombuffer("".join(joined).encode("ascii"), dtype=np.uint8).reshape(len(joined), -1)


def organisation_codes(serials: np.ndarray) -> Matrix:
    """Organisation codes (GB 11714), nine characters without the hyphen, one per serial number.

    Distinct serials below 31 ** 6 give distinct codes.

    Examples
    --------
    >>> texts(organisation_codes(np.array([0]))).to_pylist()
    ['XQ0000005']
    """
    # A multiplier without a common factor with 31 ** 6 scatters the serials and keeps them distinct.
    scattered = np.asarray(serials, dtype=np.int64) * 612_345_679 % 31**6
    head = np.tile(_codes(_INVENTED), (len(scattered), 1))
    body = np.hstack([head, written(scattered, 6, USCC_ALPHABET)])
    return np.hstack([body, organisation_check(body)])


def organisation_check(body: Matrix) -> Matrix:
    """Check character of eight-character organisation bodies (GB 11714).

    Examples
    --------
    >>> texts(organisation_check(letters(["60003734", "MA774ECW"]))).to_pylist()
    ['1', '4']
    """
    total = _values(body, _ORGANISATION_ALPHABET) @ _ORGANISATION_WEIGHTS
    return np.asarray(_codes("0X987654321")[total % 11][:, None])


def uscc_check(body: Matrix) -> Matrix:
    """Last character of unified social credit codes from the first seventeen (GB 32100).

    Examples
    --------
    >>> texts(uscc_check(letters(["91110000600037341"]))).to_pylist()
    ['L']
    """
    total = _values(body, USCC_ALPHABET) @ _USCC_WEIGHTS
    return np.asarray(_codes(USCC_ALPHABET)[-total % 31][:, None])


def usccs(heads: np.ndarray, areas: np.ndarray, organisations: Matrix) -> Matrix:
    """Unified social credit codes from authority and class (91, 92, 93), area and organisation code."""
    body = np.hstack([written(heads, 2), written(areas, 6), organisations])
    return np.hstack([body, uscc_check(body)])


def resident_ids(areas: np.ndarray, births: np.ndarray, sequences: np.ndarray) -> Matrix:
    """Resident identity numbers (GB 11643) from area, day of birth (YYYYMMDD) and sequence.

    Examples
    --------
    >>> day = np.array([19491231])
    >>> texts(resident_ids(np.array([110105]), day, np.array([2]))).to_pylist()
    ['11010519491231002X']
    """
    body = np.hstack([written(areas, 6), written(births, 8), written(sequences, 3)])
    total = _values(body, "0123456789") @ _RESIDENT_WEIGHTS
    return np.hstack([body, _codes("10X98765432")[total % 11][:, None]])


def registration_numbers(areas: np.ndarray, sequences: np.ndarray) -> Matrix:
    """Old business registration numbers of 15 digits (GS 15-2006, ISO 7064 MOD 11,10).

    Examples
    --------
    >>> texts(registration_numbers(np.array([440301]), np.array([10309741]))).to_pylist()
    ['440301103097413']
    """
    body = np.hstack([written(areas, 6), written(sequences, 8)])
    carry = np.full(len(body), 10)
    for place in range(14):
        summed = (carry + body[:, place] - 48) % 10
        carry = np.where(summed == 0, 10, summed) * 2 % 11
    return np.hstack([body, written((11 - carry) % 10, 1)])


def card_numbers(serials: np.ndarray) -> Matrix:
    """Bank card numbers of 16 digits below the unused prefix 629999, with their Luhn digit.

    Examples
    --------
    >>> texts(card_numbers(np.array([1]))).to_pylist()
    ['6299990000000017']
    """
    serials = np.asarray(serials, dtype=np.int64)
    head = np.tile(_codes("629999"), (len(serials), 1))
    body = np.hstack([head, written(serials % 10**9, 9)])
    digits = body.astype(np.int64) - 48
    doubled = digits[:, 0::2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + digits[:, 1::2].sum(axis=1)
    return np.hstack([body, written(-total % 10, 1)])
