"""Bank card number: 12 to 19 digits with the Luhn check of ISO/IEC 7812."""

from __future__ import annotations

import re

from stdnum import luhn

from data_contracts.identifiers.result import Result, normal_of, result

_CHARACTERS = re.compile("[0-9]+")


def check(value: object) -> Result:
    """Check a card number.

    Some old cards fail Luhn: whether ``bad_checksum`` is an error or a matter for review is for the
    contract to say.

    Returns
    -------
    Result
        Parts: bin (first six digits), last_four, union_pay.

    Examples
    --------
    >>> check("6222021234567894").status, check("6222021234567890").status
    ('ok', 'bad_checksum')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if not 12 <= len(text) <= 19:
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    return result(
        "ok" if luhn.checksum(text) == 0 else "bad_checksum",
        text,
        bin=text[:6],
        last_four=text[-4:],
        union_pay=text.startswith("62"),
    )
