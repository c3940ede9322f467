"""Resident identity number (公民身份号码), GB 11643-1999, and its old form of 15 digits.

Area (6), birth date (8), sequence (3, odd for men), check (ISO 7064 MOD 11-2). The area must be a code that
still stood in the year of birth. A code that was made later is accepted too: numbers exist only since 1984
and are given when a person is registered, so that a code younger than its bearer is common
(``stdnum.cn.ric`` refuses those, among them everybody of Zhongshan born before 1988).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stdnum.iso7064 import mod_11_2

from data_contracts.codes.areas import known_until, places
from data_contracts.identifiers.result import Result, normal_of, result

EARLIEST = date(1900, 1, 1)

RESIDENCE_PERMITS = {"81": "香港居民居住证", "82": "澳门居民居住证", "83": "台湾居民居住证"}
"""Prefixes of residents of Hong Kong, Macao and Taiwan, whose numbers name no county."""

_CHARACTERS = {18: re.compile("[0-9]{17}[0-9X]"), 15: re.compile("[0-9]{15}")}


def today() -> date:
    """The current day where the numbers are given."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def check_digit(body: str) -> str:
    """Check digit of the first 17 digits.

    Examples
    --------
    >>> check_digit("11010519491231002")
    'X'
    """
    return str(mod_11_2.calc_check_digit(body))


def check(value: object, *, on: date | None = None) -> Result:
    """Check a resident identity number.

    Parameters
    ----------
    value
        18 characters, or 15 digits of the old form (born in 19xx; it has no check digit).
    on
        Day after which nobody is born yet; the current one by default.

    Returns
    -------
    Result
        ``normal`` has 18 characters for both forms. Parts: area, province, area_name (at birth, else the
        newest), born (ISO date), sequence, sex (``"1"`` male, ``"2"`` female), check, form (``"18"`` or
        ``"15"``), permit.

    Examples
    --------
    >>> found = check("11010519491231002x")
    >>> found.status, found.parts["born"], found.parts["sex"], found.parts["area_name"]
    ('ok', '1949-12-31', '2', '朝阳区')
    >>> check("110105491231002").normal
    '11010519491231002X'
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    form = len(text)
    if form not in _CHARACTERS:
        return result("bad_length", text)
    if not _CHARACTERS[form].fullmatch(text):
        return result("bad_char", text)
    body = text[:17] if form == 18 else f"{text[:6]}19{text[6:]}"
    last = check_digit(body)
    normal = text if form == 18 else body + last
    born = _date(body[6:14])
    named = (places(body[:6], born.year) or places(body[:6]) or (None,)) if born else (None,)
    parts = {
        "area": body[:6],
        "province": body[:2],
        "area_name": named[-1],
        "born": born.isoformat() if born else None,
        "sequence": body[14:],
        "sex": "1" if int(body[16]) % 2 else "2",
        "check": normal[17],
        "form": str(form),
        "permit": RESIDENCE_PERMITS.get(body[:2]),
    }
    if normal[17] != last:
        return result("bad_checksum", normal, **parts)
    if born is None or not EARLIEST <= born <= (on or today()) or not _area_stood(body, born.year):
        return result("bad_component", normal, **parts)
    return result("ok", normal, **parts)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _area_stood(body: str, year: int) -> bool:
    if body[:2] in RESIDENCE_PERMITS:
        return True
    until = known_until()
    if body[:6] not in until:
        return False
    last = until[body[:6]]
    return last is None or year <= last
