"""Error codes of three characters for the feedback message, and the rules they stand for. Ours.

A published rule's code is a letter for its family and its number; a constraint of a contract has a code for its
kind, since the index beside the code already names the field.
"""

from __future__ import annotations

import re
from types import MappingProxyType

FAMILIES = MappingProxyType(
    {
        "LR": ("L", 0),
        "XM": ("X", 0),
        "BI": ("B", 0),
        "DI": ("I", 0),
        "GL": ("G", 0),
        "DR": ("D", 0),
        "PUB": ("P", 200),
        "REG": ("R", 0),
        "MSG": ("M", 0),
    }
)
"""Family of rules -> its letter and what is taken off the number: LR-07 is L07, PUB-224 is P24."""

CONSTRAINTS = MappingProxyType(
    {
        "required": ("V01", "不得为空", "must not be missing"),
        "type": ("V02", "类型或格式不可读", "cannot be read in its type"),
        "pattern": ("V03", "格式不符", "has another form"),
        "codes": ("V04", "不在代码表中", "is not in the code table"),
        "ge": ("V05", "小于下限", "is below the lower limit"),
        "le": ("V06", "大于上限", "is above the upper limit"),
        "max_length": ("V07", "过长", "is too long"),
        "finite": ("V08", "不是有限数", "is no finite number"),
        "unique": ("V09", "主键重复", "repeats a key"),
        "identifier": ("V10", "标识校验未通过", "does not pass the check of its identifier"),
    }
)
"""Last part of a contract rule's id -> code and both texts."""

OTHER = "V99"
"""Any other rule of a contract."""

_PUBLISHED = re.compile(r"([A-Z]+)-([0-9]+)([a-z]?)")


def code_of(rule_id: str) -> str:
    """Error code of a rule.

    Examples
    --------
    >>> code_of("LR-07"), code_of("PUB-224"), code_of("LR-07b"), code_of("credit_month.bill_on.required")
    ('L07', 'P24', 'L7B', 'V01')
    """
    found = _PUBLISHED.fullmatch(rule_id)
    if found and found[1] in FAMILIES:
        letter, less = FAMILIES[found[1]]
        number = int(found[2]) - less
        if found[3] and 0 <= number <= 9:
            return f"{letter}{number}{found[3].upper()}"
        if not found[3] and 0 <= number <= 99:
            return f"{letter}{number:02d}"
        return OTHER
    return CONSTRAINTS.get(rule_id.rpartition(".")[2], (OTHER,))[0]


def rule_of(code: str) -> str:
    """Rule of an error code; for a constraint of a contract ``*.<kind>``, for any other ``*``.

    Examples
    --------
    >>> rule_of("L07"), rule_of("P24"), rule_of("L7B"), rule_of("V01"), rule_of("V99")
    ('LR-07', 'PUB-224', 'LR-07b', '*.required', '*')
    """
    for kind, (known, _, _) in CONSTRAINTS.items():
        if code == known:
            return f"*.{kind}"
    for family, (letter, less) in FAMILIES.items():
        if code[:1] == letter and code[1:].isdigit():
            return f"{family}-{int(code[1:]) + less:02d}"
        if code[:1] == letter and code[1:2].isdigit():
            return f"{family}-{int(code[1]) + less:02d}{code[2:].lower()}"
    return "*"
