"""Organisation code (组织机构代码), GB 11714-1997: eight characters and a check, written ``60003734-1``."""

from __future__ import annotations

import re

from data_contracts.identifiers.result import Result, normal_of, result

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "0123456789X"

_CHARACTERS = re.compile("[0-9A-Z]{8}[0-9X]")


def check_digit(body: str) -> str:
    """Check digit of eight characters out of 0-9 and A-Z.

    Examples
    --------
    >>> check_digit("60003734"), check_digit("MA774ECW")
    ('1', '4')
    """
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return CHECKS[-total % 11]


def check(value: object) -> Result:
    """Check an organisation code, with or without its hyphen.

    Returns
    -------
    Result
        ``normal`` has no hyphen. Parts: body, check, written (with the hyphen).

    Examples
    --------
    >>> check("10000522-0").normal, check("100005221").status
    ('100005220', 'bad_checksum')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) == 10 and text[8] == "-":
        text = text[:8] + text[9]
    if len(text) != 9:
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    ok = check_digit(text[:8]) == text[8]
    return result(
        "ok" if ok else "bad_checksum",
        text,
        body=text[:8],
        check=text[8],
        written=f"{text[:8]}-{text[8]}",
    )
