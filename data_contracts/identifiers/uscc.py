"""Unified social credit code (统一社会信用代码), GB 32100-2015.

Eighteen characters: registering authority, entity class, area (6), organisation code (9 with its own check
digit), check character. The library's ``stdnum.cn.uscc`` is not used: it refuses letters in the first two
places, so that rural collectives (N...) and others (A..., Y...) would fail.
"""

from __future__ import annotations

import re

from data_contracts.codes.areas import area, provinces
from data_contracts.identifiers.organisation_code import check_digit as organisation_check_digit
from data_contracts.identifiers.result import Result, normal_of, result

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, power, 31) for power in range(17))

NATIONAL = "10"
"""Area prefix of what the central authorities register themselves."""

AUTHORITIES = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监管",
    "A": "中央军委改革编制",
    "N": "农业",
    "Y": "其他",
}
"""Registering authorities, from memory of the standard: they name a code, they never refuse one."""

CLASSES = {
    "11": "机关",
    "12": "事业单位",
    "13": "群团",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
    "N1": "组级农村集体经济组织",
    "N2": "村级农村集体经济组织",
    "N3": "乡镇级农村集体经济组织",
    "N9": "其他",
}
"""Entity classes, from memory of the standard."""

_CHARACTERS = re.compile(f"[{ALPHABET}]{{18}}")


def check_character(body: str) -> str:
    """Last character of a code whose first 17 are given.

    Examples
    --------
    >>> check_character("91110000600037341")
    'L'
    """
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def check(value: object) -> Result:
    """Check a unified social credit code: its last character and, apart from it, its organisation code.

    A code of class 92 names a natural person's business and is personal information: ``sole_trader``.

    Returns
    -------
    Result
        Parts: authority, authority_name, entity_class, class_name, area, province, area_name,
        organisation_code, organisation_ok, check, sole_trader.

    Examples
    --------
    >>> found = check("91110000600037341L")
    >>> found.status, found.parts["area"], found.parts["organisation_code"]
    ('ok', '110000', '600037341')
    >>> check("91330000799655058B").status
    'bad_checksum'
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 18:
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    place = area(text[2:8])
    organisation_ok = organisation_check_digit(text[8:16]) == text[16]
    parts = {
        "authority": text[0],
        "authority_name": AUTHORITIES.get(text[0]),
        "entity_class": text[:2],
        "class_name": CLASSES.get(text[:2]),
        "area": text[2:8],
        "province": text[2:4],
        "area_name": place.name if place else None,
        "organisation_code": text[8:17],
        "organisation_ok": organisation_ok,
        "check": text[17],
        "sole_trader": text[:2] == "92",
    }
    if check_character(text[:17]) != text[17] or not organisation_ok:
        return result("bad_checksum", text, **parts)
    known = text[2:4] == NATIONAL or text[2:4] in provinces()
    if not (known and text[2:8].isdigit()):
        return result("bad_component", text, **parts)
    return result("ok", text, **parts)
