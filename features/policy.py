"""What may be an input of a feature: what never may, what only for a time, what only with consent.

Two lists: what may not even be collected (REG-02, kept with the contracts) and what may be kept for
fairness checks alone (REG-44: sex, ethnicity, age and the like). Words are compared, not letters, so
that ``average`` holds no age and ``mortgage`` neither.

What holds for a time or with consent alone is told here and done by :mod:`features.visibility` and
:mod:`features.consents`, for every feature.
"""

from __future__ import annotations

import re
import unicodedata

from data_contracts.catalogue import contract as contract_of
from data_contracts.item import WrittenConsent
from data_contracts.prohibited import prohibited_class

PROTECTED: dict[str, tuple[str, ...]] = {
    "sex 性别": (
        "sex", "gender", "male", "female", "xingbie", "性别", "性別", "男女",
    ),
    "ethnicity 民族": (
        "ethnicity", "ethnic", "race", "racial", "nationality", "ancestry", "foreign worker", "hispanic",
        "protected group", "reference group", "minority", "minzu", "民族", "种族",
        "種族", "族裔", "籍贯", "籍貫", "国籍", "國籍",
    ),
    "marital status 婚姻状况": (
        "marital", "marriage", "married", "spouse", "divorced", "widowed", "hunyin", "婚姻", "婚否",
        "配偶", "已婚", "未婚", "离异", "離異", "丧偶", "喪偶",
    ),
    "education 学历": (
        "education", "educational", "schooling", "diploma", "academic degree", "xueli", "学历", "學歷",
        "学位", "學位", "教育程度", "文化程度",
    ),
    "age 年龄": (
        "age", "ages", "birth", "birthday", "birthdate", "dob", "nianling", "shengri", "年龄", "年齡",
        "岁数", "歲數", "出生", "生日",
    ),
    "political affiliation 政治面貌": (
        "political", "party member", "zhengzhi", "政治面貌", "党员", "黨員",
    ),
    "disability 残疾": (
        "disability", "disabled", "handicap", "pregnant", "pregnancy", "残疾", "殘疾", "残障", "怀孕",
    ),
}  # fmt: skip

WHOLE_WORDS = ("发生日期", "發生日期", "产生日期", "產生日期")
"""Ordinary words that hold the characters of a protected one across the border of two words: 发生 + 日期 is
the date on which something happened, and no 生日. They are cut out, and a blank stands in for them, so that
what stood around them can not become a word."""


REPAIR = "credit_repair"
"""Contract of repairs of credit."""

REPAIRED_BY: dict[str, str] = {
    "penalty": "penalty_no",
    "abnormal_operation": "published_on",
    "serious_violation": "published_on",
    "dishonest_debtor": "case_no",
    "tax_violation": "published_on",
    "tax_grade": "year",
    "wage_arrears": "listed_on",
    "environment_rating": "assessed_on",
    "public_credit_rating": "rated_on",
}
"""Contracts whose adverse records a repair may end (REG-60), and the item that the repair's number names:
the record's own number, or the day on which a list named the subject (ours, from the contract's words)."""


def expiry_months(contract: str) -> int | None:
    """Months after its end from which an adverse record is unseen (REG-05); None where there is no end.

    Examples
    --------
    >>> expiry_months("penalty"), expiry_months("registration")
    (60, None)
    """
    about = contract_of(contract).about
    if not about.negative or about.retention_years is None or about.end is None:
        return None
    return 12 * about.retention_years


def consent_class(contract: str, column: str) -> WrittenConsent | None:
    """Class of an item that needs the written consent of a person (REG-03), or None.

    Examples
    --------
    >>> consent_class("tax_payment", "tax_paid_cents")
    'tax_amount'
    """
    declared = contract_of(contract)
    return declared.column(column).item.written_consent if declared.about.personal else None


def _words(text: str) -> list[str]:
    """Lower-case words of a name in snake_case, camelCase or prose."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text).lower()
    return re.findall(r"[a-z]+", split)


_WANTED = tuple(
    (title, entry, _words(entry)) for title, entries in PROTECTED.items() for entry in entries
)


def refused_input(*texts: str) -> str | None:
    """Name the class of prohibited input that a name or title belongs to, or None.

    Parameters
    ----------
    *texts
        Names and titles in any notation (snake_case, camelCase, Chinese, pinyin).

    Examples
    --------
    >>> refused_input("customerAge")
    'age 年龄'
    >>> refused_input("average_bill", "平均账单") is None
    True
    >>> refused_input("申请人民族")
    'ethnicity 民族'
    >>> refused_input("发生日期") is None, refused_input("客户生日")
    (True, 'age 年龄')
    """
    for text in texts:
        normal = unicodedata.normalize("NFKC", text)
        words = _words(normal)
        han = "".join(re.findall(r"[\u3400-\u9fff]+", normal))
        for ordinary in WHOLE_WORDS:
            han = han.replace(ordinary, " ")
        for title, entry, wanted in _WANTED:
            found = (
                any(words[i : i + len(wanted)] == wanted for i in range(len(words)))
                if wanted
                else entry in han
            )
            if found:
                return title
    return prohibited_class(*texts)
