"""DR: rules of our own that follow from the code tables and from the other rules."""

from __future__ import annotations

from typing import Any

from data_contracts.rules.rule import Rule

LAST = ":last_status"
BANDS = (
    "coalesce(:overdue_31_60_cents, 0) + coalesce(:overdue_61_90_cents, 0)"
    " + coalesce(:overdue_91_180_cents, 0) + coalesce(:overdue_over_180_cents, 0)"
)


def _derived(id: str, column: str, sql: str, zh: str, en: str, **more: Any) -> Rule:
    settings: dict[str, Any] = {
        "kind": "record",
        "severity": "REVIEW",
        "source": "DERIVED",
        "anchors": ("account_no", "bill_on"),
    }
    return Rule(id, column=column, sql=sql, text_zh=zh, text_en=en, **{**settings, **more})


def _months(text: str) -> str:
    return text.rjust(24, "/")


DERIVED: tuple[Rule, ...] = (
    _derived(
        "DR-01",
        "status_24",
        """CASE WHEN :plain_status AND strlen(:status_24) = 24 THEN TRUE
           ELSE length(:status_24) = 24 AND NOT regexp_matches(:status_24, '[^/*N1-7DZCG#ABM]')
             AND (:format_generation = 2 OR NOT regexp_matches(:status_24, '[ABM]')) END""",
        "24个月还款状态须为 24 个字符，取自一代 / * N 1-7 D Z C G #（二代另有 A、B、M）",
        "The status has 24 letters of / * N 1-7 D Z C G #, in generation 2 also A, B and M",
        severity="ERROR",
        reason="A letter outside the table has no meaning, so no month of the record can be read.",
        passing={"status_24": _months("NAM"), "format_generation": 2},
        failing={"status_24": _months("NAM"), "format_generation": 1},
    ),
    _derived(
        "DR-02",
        "status_24",
        "CASE WHEN :plain_status THEN TRUE ELSE NOT regexp_matches(:status_24, '[^/]/') END",
        "/ 只能出现在开户之前，即状态的开头",
        "/ stands only before the opening, at the start of the status",
        reason="An account number that was given again is real, though rare.",
        passing={"status_24": _months("*N")},
        failing={"status_24": _months("N/N")},
    ),
    _derived(
        "DR-03",
        "status_24",
        "CASE WHEN :plain_status THEN TRUE ELSE NOT regexp_matches(:status_24, '[CG].') END",
        "C 或 G 结束账户，其后不再有任何月份",
        "C or G ends an account: no month follows, in the status or as a record",
        kind="cross-record",
        reason="A card that was opened again under its number is real, though rare.",
        same_as=("GL-04",),
        passing=(
            {"status_24": _months("*N"), "bill_on": "2023-02-20", "_new": False},
            {"status_24": _months("*NC"), "bill_on": "2023-03-20", "_new": True},
        ),
        failing=(
            {"status_24": _months("*C"), "bill_on": "2023-02-20", "_new": False},
            {"status_24": _months("N"), "bill_on": "2023-03-20", "_new": True},
        ),
    ),
    _derived(
        "DR-04",
        "max_overdue_periods",
        """CASE WHEN :plain_status OR coalesce(:max_overdue_periods, 7) >= 7
             OR coalesce(:frequency, '03') NOT IN ('01', '02', '03') THEN TRUE
           ELSE CASE :max_overdue_periods
             WHEN 0 THEN NOT regexp_matches(:status_24, '[1-7]')
             WHEN 1 THEN NOT regexp_matches(:status_24, '[2-7]')
             WHEN 2 THEN NOT regexp_matches(:status_24, '[3-7]')
             WHEN 3 THEN NOT regexp_matches(:status_24, '[4-7]')
             WHEN 4 THEN NOT regexp_matches(:status_24, '[5-7]')
             WHEN 5 THEN NOT regexp_matches(:status_24, '[67]')
             ELSE NOT contains(:status_24, '7') END END""",
        "最高逾期期数不得小于状态中的最大等级（按季及更长周期还款的除外）",
        "The most periods overdue are at least the highest digit (not for quarterly or longer repayment)",
        optional=("frequency",),
        reason="The digits count days and the most periods count bills, as in LR-07.",
        passing={"max_overdue_periods": 2, "status_24": _months("12N")},
        failing={"max_overdue_periods": 1, "status_24": _months("12N")},
    ),
    _derived(
        "DR-05",
        "overdue_31_60_cents",
        f"{BANDS} <= greatest(:balance_cents, 0) AND {BANDS} <= :overdue_cents",
        "各逾期时段未归还本金之和不得大于余额，也不得大于当前逾期总额",
        "The principal overdue by age adds up to at most the balance and the amount overdue",
        reason="Some systems put interest into the bands.",
        passing={"overdue_31_60_cents": 60, "overdue_61_90_cents": 40, "overdue_91_180_cents": None,
                 "overdue_over_180_cents": None, "balance_cents": 100, "overdue_cents": 100},
        failing={"overdue_31_60_cents": 60, "overdue_61_90_cents": 41, "overdue_91_180_cents": None,
                 "overdue_over_180_cents": None, "balance_cents": 100, "overdue_cents": 200},
    ),
    _derived(
        "DR-06",
        "five_class",
        f"""CASE WHEN :plain_status OR :five_class = '9' OR NOT coalesce(:last_digit, FALSE) THEN TRUE
             WHEN :business = '2' THEN :five_class >= CASE WHEN {LAST} <= '3' THEN '2'
               WHEN {LAST} = '4' THEN '3' WHEN {LAST} <= '6' THEN '4' ELSE '5' END
             WHEN :bill_on < DATE '2023-07-01' THEN TRUE
             ELSE :five_class >= CASE WHEN {LAST} <= '3' THEN '2' ELSE '3' END END""",
        "五级分类不得低于逾期天数所要求的下限（贷款自 2023-07-01 起；卡: 4 次级, 5-6 可疑, 7 损失）",
        "The five-class state is at least the floor of the days overdue (loans from 2023-07-01 on)",
        reason="The classes are the lender's judgement; the floors are read off the status's bands of days.",
        passing={"business": "2", "five_class": "3", "status_24": _months("1234"), "bill_on": "2024-01-31"},
        failing={"business": "1", "five_class": "2", "status_24": _months("1234"), "bill_on": "2024-01-31"},
    ),
    Rule(
        "DR-07",
        kind="distribution",
        severity="ERROR",
        source="DERIVED",
        text_zh="报文头的账户数、最早和最晚结算日须与报文体一致",
        text_en="The header's count of accounts, earliest and latest billing date agree with the body",
        reason="A header that disagrees is the only sign of a truncated message.",
        column="bill_on",
        passing={"accounts": 2, "earliest": "2024-01-10", "latest": "2024-01-31",
                 "bills": ("2024-01-10", "2024-01-31")},
        failing={"accounts": 3, "earliest": "2024-01-10", "latest": "2024-01-31",
                 "bills": ("2024-01-10", "2024-01-31")},
    ),
)  # fmt: skip
