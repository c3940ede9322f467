"""Business registration number (工商注册号), GS 15-2006: 15 digits, superseded in 2015.

Area (6), sequence (8), check (ISO 7064 MOD 11,10). Old numbers of 13 digits have no check.
"""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_11_10

from data_contracts.codes.areas import area, provinces
from data_contracts.identifiers.result import Result, normal_of, result
from data_contracts.identifiers.uscc import NATIONAL

_CHARACTERS = re.compile("[0-9]+")


def check(value: object) -> Result:
    """Check a registration number of 15 digits, or of 13 in the old form.

    Returns
    -------
    Result
        Parts: form (``"15"`` or ``"13"``), area, province, area_name, sequence, check (None for 13
        digits), capital (``"domestic"``, ``"foreign"`` or ``"sole_trader"``, from memory of the
        standard; None for 13 digits).

    Examples
    --------
    >>> found = check("440301103097413")
    >>> found.status, found.parts["area"], found.parts["capital"]
    ('ok', '440301', 'domestic')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) not in (13, 15):
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    full = len(text) == 15
    place = area(text[:6])
    parts = {
        "form": str(len(text)),
        "area": text[:6],
        "province": text[:2],
        "area_name": place.name if place else None,
        "sequence": text[6:14] if full else text[6:],
        "check": text[14] if full else None,
        "capital": _capital(text[6]) if full else None,
    }
    if full and mod_11_10.checksum(text) != 1:
        return result("bad_checksum", text, **parts)
    if text[:2] != NATIONAL and text[:2] not in provinces():
        return result("bad_component", text, **parts)
    return result("ok", text, **parts)


def _capital(first: str) -> str:
    if first <= "3":
        return "domestic"
    return "foreign" if first <= "5" else "sole_trader"
