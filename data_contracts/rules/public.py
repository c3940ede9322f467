"""PUB: rules 201 to 226 of a public validation script for the personal loan table, paraphrased.

They speak of loans, unless said otherwise. None is law, so all are under REVIEW.
"""

from __future__ import annotations

from typing import Any

from data_contracts.rules.rule import Rule

LOAN = "NOT :loan OR "
SINCE_OPENING = ":since_opening"
SINCE_MATURITY = ":since_maturity"
MONTH_END = ":bill_on = last_day(:bill_on)"
PAID_LATELY = ":paid_lately"


def _public(id: str, column: str, sql: str, zh: str, en: str, **more: Any) -> Rule:
    settings: dict[str, Any] = {
        "kind": "record",
        "severity": "REVIEW",
        "source": "PUB",
        "reason": "Read in public code, not in the acceptance papers: a sign of a fault, no proof.",
        "anchors": ("account_no", "bill_on"),
        "business": ("1",) if sql.startswith(LOAN) else ("1", "2"),
    }
    return Rule(id, column=column, sql=sql, text_zh=zh, text_en=en, **{**settings, **more})


def _borrower(id: str, column: str, zh: str, en: str, **more: Any) -> Rule:
    return _public(
        id, column, more.pop("sql", ""), zh, en, anchors=("subject_id", "reported_on"), **more
    )


def _loan(**items: object) -> dict[str, object]:
    return {"business": "1", **items}


def _status(last: str) -> str:
    return last.rjust(24, "/")


