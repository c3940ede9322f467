"""Repayment: what was paid of what was billed."""

from __future__ import annotations

from features.definitions.card import bill, billed, limit
from features.expressions import Expression, Records, call
from features.view import Feature

THEME = "repayment"

payment = Records("card_repayment")["paid_cents"]


def paid(month: int) -> Expression:
    """Payments of one month, in cents; month 1 is the latest before the day."""
    return payment.sum(months=month, skip=month - 1)


def due(month: int) -> Expression:
    """Bill of the month before, where it asks for anything: that is what a month's payment settles."""
    before = billed(month + 1)
    return before.only_if(before.more_than(0))


def settled(months: int) -> Expression:
    """Share of the bills of some months that the payments of the months after them settled."""
    bills = bill.sum(months=months + 1, skip=1)
    return payment.sum(months=months) / bills.only_if(bills.more_than(0))


paid_in_full = call("how_many", *(paid(month).at_least(due(month)) for month in range(1, 6)))
nothing_paid = call(
    "how_many",
    *(paid(month).equals(0).only_if(due(month).more_than(0)) for month in range(1, 6)),
)

FEATURES = (
    Feature(
        name="payment_ratio",
        theme=THEME,
        value=paid(1) / due(1),
        unit="fraction",
        direction=-1,
        title_zh="最近一月还款占上期账单比例",
        title_en="Share of the previous bill paid in the latest month",
        null_zh="上期账单无应还金额，或缺少记录",
        null_en="the previous bill asked for nothing, or a record is missing",
        too_high_zh="最近一月偿还了上期账单的 {value}，偏高",
        too_high_en="{value} of the previous bill was paid in the latest month, high",
        too_low_zh="最近一月仅偿还了上期账单的 {value}，偏低",
        too_low_en="Only {value} of the previous bill was paid in the latest month, low",
    ),
    Feature(
        name="payment_ratio_3",
        theme=THEME,
        value=settled(3),
        unit="fraction",
        direction=-1,
        title_zh="近 3 个月还款占账单比例",
        title_en="Share of bills paid over 3 months",
        null_zh="相应账单无应还金额，或缺少记录",
        null_en="the bills asked for nothing, or records are missing",
        too_high_zh="近 3 个月还款占账单的 {value}，偏高",
        too_high_en="Payments of the last 3 months are {value} of the bills, high",
        too_low_zh="近 3 个月还款仅占账单的 {value}，偏低",
        too_low_en="Payments of the last 3 months are only {value} of the bills, low",
    ),
    Feature(
        name="payment_ratio_5",
        theme=THEME,
        value=settled(5),
        unit="fraction",
        direction=-1,
        title_zh="近 5 个月还款占账单比例",
        title_en="Share of bills paid over 5 months",
        null_zh="相应账单无应还金额，或缺少记录",
        null_en="the bills asked for nothing, or records are missing",
        too_high_zh="近 5 个月还款占账单的 {value}，偏高",
        too_high_en="Payments of the last 5 months are {value} of the bills, high",
        too_low_zh="近 5 个月还款仅占账单的 {value}，偏低",
        too_low_en="Payments of the last 5 months are only {value} of the bills, low",
    ),
    Feature(
        name="payment_ratio_smallest_5",
        theme=THEME,
        value=call("smallest", *(paid(month) / due(month) for month in range(1, 6))),
        unit="fraction",
        direction=-1,
        title_zh="近 5 个月单月最低还款比例",
        title_en="Smallest monthly share of a bill paid in 5 months",
        null_zh="近 5 个月账单均无应还金额，或缺少记录",
        null_en="no bill of 5 months asked for anything, or records are missing",
        too_high_zh="近 5 个月中还款最少的一月偿还了账单的 {value}，偏高",
        too_high_en="In the weakest of the last 5 months {value} of the bill was paid, high",
        too_low_zh="近 5 个月中还款最少的一月仅偿还了账单的 {value}，偏低",
        too_low_en="In the weakest of the last 5 months only {value} of the bill was paid, low",
    ),
    Feature(
        name="months_paid_in_full_5",
        theme=THEME,
        value=paid_in_full,
        unit="months",
        direction=-1,
        title_zh="近 5 个月全额还款月数",
        title_en="Months in which the bill was paid in full, of 5",
        null_zh="近 5 个月账单均无应还金额，或缺少记录",
        null_en="no bill of 5 months asked for anything, or records are missing",
        too_high_zh="近 5 个月中有 {value} 个月全额还清账单，偏多",
        too_high_en="The bill was paid in full in {value} of the last 5 months, often",
        too_low_zh="近 5 个月中仅有 {value} 个月全额还清账单，偏少",
        too_low_en="The bill was paid in full in only {value} of the last 5 months",
    ),
    Feature(
        name="months_without_payment_5",
        theme=THEME,
        value=nothing_paid,
        unit="months",
        direction=+1,
        title_zh="近 5 个月有账单而未还款月数",
        title_en="Months with a bill and no payment, of 5",
        null_zh="近 5 个月账单均无应还金额，或缺少记录",
        null_en="no bill of 5 months asked for anything, or records are missing",
        too_high_zh="近 5 个月中有 {value} 个月有账单而未还款，偏多",
        too_high_en="Nothing was paid on the bill in {value} of the last 5 months, often",
        too_low_zh="近 5 个月中有 {value} 个月有账单而未还款，偏少",
        too_low_en="Nothing was paid on the bill in {value} of the last 5 months, seldom",
    ),
    Feature(
        name="payment_to_limit",
        theme=THEME,
        value=paid(1) / limit,
        unit="fraction",
        direction=0,
        title_zh="最近一月还款占额度比例",
        title_en="Payment of the latest month, of the limit",
        null_zh="最近一月没有还款记录，或没有额度记录",
        null_en="no record of the latest month, or no limit on record",
        too_high_zh="最近一月还款占授信额度的 {value}，偏高",
        too_high_en="The latest payment is {value} of the card limit, high",
        too_low_zh="最近一月还款占授信额度的 {value}，偏低",
        too_low_en="The latest payment is {value} of the card limit, low",
    ),
    Feature(
        name="payment_to_limit_mean_6",
        theme=THEME,
        value=payment.mean(months=6) / limit,
        unit="fraction",
        direction=0,
        title_zh="近 6 个月平均还款占额度比例",
        title_en="Mean payment over 6 months, of the limit",
        null_zh="近 6 个月没有还款记录，或没有额度记录",
        null_en="no record in 6 months, or no limit on record",
        too_high_zh="近 6 个月平均还款占授信额度的 {value}，偏高",
        too_high_en="Payments of 6 months average {value} of the card limit, high",
        too_low_zh="近 6 个月平均还款占授信额度的 {value}，偏低",
        too_low_en="Payments of 6 months average {value} of the card limit, low",
    ),
    Feature(
        name="payment_smallest_6",
        theme=THEME,
        value=payment.smallest(months=6) / 100,
        unit="TWD",
        direction=0,
        title_zh="近 6 个月单月最低还款额",
        title_en="Smallest monthly payment in 6 months",
        null_zh="近 6 个月没有还款记录",
        null_en="no record in 6 months",
        too_high_zh="近 6 个月单月最低还款额为 {value} 新台币元，偏高",
        too_high_en="The smallest monthly payment in 6 months is {value} TWD, high",
        too_low_zh="近 6 个月单月最低还款额为 {value} 新台币元，偏低",
        too_low_en="The smallest monthly payment in 6 months is {value} TWD, low",
    ),
    Feature(
        name="payment_trend",
        theme=THEME,
        value=(payment.mean(months=3) - payment.mean(months=6, skip=3)) / limit,
        unit="fraction",
        direction=0,
        title_zh="还款趋势（近 3 个月与此前 3 个月之差占额度）",
        title_en="Trend of payments (last 3 months less the 3 before, of the limit)",
        null_zh="近 6 个月还款记录不足，或没有额度记录",
        null_en="too few records in 6 months, or no limit on record",
        too_high_zh="近 3 个月还款较此前变化额度的 {value}，偏高",
        too_high_en="Payments changed by {value} of the card limit over 3 months, on the high side",
        too_low_zh="近 3 个月还款较此前变化额度的 {value}，偏低",
        too_low_en="Payments changed by {value} of the card limit over 3 months, on the low side",
    ),
)
