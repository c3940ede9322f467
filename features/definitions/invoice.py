"""Invoices: sales and purchases, their trend, and how much was voided or reversed.

Whole months are counted: a month is told by its first day and is known only in the month after, so that the
last two months are left out. With them, every trend would fall at the beginning of a month.
"""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Expression, Records
from features.view import Feature

THEME = "invoice"

WHOLE = 2

months = Records("invoice_month")
sold = months["direction"].equals("out")
bought = months["direction"].equals("in")
sold_for_a_year = months.count(skip=11 + WHOLE, where=sold).at_least(1)
bought_for_a_year = months.count(skip=11 + WHOLE, where=bought).at_least(1)


def over(column: str, which: Expression, last: int = 12, skip: int = 0) -> Expression:
    """Sum of a column over whole months: the last ones, after some that are left out."""
    window = months[column].total(months=last + skip + WHOLE, skip=skip + WHOLE, where=which)
    return window.only_if(told(months[column]))


sales = over("amount_cents", sold)
purchases = over("amount_cents", bought)
reversed_sales = over("red_cents", sold)

FEATURES = (
    Feature(
        name="sales_12",
        theme=THEME,
        value=sales / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月开票销售额",
        title_en="Invoiced sales over 12 months",
        null_zh="没有发票记录，或未经书面同意使用金额",
        null_en="no invoice is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月开票销售额 {value} 元，偏高",
        too_high_en="Invoiced sales over 12 months were {value} CNY, high",
        too_low_zh="近 12 个月开票销售额仅 {value} 元，偏低",
        too_low_en="Invoiced sales over 12 months were only {value} CNY, low",
    ),
    Feature(
        name="sales_trend",
        theme=THEME,
        value=(over("amount_cents", sold, 6) / over("amount_cents", sold, 6, skip=6)).only_if(
            sold_for_a_year
        ),
        unit="times",
        direction=-1,
        title_zh="近 6 个月销售额与此前 6 个月之比",
        title_en="Sales of the last 6 months over the 6 months before",
        null_zh="没有一年前的销项发票，或上期没有销售",
        null_en="there are no sales invoices of a year ago, or nothing was sold in the earlier period",
        too_high_zh="近 6 个月销售额是此前 6 个月的 {value} 倍，上升",
        too_high_en="Sales of the last 6 months are {value} times those of the 6 before, rising",
        too_low_zh="近 6 个月销售额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Sales of the last 6 months are only {value} times those of the 6 before, falling",
    ),
    Feature(
        name="sales_trend_3",
        theme=THEME,
        value=(over("amount_cents", sold, 3) / over("amount_cents", sold, 3, skip=3)).only_if(
            sold_for_a_year
        ),
        unit="times",
        direction=-1,
        title_zh="近 3 个月销售额与此前 3 个月之比",
        title_en="Sales of the last 3 months over the 3 months before",
        null_zh="没有一年前的销项发票，或上期没有销售",
        null_en="there are no sales invoices of a year ago, or nothing was sold in the earlier period",
        too_high_zh="近 3 个月销售额是此前 3 个月的 {value} 倍，上升",
        too_high_en="Sales of the last 3 months are {value} times those of the 3 before, rising",
        too_low_zh="近 3 个月销售额仅为此前 3 个月的 {value} 倍，下降",
        too_low_en="Sales of the last 3 months are only {value} times those of the 3 before, falling",
    ),
    Feature(
        name="sales_year_trend",
        theme=THEME,
        value=(sales / over("amount_cents", sold, 12, skip=12)).only_if(
            months.count(skip=23 + WHOLE, where=sold).at_least(1)
        ),
        unit="times",
        direction=-1,
        title_zh="近 12 个月销售额与上年同期之比",
        title_en="Sales of the last 12 months over the year before",
        null_zh="没有两年前的销项发票，或上年同期没有销售",
        null_en="there are no sales invoices of two years ago, or nothing was sold in the year before",
        too_high_zh="近 12 个月销售额是上年同期的 {value} 倍，上升",
        too_high_en="Sales of the last 12 months are {value} times those of the year before, rising",
        too_low_zh="近 12 个月销售额仅为上年同期的 {value} 倍，下降",
        too_low_en="Sales of the last 12 months are only {value} times those of the year before, falling",
    ),
    Feature(
        name="sales_per_invoice_12",
        theme=THEME,
        value=sales / over("invoice_count", sold) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月平均每张销项发票金额",
        title_en="Mean amount of a sales invoice over 12 months",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月平均每张销项发票 {value} 元，偏高",
        too_high_en="A sales invoice averaged {value} CNY over 12 months, high",
        too_low_zh="近 12 个月平均每张销项发票仅 {value} 元，偏低",
        too_low_en="A sales invoice averaged only {value} CNY over 12 months, low",
    ),
    Feature(
        name="void_rate",
        theme=THEME,
        value=over("void_count", sold) / over("invoice_count", sold),
        unit="fraction",
        direction=+1,
        title_zh="近 12 个月作废发票比例",
        title_en="Share of void invoices over 12 months",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月有 {value} 的发票作废，偏高",
        too_high_en="{value} of the invoices were voided over 12 months, high",
        too_low_zh="近 12 个月仅 {value} 的发票作废",
        too_low_en="Only {value} of the invoices were voided over 12 months",
    ),
    Feature(
        # Real enterprises that reverse invoices are the larger ones, so that no direction is firm.
        name="red_amount_rate",
        theme=THEME,
        value=reversed_sales / (sales + reversed_sales),
        unit="fraction",
        direction=0,
        title_zh="近 12 个月红字冲销金额比例",
        title_en="Share of sales reversed by red-letter invoices over 12 months",
        null_zh="近 12 个月没有销项发票，或未填红字金额",
        null_en="no sale was invoiced over 12 months, or reversals are not told",
        too_high_zh="近 12 个月销售额有 {value} 被红字冲销，偏高",
        too_high_en="{value} of the sales of 12 months were reversed, high",
        too_low_zh="近 12 个月销售额仅 {value} 被红字冲销",
        too_low_en="Only {value} of the sales of 12 months were reversed",
    ),
    Feature(
        name="purchases_12",
        theme=THEME,
        value=purchases / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月进项采购额",
        title_en="Invoiced purchases over 12 months",
        null_zh="没有发票记录，或未经书面同意使用金额",
        null_en="no invoice is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月进项采购额 {value} 元，偏高",
        too_high_en="Invoiced purchases over 12 months were {value} CNY, high",
        too_low_zh="近 12 个月进项采购额仅 {value} 元，偏低",
        too_low_en="Invoiced purchases over 12 months were only {value} CNY, low",
    ),
    Feature(
        name="purchases_trend",
        theme=THEME,
        value=(over("amount_cents", bought, 6) / over("amount_cents", bought, 6, skip=6)).only_if(
            bought_for_a_year
        ),
        unit="times",
        direction=0,
        title_zh="近 6 个月采购额与此前 6 个月之比",
        title_en="Purchases of the last 6 months over the 6 months before",
        null_zh="没有一年前的进项发票，或上期没有采购",
        null_en="there are no purchase invoices of a year ago, or nothing was bought in the earlier period",
        too_high_zh="近 6 个月采购额是此前 6 个月的 {value} 倍，上升",
        too_high_en="Purchases of the last 6 months are {value} times those of the 6 before, rising",
        too_low_zh="近 6 个月采购额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Purchases of the last 6 months are only {value} times those of the 6 before, falling",
    ),
    Feature(
        name="purchases_to_sales",
        theme=THEME,
        value=purchases / sales,
        unit="times",
        direction=0,
        title_zh="进项与销项之比",
        title_en="Purchases over sales",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月进项是销项的 {value} 倍，偏高",
        too_high_en="Purchases over 12 months are {value} times the sales, high",
        too_low_zh="近 12 个月进项仅为销项的 {value} 倍，偏低",
        too_low_en="Purchases over 12 months are only {value} times the sales, low",
    ),
)
