"""Tax: how much was declared and paid, and whether on time.

Periods are counted a month after their end, because a period is known only when its tax was due: so twelve
months always hold a whole year of periods.
"""

from __future__ import annotations

from features.definitions.invoice import sales as invoiced
from features.definitions.told import told
from features.expressions import Expression, Records
from features.view import Feature

THEME = "tax"

payments = Records("tax_payment")

DUE = 1


def over(cents: str, months: int = 12, skip: int = 0) -> Expression:
    """Sum of a column over whole periods: the last ones, after some that are left out, in cents."""
    window = payments[cents].total(months=months + skip + DUE, skip=skip + DUE)
    return window.only_if(told(payments[cents]))


def for_years(number: int) -> Expression:
    """Whether there are periods before the last years: a year that was not whole is no measure."""
    return payments.count(skip=12 * number - 1 + DUE).at_least(1)


periods = payments.count(months=12 + DUE, skip=DUE)
paid, sales = over("tax_paid_cents"), over("sales_cents")
# A fee that is not told was not raised.
fees = payments["late_fee_cents"].total(months=12 + DUE, skip=DUE)

FEATURES = (
    Feature(
        name="tax_paid_12",
        theme=THEME,
        value=paid / 100,
        unit="CNY",
        direction=-1,
        title_zh="近 12 个月实缴税额",
        title_en="Tax paid over 12 months",
        null_zh="没有纳税记录，或未经书面同意使用税额",
        null_en="no tax record is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月实缴税额 {value} 元，偏高",
        too_high_en="{value} CNY of tax was paid over 12 months, high",
        too_low_zh="近 12 个月实缴税额仅 {value} 元，偏低",
        too_low_en="Only {value} CNY of tax was paid over 12 months, low",
    ),
    Feature(
        name="tax_trend",
        theme=THEME,
        value=(over("tax_paid_cents", 6) / over("tax_paid_cents", 6, skip=6)).only_if(for_years(1)),
        unit="times",
        direction=-1,
        title_zh="近 6 个月纳税额与此前 6 个月之比",
        title_en="Tax of the last 6 months over the 6 months before",
        null_zh="纳税记录不足一年，或此前 6 个月没有纳税",
        null_en="there is no whole year of tax records, or no tax was paid in the 6 months before",
        too_high_zh="近 6 个月纳税额是此前 6 个月的 {value} 倍，上升",
        too_high_en="Tax of the last 6 months is {value} times that of the 6 before, rising",
        too_low_zh="近 6 个月纳税额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Tax of the last 6 months is only {value} times that of the 6 before, falling",
    ),
    Feature(
        name="tax_year_trend",
        theme=THEME,
        value=(paid / over("tax_paid_cents", 12, skip=12)).only_if(for_years(2)),
        unit="times",
        direction=-1,
        title_zh="近 12 个月纳税额与上年同期之比",
        title_en="Tax of the last 12 months over the year before",
        null_zh="纳税记录不足两年，或上年同期没有纳税",
        null_en="there are no two whole years of tax records, or no tax was paid in the year before",
        too_high_zh="近 12 个月纳税额是上年同期的 {value} 倍，上升",
        too_high_en="Tax of the last 12 months is {value} times that of the year before, rising",
        too_low_zh="近 12 个月纳税额仅为上年同期的 {value} 倍，下降",
        too_low_en="Tax of the last 12 months is only {value} times that of the year before, falling",
    ),
    Feature(
        name="declared_sales_12",
        theme=THEME,
        value=sales / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月申报销售额",
        title_en="Sales declared over 12 months",
        null_zh="没有纳税记录，或未经书面同意使用税额",
        null_en="no tax record is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月申报销售额 {value} 元，偏高",
        too_high_en="Sales of {value} CNY were declared over 12 months, high",
        too_low_zh="近 12 个月申报销售额仅 {value} 元，偏低",
        too_low_en="Sales of only {value} CNY were declared over 12 months, low",
    ),
    Feature(
        name="tax_to_sales_12",
        theme=THEME,
        value=paid / sales,
        unit="fraction",
        direction=0,
        title_zh="近 12 个月税负率",
        title_en="Tax paid over declared sales, 12 months",
        null_zh="近 12 个月没有申报销售额",
        null_en="no sales were declared over 12 months",
        too_high_zh="近 12 个月税负率为 {value}，偏高",
        too_high_en="Tax was {value} of the declared sales over 12 months, high",
        too_low_zh="近 12 个月税负率为 {value}，偏低",
        too_low_en="Tax was {value} of the declared sales over 12 months, low",
    ),
    Feature(
        name="declared_to_invoiced",
        theme=THEME,
        value=sales / invoiced,
        unit="times",
        direction=0,
        title_zh="申报销售额与开票销售额之比",
        title_en="Declared sales over invoiced sales",
        null_zh="近 12 个月没有纳税记录或销项发票",
        null_en="no tax record or no sales invoice of the last 12 months is on file",
        too_high_zh="近 12 个月申报销售额是开票销售额的 {value} 倍，偏高",
        too_high_en="Declared sales are {value} times the invoiced ones over 12 months, high",
        too_low_zh="近 12 个月申报销售额仅为开票销售额的 {value} 倍，偏低",
        too_low_en="Declared sales are only {value} times the invoiced ones over 12 months, low",
    ),
    Feature(
        name="tax_late_share",
        theme=THEME,
        value=payments.count(
            months=12 + DUE, skip=DUE, where=payments["status"].one_of("late", "missing")
        )
        / periods,
        unit="fraction",
        direction=+1,
        title_zh="近 12 个月逾期或未申报比例",
        title_en="Share of tax periods late or missing over 12 months",
        null_zh="近 12 个月没有纳税记录",
        null_en="no tax record of the last 12 months is on file",
        too_high_zh="近 12 个月有 {value} 的税款逾期或未申报，偏高",
        too_high_en="{value} of the tax periods of 12 months were late or missing, high",
        too_low_zh="近 12 个月仅 {value} 的税款逾期或未申报",
        too_low_en="Only {value} of the tax periods of 12 months were late or missing",
    ),
    Feature(
        name="tax_zero_share_24",
        theme=THEME,
        value=payments.count(months=24 + DUE, skip=DUE, where=payments["tax_paid_cents"].at_most(0))
        / payments.count(months=24 + DUE, skip=DUE, where=payments["tax_paid_cents"].known()),
        unit="fraction",
        direction=+1,
        title_zh="近 24 个月零缴税比例",
        title_en="Share of tax periods without any payment over 24 months",
        null_zh="近 24 个月没有缴税金额记录",
        null_en="no amount of tax of the last 24 months is on file",
        too_high_zh="近 24 个月有 {value} 的纳税期没有缴税，偏高",
        too_high_en="Nothing was paid in {value} of the tax periods of 24 months, high",
        too_low_zh="近 24 个月仅 {value} 的纳税期没有缴税",
        too_low_en="Nothing was paid in only {value} of the tax periods of 24 months",
    ),
    Feature(
        name="tax_unpaid_share_12",
        theme=THEME,
        value=(over("tax_payable_cents") - paid) / over("tax_payable_cents"),
        unit="fraction",
        direction=+1,
        title_zh="近 12 个月应缴未缴税额比例",
        title_en="Share of tax due that was not paid over 12 months",
        null_zh="近 12 个月没有应缴税额",
        null_en="no tax was due over 12 months",
        too_high_zh="近 12 个月应缴税额有 {value} 未缴，偏高",
        too_high_en="{value} of the tax due over 12 months was not paid, high",
        too_low_zh="近 12 个月应缴税额仅 {value} 未缴",
        too_low_en="Only {value} of the tax due over 12 months was not paid",
    ),
    Feature(
        name="tax_late_fees_12",
        theme=THEME,
        value=(fees / 100).only_if(told(payments["tax_paid_cents"])),
        unit="CNY",
        direction=+1,
        title_zh="近 12 个月税收滞纳金",
        title_en="Late fees on tax over 12 months",
        null_zh="没有纳税记录，或未经书面同意使用税额",
        null_en="no tax record is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月税收滞纳金 {value} 元，偏高",
        too_high_en="Late fees on tax were {value} CNY over 12 months, high",
        too_low_zh="近 12 个月税收滞纳金仅 {value} 元",
        too_low_en="Late fees on tax were only {value} CNY over 12 months",
    ),
)
