"""Mobile phone number of the mainland: 11 digits."""

from __future__ import annotations

import re

from data_contracts.identifiers.result import Result, normal_of, result

_DIGITS = re.compile("[0-9]{11}")


def check(value: object) -> Result:
    """Check a mobile number; one that does not start with 13 to 19 has a bad component.

    Returns
    -------
    Result
        Parts: prefix (first three digits).

    Examples
    --------
    >>> check("13800138000").status, check("12800138000").status
    ('ok', 'bad_component')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 11:
        return result("bad_length", text)
    if not _DIGITS.fullmatch(text):
        return result("bad_char", text)
    known = text[0] == "1" and text[1] >= "3"
    return result("ok" if known else "bad_component", text, prefix=text[:3])
