"""Words for people: amounts, programmes and sectors in Chinese and English."""

from __future__ import annotations

_PROGRAMMES = {
    "standard": ("普通项目", "the standard programme"),
    "lowdoc": ("简化资料项目", "the low documentation programme"),
    "revolving": ("循环额度项目", "the revolving line programme"),
}

# NAICS sectors; ranges such as 31-33 share a title.
_SECTORS = {
    "11": ("农林牧渔业", "agriculture, forestry and fishing"),
    "21": ("采矿业", "mining"),
    "22": ("公用事业", "utilities"),
    "23": ("建筑业", "construction"),
    "31": ("制造业", "manufacturing"),
    "32": ("制造业", "manufacturing"),
    "33": ("制造业", "manufacturing"),
    "42": ("批发业", "wholesale trade"),
    "44": ("零售业", "retail trade"),
    "45": ("零售业", "retail trade"),
    "48": ("运输仓储业", "transport and warehousing"),
    "49": ("运输仓储业", "transport and warehousing"),
    "51": ("信息业", "information"),
    "52": ("金融保险业", "finance and insurance"),
    "53": ("房地产和租赁业", "real estate and leasing"),
    "54": ("专业和技术服务业", "professional and technical services"),
    "55": ("企业管理业", "management of companies"),
    "56": ("行政和支持服务业", "administrative and support services"),
    "61": ("教育", "education"),
    "62": ("卫生和社会服务", "health care and social assistance"),
    "71": ("文化娱乐业", "arts and recreation"),
    "72": ("住宿和餐饮业", "accommodation and food"),
    "81": ("其他服务业", "other services"),
    "92": ("公共管理", "public administration"),
}


def money(cents: int) -> str:
    """Cents as whole units with separators.

    >>> money(5_000_000)
    '50,000'
    """
    return f"{cents / 100:,.0f}"


def programme_title(code: str) -> tuple[str, str]:
    """Chinese and English name of a programme; a code that is not known speaks for itself."""
    return _PROGRAMMES.get(code, (f"{code} 项目", f"the {code} programme"))


def sector_title(code: str) -> tuple[str, str]:
    """Chinese and English name of a NAICS sector with its code.

    >>> sector_title("72")
    ('住宿和餐饮业(72)', 'accommodation and food (72)')
    """
    zh, en = _SECTORS.get(code, ("行业", "sector"))
    return f"{zh}({code})", f"{en} ({code})"
