"""Repayment history: arrears by month, from the 24-month status that every lender reports.

A report tells 24 months of one account. The reports of the last two months are looked at, so that each
account that is alive has at least one that is known by now; of several accounts the worst counts.
"""

from __future__ import annotations

from features.definitions.credit_history import account, of_all_accounts, reported
from features.expressions import Aggregate, call
from features.view import Feature

THEME = "repayment_history"
NO_RECORD_ZH = "没有信贷还款状态记录，或相应月份状态不明"
NO_RECORD_EN = "no repayment status is on record, or it is unknown for these months"
NO_RECORD_OWED_ZH = "近 3 个月没有信贷账户记录"
NO_RECORD_OWED_EN = "no credit account was reported in 3 months"

status = reported["status_24"]
overdue = reported["overdue_cents"]
long_overdue = reported["overdue_91_180_cents"].otherwise(0) + reported[
    "overdue_over_180_cents"
].otherwise(0)


def worst(function: str, *arguments: int) -> Aggregate:
    """Largest value of a status function over the accounts of the last two months."""
    return call(function, status, *arguments).largest(months=2)


FEATURES = (
    Feature(
        name="credit_arrears_now",
        theme=THEME,
        value=worst("arrears", 0),
        unit="months",
        direction=+1,
        title_zh="信贷账户当前最长逾期月数",
        title_en="Months in arrears now, worst account",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="信贷账户当前最长逾期 {value} 个月，偏长",
        too_high_en="The worst account is {value} month(s) in arrears now, long",
        too_low_zh="信贷账户当前最长逾期 {value} 个月，偏短",
        too_low_en="The worst account is {value} month(s) in arrears now, short",
    ),
    Feature(
        name="credit_worst_arrears_6",
        theme=THEME,
        value=worst("worst_arrears", 6),
        unit="months",
        direction=+1,
        title_zh="近 6 个月信贷账户最长逾期月数",
        title_en="Worst arrears in 6 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 6 个月内信贷账户最长逾期 {value} 个月，偏长",
        too_high_en="Arrears of an account reached {value} month(s) within the last 6 months, long",
        too_low_zh="近 6 个月内信贷账户最长逾期 {value} 个月，偏短",
        too_low_en="Arrears of an account reached {value} month(s) within the last 6 months, short",
    ),
    Feature(
        name="credit_worst_arrears_24",
        theme=THEME,
        value=worst("worst_arrears", 24),
        unit="months",
        direction=+1,
        title_zh="近 24 个月信贷账户最长逾期月数",
        title_en="Worst arrears in 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月内信贷账户最长逾期 {value} 个月，偏长",
        too_high_en="Arrears of an account reached {value} month(s) within the last 24 months, long",
        too_low_zh="近 24 个月内信贷账户最长逾期 {value} 个月，偏短",
        too_low_en="Arrears of an account reached {value} month(s) within the last 24 months, short",
    ),
    Feature(
        name="credit_months_in_arrears_12",
        theme=THEME,
        value=worst("months_in_arrears", 12, 1),
        unit="months",
        direction=+1,
        title_zh="近 12 个月中逾期月份数",
        title_en="Months with arrears, of 12",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月中有 {value} 个月处于逾期，偏多",
        too_high_en="An account was in arrears in {value} of the last 12 months, often",
        too_low_zh="近 12 个月中有 {value} 个月处于逾期，偏少",
        too_low_en="An account was in arrears in {value} of the last 12 months, seldom",
    ),
    Feature(
        name="credit_months_in_arrears_24",
        theme=THEME,
        value=worst("months_in_arrears", 24, 1),
        unit="months",
        direction=+1,
        title_zh="近 24 个月中逾期月份数",
        title_en="Months with arrears, of 24",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月中有 {value} 个月处于逾期，偏多",
        too_high_en="An account was in arrears in {value} of the last 24 months, often",
        too_low_zh="近 24 个月中有 {value} 个月处于逾期，偏少",
        too_low_en="An account was in arrears in {value} of the last 24 months, seldom",
    ),
    Feature(
        name="credit_months_in_long_arrears_24",
        theme=THEME,
        value=worst("months_in_arrears", 24, 3),
        unit="months",
        direction=+1,
        title_zh="近 24 个月中逾期三个月及以上的月份数",
        title_en="Months with arrears of three months or more, of 24",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月中有 {value} 个月逾期达三个月及以上，偏多",
        too_high_en="Arrears were three months or more in {value} of the last 24 months, often",
        too_low_zh="近 24 个月中有 {value} 个月逾期达三个月及以上，偏少",
        too_low_en="Arrears were three months or more in {value} of the last 24 months, seldom",
    ),
    Feature(
        name="credit_months_since_arrears_24",
        theme=THEME,
        value=call("months_since_arrears", status, 24).smallest(months=2),
        unit="months",
        direction=-1,
        title_zh="距最近一次信贷逾期的月数（24 个月内）",
        title_en="Months since the last arrears (within 24 months)",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="距最近一次信贷逾期 {value} 个月，偏长",
        too_high_en="The last arrears were {value} month(s) ago, long",
        too_low_zh="距最近一次信贷逾期仅 {value} 个月，偏短",
        too_low_en="The last arrears were only {value} month(s) ago",
    ),
    Feature(
        name="credit_arrears_trend",
        theme=THEME,
        value=(call("mean_arrears", status, 3) - call("mean_arrears", status, 12)).largest(
            months=2
        ),
        unit="months",
        direction=0,
        title_zh="逾期趋势（近 3 个月与近 12 个月平均逾期之差）",
        title_en="Trend of arrears (mean of 3 months less mean of 12)",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月平均逾期较近 12 个月变化 {value} 个月，有所恶化",
        too_high_en="Mean arrears of 3 months differ from those of 12 by {value} month(s), for the worse",
        too_low_zh="近 3 个月平均逾期较近 12 个月变化 {value} 个月，有所好转",
        too_low_en="Mean arrears of 3 months differ from those of 12 by {value} month(s), for the better",
    ),
    Feature(
        name="accounts_in_arrears_24",
        theme=THEME,
        value=account.distinct(months=2, where=call("worst_arrears", status, 24).at_least(1)),
        unit="accounts",
        direction=+1,
        title_zh="近 24 个月发生过逾期的账户数",
        title_en="Accounts with arrears in 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月有 {value} 户账户发生过逾期，偏多",
        too_high_en="{value} account(s) were in arrears in 24 months, many",
        too_low_zh="近 24 个月有 {value} 户账户发生过逾期，偏少",
        too_low_en="{value} account(s) were in arrears in 24 months, few",
    ),
    Feature(
        name="credit_months_unused_12",
        theme=THEME,
        value=call("months_unused", status, 12).smallest(months=2),
        unit="months",
        direction=0,
        title_zh="近 12 个月无应还款月份数",
        title_en="Months in which nothing was due, of 12",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月中有 {value} 个月无应还款，偏多",
        too_high_en="Nothing was due in {value} of the last 12 months, often",
        too_low_zh="近 12 个月中有 {value} 个月无应还款，偏少",
        too_low_en="Nothing was due in {value} of the last 12 months, seldom",
    ),
    Feature(
        name="overdue_amount",
        theme=THEME,
        value=of_all_accounts(overdue),
        unit="CNY",
        direction=+1,
        title_zh="近 3 个月平均逾期金额",
        title_en="Mean overdue amount over 3 months",
        null_zh=NO_RECORD_OWED_ZH,
        null_en=NO_RECORD_OWED_EN,
        too_high_zh="近 3 个月平均逾期金额为 {value} 元，偏高",
        too_high_en="The overdue amount averaged {value} CNY over 3 months, high",
        too_low_zh="近 3 个月平均逾期金额为 {value} 元，偏低",
        too_low_en="The overdue amount averaged {value} CNY over 3 months, low",
    ),
    Feature(
        name="long_overdue_amount_12",
        theme=THEME,
        value=long_overdue.largest(months=12) / 100,
        unit="CNY",
        direction=+1,
        title_zh="近 12 个月逾期 90 天以上最高本金",
        title_en="Largest principal overdue over 90 days in 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月逾期 90 天以上本金最高达 {value} 元，偏高",
        too_high_en="Principal overdue over 90 days reached {value} CNY in 12 months, high",
        too_low_zh="近 12 个月逾期 90 天以上本金最高达 {value} 元，偏低",
        too_low_en="Principal overdue over 90 days reached {value} CNY in 12 months, low",
    ),
    Feature(
        name="overdue_periods_ever",
        theme=THEME,
        value=reported["overdue_count"].largest(),
        unit="periods",
        direction=+1,
        title_zh="单户累计逾期期数",
        title_en="Periods ever overdue on one account",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="单个账户累计逾期 {value} 期，偏多",
        too_high_en="One account was overdue for {value} period(s) altogether, many",
        too_low_zh="单个账户累计逾期 {value} 期，偏少",
        too_low_en="One account was overdue for {value} period(s) altogether, few",
    ),
)
