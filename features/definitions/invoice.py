"""Invoices: sales, their trend, and how much hangs on one customer."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "invoice"

months = Records("invoice_month")
sold = months["direction"].equals("out")
bought = months["direction"].equals("in")

FEATURES = (
    Feature(
        name="sales_12",
        theme=THEME,
        value=months["amount_cents"].sum(months=12, where=sold) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月开票销售额",
        title_en="Invoiced sales over 12 months",
        null_zh="没有发票记录",
        null_en="no invoice is on file",
        too_high_zh="近 12 个月开票销售额 {value} 元，偏高",
        too_high_en="Invoiced sales over 12 months were {value} CNY, high",
        too_low_zh="近 12 个月开票销售额仅 {value} 元，偏低",
        too_low_en="Invoiced sales over 12 months were only {value} CNY, low",
    ),
    Feature(
        name="sales_trend",
        theme=THEME,
        value=months["amount_cents"].sum(months=6, where=sold)
        / months["amount_cents"].sum(months=12, skip=6, where=sold),
        unit="times",
        direction=-1,
        title_zh="近 6 个月销售额与此前 6 个月之比",
        title_en="Sales of the last 6 months over the 6 months before",
        null_zh="此前 6 个月没有销售",
        null_en="nothing was sold in the 6 months before",
        too_high_zh="近 6 个月销售额是此前 6 个月的 {value} 倍，上升",
        too_high_en="Sales of the last 6 months are {value} times those of the 6 before, rising",
        too_low_zh="近 6 个月销售额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Sales of the last 6 months are only {value} times those of the 6 before, falling",
    ),
    Feature(
        name="void_rate",
        theme=THEME,
        value=months["void_count"].sum(months=12, where=sold)
        / months["invoice_count"].sum(months=12, where=sold),
        unit="fraction",
        direction=+1,
        title_zh="近 12 个月作废发票比例",
        title_en="Share of void invoices over 12 months",
        null_zh="没有发票记录",
        null_en="no invoice is on file",
        too_high_zh="近 12 个月有 {value} 的发票作废，偏高",
        too_high_en="{value} of the invoices were voided over 12 months, high",
        too_low_zh="近 12 个月仅 {value} 的发票作废",
        too_low_en="Only {value} of the invoices were voided over 12 months",
    ),
    Feature(
        name="purchases_to_sales",
        theme=THEME,
        value=months["amount_cents"].sum(months=12, where=bought)
        / months["amount_cents"].sum(months=12, where=sold),
        unit="times",
        direction=0,
        title_zh="进项与销项之比",
        title_en="Purchases over sales",
        null_zh="没有销售发票",
        null_en="no sale was invoiced",
        too_high_zh="近 12 个月进项是销项的 {value} 倍，偏高",
        too_high_en="Purchases over 12 months are {value} times the sales, high",
        too_low_zh="近 12 个月进项仅为销项的 {value} 倍，偏低",
        too_low_en="Purchases over 12 months are only {value} times the sales, low",
    ),
)
