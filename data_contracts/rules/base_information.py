"""BI: completeness of what is known of borrowers and guarantors (annex 1, part 1)."""

from __future__ import annotations

from data_contracts.rules.rule import Rule

# Written instead of an answer; 暂缺 and 未知 are the paper's, the rest is of the same kind (ours).
PLACEHOLDERS = "([XxＸ*?0.-]+|暂缺|未知|不详|无|没有|空|NULL|null|N/A|n/a|NA|NONE|None|none)?"


def placeholder(column: str) -> str:
    """SQL condition that a text is blank or stands in for a missing one; null gives null."""
    return f"regexp_full_match(trim({column}, ' 　'), '{PLACEHOLDERS}')"


BASE_INFORMATION: tuple[Rule, ...] = (
    Rule(
        "BI-01",
        kind="distribution",
        severity="INFO",
        source="S4",
        text_zh="填报率 = 当月新开账户中该项有真实值的账户数 / 当月新开账户数（身份、职业、居住各项）",
        text_en="Fill rate: new accounts of the month with a real value of the item / new accounts of the month",
        reason="A rate by itself is neither right nor wrong; BI-03 compares it.",
        passing={"filled": 95, "accounts": 100, "rate": 0.95},
        failing={"filled": 95, "accounts": 100, "rate": 0.90},
    ),
    Rule(
        "BI-02",
        kind="distribution",
        severity="INFO",
        source="S4",
        text_zh="暂缺、未知和空白视为缺失",
        text_en="暂缺, 未知 and blanks count as missing",
        reason="It says how BI-01 counts.",
        passing={"value": "甲公司", "missing": False},
        failing={"value": " 暂缺 ", "missing": False},
    ),
    Rule(
        "BI-03",
        kind="distribution",
        severity="REVIEW",
        source="S4",
        text_zh="填报率须与机构自身的采集率一致，有差异须检查接口程序",
        text_en="The fill rate equals the institution's own collection rate, else its program is checked",
        reason="The cause (extraction, program or business) is found by people.",
        passing={"filled": 950, "accounts": 1000, "collected": 0.9495},
        failing={"filled": 950, "accounts": 1000, "collected": 0.97},
    ),
    Rule(
        "BI-04",
        kind="record",
        severity="ERROR",
        source="S4",
        text_zh="担保人姓名、证件类型、证件号码三项须齐全，严禁填写暂缺、X 等",
        text_en="A guarantor's name, kind and number of certificate are present; 暂缺, X and the like are forbidden",
        reason="The paper forbids it outright (严禁): a guarantor nobody can find is no guarantor.",
        column="id_no_hmac",
        sql=":name_masked IS NOT NULL AND :id_kind IS NOT NULL AND :id_no_hmac IS NOT NULL",
        # Disjoint from the condition above, so that one fault is one hit.
        clear_sql=(
            ":name_masked IS NULL OR :id_kind IS NULL OR :id_no_hmac IS NULL OR NOT "
            f"({placeholder(':name_masked')} OR {placeholder(':id_kind')} AND :id_kind NOT IN ('0', 'X')"
            f" OR {placeholder(':id_no_hmac')})"
        ),
        anchors=("guarantor_no",),
        passing={"name_masked": "张三", "id_kind": "0", "id_no_hmac": "11010519491231002X"},
        failing={"name_masked": "张三", "id_kind": "0", "id_no_hmac": None},
    ),
    Rule(
        "BI-05",
        kind="distribution",
        severity="INFO",
        source="DERIVED",
        text_zh="当月没有新开账户的，填报率无定义，记 n/a，不得记 0% 或 100%",
        text_en="Without new accounts the rate is undefined: n/a, never 0 % or 100 %",
        reason="It says how BI-01 is written.",
        passing={"filled": 0, "accounts": 0, "rate": None},
        failing={"filled": 0, "accounts": 0, "rate": 1.0},
    ),
)