PUBLIC: tuple[Rule, ...] = (
    _public(
        "PUB-201",
        "paid_cents",
        LOAN + f"""NOT :monthly OR :paid_cents <> 0 OR {SINCE_OPENING} = 0
          OR :last_payment_on > :bill_on OR NOT ({PAID_LATELY})""",
        "按月还款且非开户当月、最近一次还款在结算日前一个月内的，本月实际还款不得为零",
        "Monthly, after the opening month, last paid within a month of the bill: something was paid",
        passing=_loan(frequency="03", paid_cents=1, opened_on="2023-01-05", bill_on="2023-03-10",
                      last_payment_on="2023-03-09"),
        failing=_loan(frequency="03", paid_cents=0, opened_on="2023-01-05", bill_on="2023-03-10",
                      last_payment_on="2023-02-11"),
    ),
    _public(
        "PUB-202",
        "bill_on",
        LOAN + f"""NOT (:slowly OR :once OR :irregular OR :otherwise)
          OR {SINCE_OPENING} = 0 OR :loan_settled OR {MONTH_END}""",
        "非按月还款、非开户当月且未结清的，结算日须为月末",
        "Not monthly, after the opening month and not settled: billed on the last day of the month",
        passing=_loan(frequency="07", opened_on="2024-01-05", bill_on="2024-02-29", account_status="1"),
        failing=_loan(frequency="07", opened_on="2024-01-05", bill_on="2024-02-28", account_status="1"),
    ),
    _public(
        "PUB-203",
        "status_24",
        LOAN + "(:scheduled_cents = 0 AND :paid_cents = 0) OR NOT :last_quiet",
        "本月应还或实还不为零的，还款状态最后一位不得为 *",
        "With anything scheduled or paid the last status is not *",
        passing=_loan(scheduled_cents=0, paid_cents=0, status_24=_status("*")),
        failing=_loan(scheduled_cents=0, paid_cents=9, status_24=_status("*")),
    ),
    _public(
        "PUB-204",
        "overdue_cents",
        LOAN + """NOT :loan_overdue OR substr(:status_24, 23, 1) NOT IN ('N', '*')
          OR abs(:scheduled_cents - :paid_cents - :overdue_cents) < 200""",
        "逾期账户上月为 N 或 * 的，逾期总额须等于应还减实还（误差不到 2 元）",
        "Overdue after N or *: the amount overdue is scheduled less paid, within 2 yuan",
        passing=_loan(account_status="2", status_24=_status("N1"), scheduled_cents=1000_00,
                      paid_cents=400_00, overdue_cents=601_99),
        failing=_loan(account_status="2", status_24=_status("N1"), scheduled_cents=1000_00,
                      paid_cents=400_00, overdue_cents=602_00),
    ),
    _public(
        "PUB-205",
        "scheduled_cents",
        LOAN + f"NOT :monthly OR :scheduled_cents > 0 OR {SINCE_OPENING} = 0",
        "按月还款且非开户当月的，本月应还款须大于零",
        "Monthly and after the opening month: something is scheduled",
        passing=_loan(frequency="03", scheduled_cents=0, opened_on="2023-01-05", bill_on="2023-01-20"),
        failing=_loan(frequency="03", scheduled_cents=0, opened_on="2023-01-05", bill_on="2023-02-20"),
    ),
    _public(
        "PUB-206",
        "bill_on",
        LOAN + f"NOT :loan_overdue OR {SINCE_MATURITY} <= 0 OR {MONTH_END}",
        "到期月之后仍逾期的，结算日须为月末",
        "Overdue after the month of maturity: billed on the last day of the month",
        passing=_loan(account_status="2", due_on="2023-01-20", bill_on="2023-02-28"),
        failing=_loan(account_status="2", due_on="2023-01-20", bill_on="2023-02-20"),
    ),
    _public(
        "PUB-207",
        "overdue_cents",
        LOAN + f":loan_settled OR :overdue_cents >= :balance_cents OR {SINCE_MATURITY} <= 0",
        "到期月之后未结清的，当前逾期总额不得小于余额",
        "Not settled after the month of maturity: the amount overdue is at least the balance",
        passing=_loan(account_status="2", due_on="2023-01-20", bill_on="2023-02-28",
                      overdue_cents=100, balance_cents=100),
        failing=_loan(account_status="2", due_on="2023-01-20", bill_on="2023-02-28",
                      overdue_cents=99, balance_cents=100),
    ),
    _public(
        "PUB-208",
        "overdue_periods",
        LOAN + """NOT (:monthly OR :slowly)
          OR (:overdue_periods <= :months_number
              AND :overdue_count <= :months_number)""",
        "按月、季、半年、年还款的，当前逾期期数和违约次数不得大于还款月数",
        "Monthly to yearly: periods overdue and ever overdue are at most the repayment months",
        passing=_loan(frequency="03", overdue_periods=12, overdue_count=12, months_total="012"),
        failing=_loan(frequency="03", overdue_periods=1, overdue_count=13, months_total="012"),
    ),
    _public(
        "PUB-209",
        "bill_on",
        ":bill_on <= :load_date",
        "结算日不得晚于入库日",
        "The billing date is not after the day of loading",
        passing={"bill_on": "2020-01-31"},
        failing={"bill_on": "2099-12-31"},
        reason="A wrong clock is more likely than a wrong record, so nothing is thrown out.",
    ),
    _public(
        "PUB-210",
        "opened_on",
        ":opened_on BETWEEN DATE '1990-01-01' AND :load_date",
        "开户日期须在 1990-01-01 至入库日之间",
        "An account was opened between 1990-01-01 and the day of loading",
        passing={"opened_on": "1990-01-01", "bill_on": "2020-01-31"},
        failing={"opened_on": "1989-12-31", "bill_on": "2020-01-31"},
        reason="Gives DI-01 its numbers; an older account may exist.",
    ),
    _borrower(
        "PUB-211",
        "birth_on",
        "出生日期须在 1900 年之后、入库日之前",
        "A date of birth is after 1900 began and before the day of loading",
        sql=":birth_on BETWEEN DATE '1900-01-01' AND :load_date - 1",
        passing={"birth_on": "1980-05-01"},
        failing={"birth_on": "1899-12-31"},
    ),
    _borrower(
        "PUB-212",
        "birth_on",
        "出生日期须与公民身份号码第 7 至 14 位相同",
        "The date of birth is digits 7 to 14 of the resident identity number",
        clear_sql="""length(:resident_id_hmac) <> 18
          OR substr(:resident_id_hmac, 7, 8) = strftime(:birth_on, '%Y%m%d')""",
        passing={"resident_id_hmac": "11010519491231002X", "birth_on": "1949-12-31"},
        failing={"resident_id_hmac": "11010519491231002X", "birth_on": "1949-12-30"},
    ),
    _public(
        "PUB-213",
        "paid_cents",
        LOAN + """NOT :loan_overdue OR :bill_on <= :due_on
          OR (:scheduled_cents > 0 AND :paid_cents < :scheduled_cents)""",
        "到期后仍逾期的，本月应还须大于零且实还小于应还",
        "Overdue after maturity: something is scheduled and less was paid",
        passing=_loan(account_status="2", due_on="2023-01-20", bill_on="2023-02-28",
                      scheduled_cents=100, paid_cents=99),
        failing=_loan(account_status="2", due_on="2023-01-20", bill_on="2023-02-28",
                      scheduled_cents=100, paid_cents=100),
    ),
    _public(
        "PUB-214",
        "last_payment_on",
        LOAN + f"NOT :last_paid OR {PAID_LATELY}",
        "还款状态最后一位为 N 的，最近一次还款须晚于结算日前一个月",
        "With a last status of N the last payment is later than a month before the bill",
        passing=_loan(status_24=_status("N"), bill_on="2023-03-10", last_payment_on="2023-02-11"),
        failing=_loan(status_24=_status("N"), bill_on="2023-03-10", last_payment_on="2023-02-10"),
    ),
    _public(
        "PUB-215",
        "months_left",
        LOAN + f"coalesce(try_cast(:months_left AS INTEGER), 1) > 0 OR {SINCE_MATURITY} >= 0",
        "到期月之前，剩余还款月数（为数字时）须大于零",
        "Before the month of maturity, months left are above zero where they are a number",
        passing=_loan(months_left="U", due_on="2023-03-20", bill_on="2023-02-20"),
        failing=_loan(months_left="000", due_on="2023-03-20", bill_on="2023-02-20"),
        reason="As published it would meet the fill letters too, so it is kept to numbers.",
    ),
    _borrower(
        "PUB-216",
        "spouse_id_hmac",
        "本人证件号码不得与配偶相同",
        "The borrower and the spouse have different certificates",
        sql=":resident_id_hmac <> :spouse_id_hmac",
        passing={"resident_id_hmac": "a" * 32, "spouse_id_hmac": "b" * 32},
        failing={"resident_id_hmac": "a" * 32, "spouse_id_hmac": "a" * 32},
    ),
    _borrower(
        "PUB-217",
        "spouse_name_masked",
        "已婚的，配偶信息至少有一项",
        "Of a married borrower at least one item of the spouse is present",
        sql=""":marital_status NOT IN ('20', '21', '22', '23')
          OR coalesce(:spouse_name_masked, :spouse_id_hmac, :spouse_employer, :spouse_phone_masked)
             IS NOT NULL""",
        passing={"marital_status": "20", "spouse_employer": "甲公司"},
        failing={"marital_status": "21"},
    ),
    _public(
        "PUB-218",
        "status_24",
        LOAN + ":account_status <> '1' OR :last_payment_on <> :opened_on OR :last_quiet",
        "最近一次还款日即开户日且账户正常的，还款状态最后一位须为 *",
        "Last paid on the opening day and normal: the last status is *",
        passing=_loan(account_status="1", last_payment_on="2023-01-05", opened_on="2023-01-05",
                      status_24=_status("*")),
        failing=_loan(account_status="1", last_payment_on="2023-01-05", opened_on="2023-01-05",
                      status_24=_status("N")),
    ),
    _public(
        "PUB-219",
        "paid_cents",
        LOAN + ":scheduled_cents <= :paid_cents OR NOT :last_paid",
        "还款状态最后一位为 N 的，实还不得小于应还",
        "With a last status of N at least the scheduled amount was paid",
        passing=_loan(scheduled_cents=100, paid_cents=100, status_24=_status("N")),
        failing=_loan(scheduled_cents=100, paid_cents=99, status_24=_status("N")),
    ),
    _public(
        "PUB-220",
        "status_24",
        LOAN + ":balance_cents <> 0 OR :overdue_cents <> 0 OR :last_closed",
        "余额和逾期总额均为零的，还款状态最后一位须为 C",
        "With no balance and nothing overdue the last status is C",
        passing=_loan(balance_cents=0, overdue_cents=0, status_24=_status("C")),
        failing=_loan(balance_cents=0, overdue_cents=0, status_24=_status("N")),
    ),
    _borrower(
        "PUB-221",
        "sex",
        "性别须与公民身份号码第 17 位一致",
        "The sex agrees with digit 17 of the resident identity number",
        clear_sql="""length(:resident_id_hmac) <> 18 OR :sex NOT IN ('1', '2')
          OR try_cast(substr(:resident_id_hmac, 17, 1) AS INTEGER) % 2 = CAST(:sex AS INTEGER) % 2""",
        passing={"resident_id_hmac": "11010519491231002X", "sex": "2"},
        failing={"resident_id_hmac": "11010519491231002X", "sex": "1"},
    ),
    _public(
        "PUB-222",
        "account_status",
        LOAN + "NOT :once OR :paid_cents = :scheduled_cents OR NOT :loan_settled",
        "一次性还款且实还与应还不等的，账户状态不得为结清",
        "Repaid once and paid other than scheduled: the loan is not settled",
        passing=_loan(frequency="07", paid_cents=100, scheduled_cents=100, account_status="3"),
        failing=_loan(frequency="07", paid_cents=99, scheduled_cents=100, account_status="3"),
    ),
    _public(
        "PUB-223",
        "months_left",
        LOAN + "NOT :irregular OR (:months_total = 'U' AND :months_left = 'U')",
        "不定期还款的，还款月数和剩余还款月数均须为 U",
        "Repaid irregularly: months and months left are both U",
        passing=_loan(frequency="08", months_total="U", months_left="U"),
        failing=_loan(frequency="08", months_total="U", months_left="012"),
        same_as=("LR-16",),
    ),
    _public(
        "PUB-224",
        "months_left",
        LOAN + """NOT :once OR (:months_total = 'O' AND :months_left = 'O'
          AND :max_overdue_periods <= 1 AND :overdue_periods <= 1)""",
        "一次性还款的，还款月数和剩余还款月数均须为 O，最高和当前逾期期数至多为 1",
        "Repaid once: months and months left are both O, at most one period overdue",
        passing=_loan(frequency="07", months_total="O", months_left="O", max_overdue_periods=1,
                      overdue_periods=1),
        failing=_loan(frequency="07", months_total="O", months_left="O", max_overdue_periods=2,
                      overdue_periods=1),
        same_as=("LR-15",),
    ),
    _public(
        "PUB-225",
        "account_status",
        LOAN + """:overdue_periods <> 0
          OR (NOT :last_digit AND :account_status NOT IN ('2', '4'))""",
        "当前逾期期数为零的，还款状态最后一位不得为 1 至 7，账户状态不得为逾期或呆账",
        "Without periods overdue the last status is no digit and the state neither overdue nor bad debt",
        passing=_loan(overdue_periods=0, status_24=_status("N"), account_status="1"),
        failing=_loan(overdue_periods=0, status_24=_status("N"), account_status="2"),
        same_as=("LR-02", "LR-05"),
    ),
    _public(
        "PUB-226",
        "balance_cents",
        LOAN + """:overdue_periods <> 0 OR :overdue_cents <> 0 OR :balance_cents = 0
          OR :bill_on < :due_on""",
        "到期后既无逾期期数又无逾期金额的，余额须为零",
        "Due, with neither periods nor an amount overdue: no balance",
        passing=_loan(overdue_periods=0, overdue_cents=0, balance_cents=0, bill_on="2023-02-20",
                      due_on="2023-02-20"),
        failing=_loan(overdue_periods=0, overdue_cents=0, balance_cents=1, bill_on="2023-02-20",
                      due_on="2023-02-20"),
    ),
)  # fmt: skip
