"""Credit cards: the limit and how much of it is used."""

from __future__ import annotations

from features.expressions import Expression, Records, call
from features.view import Feature

THEME = "card"

accounts = Records("card_account")
repayments = Records("card_repayment")

limit = accounts["credit_limit_cents"].latest()
bill = repayments["billed_cents"]
status = repayments["status_24"].latest()


def billed(month: int) -> Expression:
    """Bill of one month, in cents; month 1 is the latest before the day, 2 the one before it."""
    return bill.sum(months=month, skip=month - 1)


over_limit = call("how_many", *(billed(month).more_than(limit) for month in range(1, 7)))

FEATURES = (
    Feature(
        name="card_limit",
        theme=THEME,
        value=limit / 100,
        unit="TWD",
        direction=0,
        title_zh="信用卡授信额度",
        title_en="Card credit limit",
        null_zh="没有信用卡账户记录",
        null_en="no card account is on record",
        too_high_zh="信用卡授信额度为 {value} 新台币元，偏高",
        too_high_en="The card's credit limit is {value} TWD, on the high side",
        too_low_zh="信用卡授信额度为 {value} 新台币元，偏低",
        too_low_en="The card's credit limit is {value} TWD, on the low side",
    ),
    Feature(
        name="card_utilisation",
        theme=THEME,
        value=billed(1) / limit,
        unit="fraction",
        direction=+1,
        title_zh="信用卡额度使用率（最近一月）",
        title_en="Card utilisation (latest month)",
        null_zh="最近一月没有账单，或没有额度记录",
        null_en="no bill in the latest month, or no limit on record",
        too_high_zh="信用卡额度使用率为 {value}，偏高",
        too_high_en="Card utilisation is {value}, high",
        too_low_zh="信用卡额度使用率为 {value}，偏低",
        too_low_en="Card utilisation is {value}, low",
    ),
    Feature(
        name="card_utilisation_mean_6",
        theme=THEME,
        value=bill.mean(months=6) / limit,
        unit="fraction",
        direction=+1,
        title_zh="近 6 个月平均额度使用率",
        title_en="Mean card utilisation over 6 months",
        null_zh="近 6 个月没有账单，或没有额度记录",
        null_en="no bill in 6 months, or no limit on record",
        too_high_zh="近 6 个月信用卡额度平均使用 {value}，偏高",
        too_high_en="Over 6 months {value} of the card limit was used on average, high",
        too_low_zh="近 6 个月信用卡额度平均使用 {value}，偏低",
        too_low_en="Over 6 months {value} of the card limit was used on average, low",
    ),
    Feature(
        name="card_utilisation_largest_6",
        theme=THEME,
        value=bill.largest(months=6) / limit,
        unit="fraction",
        direction=+1,
        title_zh="近 6 个月最高额度使用率",
        title_en="Highest card utilisation in 6 months",
        null_zh="近 6 个月没有账单，或没有额度记录",
        null_en="no bill in 6 months, or no limit on record",
        too_high_zh="近 6 个月信用卡额度使用率最高达到 {value}，偏高",
        too_high_en="Card utilisation reached {value} within 6 months, high",
        too_low_zh="近 6 个月信用卡额度使用率最高为 {value}，偏低",
        too_low_en="Card utilisation peaked at {value} within 6 months, low",
    ),
    Feature(
        name="card_utilisation_change",
        theme=THEME,
        value=(billed(1) - billed(2)) / limit,
        unit="fraction",
        direction=0,
        title_zh="额度使用率较上月变化",
        title_en="Change of card utilisation in the latest month",
        null_zh="最近两月缺少账单，或没有额度记录",
        null_en="a bill of the last two months is missing, or no limit is on record",
        too_high_zh="信用卡额度使用率较上月变化 {value}，偏高",
        too_high_en="Card utilisation changed by {value} in the latest month, on the high side",
        too_low_zh="信用卡额度使用率较上月变化 {value}，偏低",
        too_low_en="Card utilisation changed by {value} in the latest month, on the low side",
    ),
    Feature(
        name="card_utilisation_trend",
        theme=THEME,
        value=(bill.mean(months=3) - bill.mean(months=6, skip=3)) / limit,
        unit="fraction",
        direction=0,
        title_zh="额度使用率趋势（近 3 个月与此前 3 个月之差）",
        title_en="Trend of card utilisation (last 3 months less the 3 before)",
        null_zh="近 6 个月账单不足，或没有额度记录",
        null_en="too few bills in 6 months, or no limit on record",
        too_high_zh="近 3 个月信用卡额度使用率较此前变化 {value}，呈上升趋势",
        too_high_en="Card utilisation changed by {value} over the last 3 months, a rising trend",
        too_low_zh="近 3 个月信用卡额度使用率较此前变化 {value}，呈下降趋势",
        too_low_en="Card utilisation changed by {value} over the last 3 months, a falling trend",
    ),
    Feature(
        name="card_bill_spread_6",
        theme=THEME,
        value=(bill.largest(months=6) - bill.smallest(months=6)) / limit,
        unit="fraction",
        direction=0,
        title_zh="近 6 个月账单波动（最高与最低之差占额度）",
        title_en="Spread of bills over 6 months (highest less lowest, of the limit)",
        null_zh="近 6 个月没有账单，或没有额度记录",
        null_en="no bill in 6 months, or no limit on record",
        too_high_zh="近 6 个月账单高低相差额度的 {value}，波动偏大",
        too_high_en="Bills of the last 6 months differ by {value} of the limit, a wide spread",
        too_low_zh="近 6 个月账单高低相差额度的 {value}，波动偏小",
        too_low_en="Bills of the last 6 months differ by {value} of the limit, a narrow spread",
    ),
    Feature(
        name="card_months_over_limit_6",
        theme=THEME,
        value=over_limit,
        unit="months",
        direction=+1,
        title_zh="近 6 个月超额度月数",
        title_en="Months over the limit in 6 months",
        null_zh="近 6 个月没有账单，或没有额度记录",
        null_en="no bill in 6 months, or no limit on record",
        too_high_zh="近 6 个月中有 {value} 个月账单超过授信额度，偏多",
        too_high_en="The bill exceeded the limit in {value} of the last 6 months, often",
        too_low_zh="近 6 个月中有 {value} 个月账单超过授信额度，偏少",
        too_low_en="The bill exceeded the limit in {value} of the last 6 months, seldom",
    ),
    Feature(
        name="card_months_unused_6",
        theme=THEME,
        value=call("months_unused", status, 6),
        unit="months",
        direction=0,
        title_zh="近 6 个月未用卡月数",
        title_en="Months without use of the card in 6 months",
        null_zh="没有还款状态记录",
        null_en="no repayment status is on record",
        too_high_zh="近 6 个月中有 {value} 个月未使用信用卡，偏多",
        too_high_en="The card was not used in {value} of the last 6 months, often",
        too_low_zh="近 6 个月中有 {value} 个月未使用信用卡，偏少",
        too_low_en="The card was not used in {value} of the last 6 months, seldom",
    ),
)
