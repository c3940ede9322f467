"""Payment system bank code (银行联行号, CNAPS): bank (3), city (4), branch (4), check (1); form only."""

from __future__ import annotations

import re

from data_contracts.identifiers.result import Result, normal_of, result

_CHARACTERS = re.compile("[0-9]{12}")


def check(value: object) -> Result:
    """Check the form of a bank code.

    Returns
    -------
    Result
        Parts: bank, city (the payment system's own four digits), branch, check.

    Examples
    --------
    >>> dict(check("102100099996").parts)
    {'bank': '102', 'city': '1000', 'branch': '9999', 'check': '6'}
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 12:
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    return result("ok", text, bank=text[:3], city=text[3:7], branch=text[7:11], check=text[11])
