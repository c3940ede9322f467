"""Postal code (邮政编码): six digits."""

from __future__ import annotations

import re

from data_contracts.identifiers.result import Result, normal_of, result

_CHARACTERS = re.compile("[0-9]{6}")


def check(value: object) -> Result:
    """Check a postal code.

    Returns
    -------
    Result
        Parts: region (first two digits; not those of GB/T 2260).

    Examples
    --------
    >>> check("528400").status, check("52840").status
    ('ok', 'bad_length')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 6:
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    return result("ok", text, region=text[:2])
