"""What may never be an input of a feature, whatever it is called.

Two lists: what may not even be collected (REG-02, kept with the contracts) and what may be kept for
fairness checks alone (REG-44: sex, ethnicity, age and the like). Words are compared, not letters, so
that ``average`` holds no age and ``mortgage`` neither.
"""

from __future__ import annotations

import re
import unicodedata

from data_contracts.prohibited import prohibited_class

PROTECTED: dict[str, tuple[str, ...]] = {
    "sex 性别": (
        "sex", "gender", "male", "female", "xingbie", "性别", "性別", "男女",
    ),
    "ethnicity 民族": (
        "ethnicity", "ethnic", "race", "racial", "nationality", "ancestry", "minzu", "民族", "种族",
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
    """
    for text in texts:
        normal = unicodedata.normalize("NFKC", text)
        words = _words(normal)
        han = "".join(re.findall(r"[\u3400-\u9fff]+", normal))
        for title, entry, wanted in _WANTED:
            found = (
                any(words[i : i + len(wanted)] == wanted for i in range(len(words)))
                if wanted
                else entry in han
            )
            if found:
                return title
    return prohibited_class(*texts)
