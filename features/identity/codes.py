"""What a code of an organisation says of others: old codes live on inside the unified social credit code.

Characters 9 to 17 of the unified code are the organisation code; a taxpayer number of 15 characters was area
(6) and organisation code (9), and some bureaux padded it with three zeros. The registration number of
15 digits is in no other code: only a record that carries both tells which enterprise it was.
"""

from __future__ import annotations

import re
from typing import Literal

from data_contracts import identifiers

Agreement = Literal["same", "near", "masked", "unlike", "differs", "none"]
"""How a written code stands to an enterprise's: `unlike` is another kind of number, which says nothing."""

RANKS = {"USCC": 0, "ORG": 1, "REG": 2, "TAX": 3, "NAME": 4}
"""Schemes of organisations, the most lasting first. A link always leads to a lower rank, so that there
can be no circle; two unified codes are two enterprises."""

_LETTERS = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5", "V": "Y"})
"""Letters that the unified code does not use and the digits that people mean by them."""

_SLIPS = 2
"""So many wrong characters may be a slip of the pen (ours)."""


def scheme(subject: str) -> str:
    """Scheme of a subject id.

    Examples
    --------
    >>> scheme("ORG-600037341")
    'ORG'
    """
    return subject.partition("-")[0]


def organisation_code(uscc: str) -> str:
    """Organisation code inside a unified social credit code.

    Examples
    --------
    >>> organisation_code("91110000600037341L")
    '600037341'
    """
    return uscc[8:17]


def compact(code: str) -> str:
    """Number without blanks and hyphens, half-width, upper case.

    Examples
    --------
    >>> compact(" 60003734－1 ")
    '600037341'
    """
    return re.sub(r"[\s\-]+", "", identifiers.normalise(code))


def subject_of(code: str, kind: str = "code") -> str | None:
    """Subject id that a written code of an organisation gives; None where it is none, or may be a person's.

    Parameters
    ----------
    code
        As it is written.
    kind
        `organisation_code` or `registration_no` where the record says which; else `code`.

    Examples
    --------
    >>> subject_of("91110000600037341L"), subject_of("60003734-1"), subject_of("110105600037341")
    ('USCC-91110000600037341L', 'ORG-600037341', 'ORG-600037341')
    >>> subject_of("440301103097413"), subject_of("1.10117E+14")
    ('REG-440301103097413', None)
    """
    text = compact(code)
    if kind == "registration_no":
        fits = len(text) == 15 and identifiers.check("registration_no", text).ok
        return f"REG-{text}" if fits else None
    if len(text) == 18 and identifiers.check("uscc", text).ok:
        return f"USCC-{text}"
    if len(text) == 9 and identifiers.check("organisation_code", text).ok:
        return f"ORG-{text}"
    if len(text) == 18 and text.endswith("000"):
        text = text[:15]  # a taxpayer number of 15 characters, padded
        if identifiers.check("resident_id", text).ok:
            return None
    if len(text) == 15:
        taxpayer = text[:6].isdigit() and identifiers.check("organisation_code", text[6:]).ok
        registration = identifiers.check("registration_no", text).ok
        if taxpayer and registration:
            return None  # fifteen digits fit both by chance once in about a hundred times
        if taxpayer:
            return f"ORG-{text[6:]}"
        if registration:
            return f"REG-{text}"
    return None


def organisation_codes(subject: str) -> tuple[str, ...]:
    """Organisation codes that a subject id contains: what it is joined to unified codes by.

    Examples
    --------
    >>> organisation_codes("USCC-91110000600037341L"), organisation_codes("TAX-110105600037341000")
    (('600037341',), ('600037341',))
    """
    kind, _, number = subject.partition("-")
    if kind == "USCC":
        return (organisation_code(number),)
    if kind == "ORG":
        return (number,)
    if kind == "TAX":
        found = subject_of(number)
        return (found[4:],) if found and found.startswith("ORG-") else ()
    return ()


def agreement(written: str | None, uscc: str, registration_no: str | None = None) -> Agreement:
    """How a code as a supplier wrote it stands to an enterprise.

    Parameters
    ----------
    written
        The code in the record, in whatever state.
    uscc
        Unified social credit code of the enterprise.
    registration_no
        Its old registration number, where that is known.

    Examples
    --------
    >>> agreement("60003734-1", "91110000600037341L"), agreement("9111****7341L", "91110000600037341L")
    ('same', 'masked')
    >>> agreement("9111000060003734IL", "91110000600037341L"), agreement("10000522-0", "91110000600037341L")
    ('near', 'differs')
    >>> agreement("440301103097413", "91110000600037341L")
    'unlike'
    """
    text = compact(written) if written else ""
    if not text:
        return "none"
    if "*" in text:
        return "masked" if _fits_mask(text, uscc) else "none"
    if re.fullmatch(
        r"[0-9.]+E\+[0-9]+", text
    ):  # a spreadsheet rounded it: its first digits are left
        digits = text.partition("E")[0].replace(".", "").rstrip("0")
        return "masked" if len(digits) >= 4 and uscc.startswith(digits) else "none"
    if len(text) == 18 and text.endswith("000") and text[:15] == uscc[:15]:
        return "masked"  # a spreadsheet kept fifteen digits
    found = subject_of(text)
    if found in (f"USCC-{uscc}", f"ORG-{organisation_code(uscc)}"):
        return "same"
    if found and found.startswith("REG-"):
        if registration_no is None:
            return "unlike"
        return "same" if found == f"REG-{compact(registration_no)}" else "differs"
    if found and found.startswith(("USCC-", "ORG-")):
        return "differs"
    if abs(len(text) - 18) <= 1 and _slips(text.translate(_LETTERS), uscc.translate(_LETTERS)):
        return "near"
    return "differs" if len(text) == 18 and text[:1] in "159N" else "unlike"


def _fits_mask(text: str, uscc: str) -> bool:
    """Whether a masked number shows at least four characters and those are the code's."""
    shown = re.sub(r"\*+", "*", text).split("*")
    if sum(map(len, shown)) < 4:
        return False
    return re.fullmatch(".*".join(map(re.escape, shown)), uscc) is not None


def _slips(left: str, right: str) -> bool:
    """Whether at most two characters were replaced, left out or added."""
    if len(left) == len(right):
        return sum(a != b for a, b in zip(left, right, strict=True)) <= _SLIPS
    short, long = sorted((left, right), key=len)
    return any(short == long[:place] + long[place + 1 :] for place in range(len(long)))
