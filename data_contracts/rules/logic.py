"""LR: logic rules between the items of one account month (acceptance papers, annex 1, part 3).

A hit is no fault yet: it is judged from the business first, so every rule here is under REVIEW.
"""

from __future__ import annotations

from typing import Any

from data_contracts.rules.rule import Rule

ANCHORS = ("account_no", "bill_on")
LAST = ":last_status"
WAIVABLE = "先从业务上判断: real business may break it, so it can be waived."


def _logic(id: str, column: str, sql: str, zh: str, en: str, **more: Any) -> Rule:
    settings: dict[str, Any] = {
        "kind": "record",
        "severity": "REVIEW",
        "source": "S4",
        "reason": WAIVABLE,
        "anchors": ANCHORS,
    }
    return Rule(id, column=column, sql=sql, text_zh=zh, text_en=en, **{**settings, **more})


def _months(text: str) -> str:
    return text.rjust(24, "/")


LOGIC: tuple[Rule, ...] = (
    _logic(
        "LR-01",
        "overdue_cents",
        "(:overdue_periods > 0) = (:overdue_cents > 0)",
        "当前逾期期数与当前逾期总额须同时大于零或同时为零",
        "Periods overdue and the amount overdue are both above zero or both zero",
        passing={"overdue_periods": 1, "overdue_cents": 500_00},
        failing={"overdue_periods": 1, "overdue_cents": 0},
    ),
    _logic(
        "LR-02",
        "account_status",
        """:overdue_periods <> 0 OR NOT CASE :business
             WHEN '2' THEN :account_status IN ('2', '5')
             ELSE :account_status IN ('2', '4') AND coalesce(:account_type, '') <> 'C1' END""",
        "账户状态为逾期、呆账(贷款 2、4)或冻结、呆账(卡 2、5)的，当前逾期期数不得为零",
        "An overdue or bad-debt loan (2, 4) and a frozen or bad-debt card (2, 5) have periods overdue",
        passing={"business": "2", "account_status": "2", "overdue_periods": 1},
        failing={"business": "1", "account_status": "4", "overdue_periods": 0},
        optional=("account_type",),
        reason="A card frozen by a court without arrears is real; state 2 of a collection account is its end.",
    ),
    _logic(
        "LR-03",
        "status_24",
        f"{LAST} <> '#'",
        "24个月还款状态的最后一位不得为 #",
        "The last month of the repayment status is known, not #",
        passing={"status_24": _months("N#N")},
        failing={"status_24": _months("NN#")},
    ),
    _logic(
        "LR-04",
        "status_24",
        f":status_24 <> '{'/' * 24}'",
        "24个月还款状态不得全为 /",
        "The repayment status is not / in all 24 months",
        passing={"status_24": _months("*")},
        failing={"status_24": "/" * 24},
    ),
    _logic(
        "LR-05",
        "status_24",
        f""":overdue_periods <> 0 OR :last_paid OR :last_closed OR :last_quiet
           OR (:format_generation = 2 AND {LAST} IN ('A', 'M'))""",
        "当前逾期期数为零的，还款状态最后一位须为 N、C 或 *（二代另有 A、M）",
        "Without periods overdue the last status is N, C or * (generation 2 also A or M)",
        passing={"overdue_periods": 0, "status_24": _months("NM"), "format_generation": 2},
        failing={"overdue_periods": 0, "status_24": _months("NM"), "format_generation": 1},
        reason="G, D and Z without arrears are real ends of an account and are waived.",
    ),
    _logic(
        "LR-06",
        "status_24",
        ":overdue_periods <= 0 OR NOT (:last_paid OR :last_quiet OR :last_closed)",
        "当前逾期期数大于零的，还款状态最后一位不得为 N、* 或 C",
        "With periods overdue the last status is not N, * or C",
        passing={"overdue_periods": 1, "status_24": _months("N1")},
        failing={"overdue_periods": 1, "status_24": _months("NN")},
    ),
    _logic(
        "LR-07",
        "status_24",
        f"""CASE WHEN :overdue_periods BETWEEN 1 AND 7
             THEN {LAST} = chr(CAST(48 + :overdue_periods AS INTEGER)) ELSE TRUE END""",
        "当前逾期期数为 1 至 7 的，还款状态最后一位须与之相同",
        "With 1 to 7 periods overdue the last status is that digit",
        passing={"overdue_periods": 7, "status_24": _months("567")},
        failing={"overdue_periods": 2, "status_24": _months("N1")},
        reason="The status counts days, the periods count bills: the same only for monthly repayment.",
    ),
    _logic(
        "LR-07b",
        "status_24",
        f":overdue_periods <= 7 OR {LAST} = '7'",
        "当前逾期期数大于 7 的，还款状态最后一位须为 7",
        "With more than 7 periods overdue the last status is 7",
        passing={"overdue_periods": 8, "status_24": _months("77")},
        failing={"overdue_periods": 8, "status_24": _months("76")},
        source="DERIVED",
        reason="LR-07 carried on; the same doubt about days and periods.",
    ),
    _logic(
        "LR-08",
        "status_24",
        "CASE WHEN :plain_status THEN TRUE ELSE NOT regexp_matches(:status_24, '1[4-7]|2[5-7]|3[67]|47') END",
        "相邻两月均逾期的，后月等级至多比前月高 1；高 2 因 31 天的月份视为正常，高 3 起须核实",
        "Between two overdue months the digit rises by 1; by 2 counts as normal (months of 31 days), by 3 does not",
        passing={"status_24": _months("N13")},
        failing={"status_24": _months("N14")},
        reason="A step of 2 is for information and no hit; from 3 on somebody judges. A fall is free.",
    ),
    _logic(
        "LR-09",
        "status_24",
        "CASE WHEN :plain_status THEN TRUE ELSE NOT regexp_matches(:status_24, '[*N][2-7]') END",
        "前月为 * 或 N 的，后月逾期等级至多为 1",
        "After * or N an overdue month is 1",
        passing={"status_24": _months("NN1")},
        failing={"status_24": _months("NN2")},
        reason="Unlike LR-08 there is no tolerance of 2, yet real portfolios count their periods otherwise.",
    ),
    _logic(
        "LR-10",
        "max_overdue_periods",
        ":max_overdue_periods <= :overdue_count",
        "最高逾期期数不得大于违约次数",
        "The most periods overdue are at most the periods ever overdue",
        passing={"max_overdue_periods": 2, "overdue_count": 3},
        failing={"max_overdue_periods": 4, "overdue_count": 3},
    ),
    _logic(
        "LR-11",
        "max_overdue_periods",
        ":max_overdue_periods >= :overdue_periods",
        "最高逾期期数不得小于当前逾期期数",
        "The most periods overdue are at least the periods overdue now",
        passing={"max_overdue_periods": 2, "overdue_periods": 2},
        failing={"max_overdue_periods": 1, "overdue_periods": 2},
    ),
    _logic(
        "LR-12",
        "overdue_cents",
        ":balance_cents <> 0 OR :overdue_cents = 0",
        "余额为零的，当前逾期总额须为零",
        "With a balance of zero nothing is overdue",
        passing={"balance_cents": 0, "overdue_cents": 0},
        failing={"balance_cents": 0, "overdue_cents": 1},
        reason="Principal repaid and interest unpaid breaks it lawfully where the balance leaves out interest.",
    ),
    _logic(
        "LR-13",
        "balance_cents",
        """:balance_cents <= 0 OR :account_status <>
           CASE :business WHEN '2' THEN '4' ELSE '3' END""",
        "账户已结清(贷款 3)或销户(卡 4)的，余额须为零；溢缴款不算",
        "A settled loan (3) or cancelled card (4) has no balance; a credit balance is none",
        passing={"business": "2", "account_status": "4", "balance_cents": -10},
        failing={"business": "1", "account_status": "3", "balance_cents": 1},
    ),
    _logic(
        "LR-14",
        "months_total",
        """NOT :loan OR :once OR :irregular OR :otherwise OR :months_total IS NULL
           OR coalesce(:months_number, -9999)
              = date_diff('month', :opened_on, :due_on)""",
        "还款频率非一次性、不定期、其他的贷款，还款月数须等于开户至到期的月数",
        "Unless repaid once, irregularly or otherwise, a loan's months are those from opening to due date",
        passing={"business": "1", "frequency": "03", "months_total": "1", "opened_on": "2023-12-31",
                 "due_on": "2024-01-01"},
        failing={"business": "1", "frequency": "03", "months_total": "0", "opened_on": "2023-12-31",
                 "due_on": "2024-01-01"},
        business=("1",),
        reason="Days of the month are ignored and an extension moves the due date: people judge.",
    ),
    _logic(
        "LR-15",
        "months_total",
        "NOT :loan OR NOT :once OR :months_total = 'O'",
        "一次性还款的贷款，还款月数须为字母 O",
        "A loan repaid once has the letter O as its months",
        passing={"business": "1", "frequency": "07", "months_total": "O"},
        failing={"business": "1", "frequency": "07", "months_total": "0"},
        business=("1",),
        same_as=("PUB-224",),
        reason="Real systems confuse the letter O and the digit 0; the meaning is not in doubt.",
        hint="The letter O is meant, not the digit 0.",
    ),
    _logic(
        "LR-16",
        "months_total",
        "NOT :loan OR NOT :irregular OR :months_total = 'U'",
        "不定期还款的贷款，还款月数须为 U",
        "A loan repaid irregularly has U as its months",
        passing={"business": "1", "frequency": "08", "months_total": "U"},
        failing={"business": "1", "frequency": "08", "months_total": "012"},
        business=("1",),
        same_as=("PUB-223",),
        reason="The paper says the frequency is U, a slip for the months (PUB-223): people judge.",
    ),
    _logic(
        "LR-17",
        "months_total",
        "NOT :loan OR NOT :otherwise OR :months_total = 'X'",
        "其他还款频率的贷款，还款月数须为 X",
        "A loan with another frequency has X as its months",
        passing={"business": "1", "frequency": "99", "months_total": "X"},
        failing={"business": "1", "frequency": "99", "months_total": "U"},
        business=("1",),
        reason="The paper says the frequency is X, a slip for the months: people judge.",
    ),
)  # fmt: skip
