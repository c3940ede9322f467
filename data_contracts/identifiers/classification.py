"""Standard codes as identifiers: areas of GB/T 2260 and industries of GB/T 4754-2017."""

from __future__ import annotations

import re

from data_contracts.codes.areas import area, known_until, places
from data_contracts.codes.industries import FORM, REVISION, industry
from data_contracts.identifiers.result import Result, normal_of, result

_AREA = re.compile("[0-9]{6}")


def check_area(value: object) -> Result:
    """Check an area code: a division of today, or one of the past (records keep the code of their day).

    Returns
    -------
    Result
        Parts: province, prefecture, level (None for a code of the past), name, until (last year of its
        use, None while it stands).

    Examples
    --------
    >>> check_area("442000").parts["name"], check_area("442001").status
    ('中山市', 'bad_component')
    >>> check_area("110103").parts["until"]
    '2010'
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 6:
        return result("bad_length", text)
    if not _AREA.fullmatch(text):
        return result("bad_char", text)
    if text not in known_until():
        return result("bad_component", text, province=text[:2], prefecture=text[:4])
    today, until = area(text), known_until()[text]
    return result(
        "ok",
        text,
        province=text[:2],
        prefecture=text[:4],
        level=today.level if today else None,
        name=today.name if today else places(text)[-1],
        until=None if until is None else str(until),
    )


def check_industry(value: object) -> Result:
    """Check an industry code: two to four digits, with or without the letter that owns the division.

    Returns
    -------
    Result
        ``normal`` keeps the letter if there was one. Parts: section, division, level, name, code (without
        the letter), revision.

    Examples
    --------
    >>> found = check_industry("C1311")
    >>> found.parts["section"], found.parts["level"], check_industry("A1311").status
    ('C', 'class', 'bad_component')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if not 2 <= len(text) <= 5:
        return result("bad_length", text)
    if not FORM.fullmatch(text):
        return result("bad_char", text)
    found = industry(text)
    if found is None:
        return result("bad_component", text, revision=REVISION)
    return result(
        "ok",
        text,
        section=found.section,
        division=found.division,
        level=found.level,
        name=found.name,
        code=found.code,
        revision=found.revision,
    )
