"""Tax: how much was paid, whether on time, and the yearly grade."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "tax"

payments = Records("tax_payment")
grades = Records("tax_grade")
arrears = Records("tax_arrears")

FEATURES = (
    Feature(
        name="tax_paid_12",
        theme=THEME,
        value=payments["tax_paid_cents"].sum(months=12) / 100,
        unit="CNY",
        direction=-1,
        title_zh="近 12 个月实缴税额",
        title_en="Tax paid over 12 months",
        null_zh="没有纳税记录",
        null_en="no tax record is on file",
        too_high_zh="实缴税额 {value} 元，偏高",
        too_high_en="Tax paid was {value} CNY, high",
        too_low_zh="近 12 个月实缴税额仅 {value} 元，偏低",
        too_low_en="Only {value} CNY of tax was paid over 12 months, low",
    ),
    Feature(
        name="tax_trend",
        theme=THEME,
        value=payments["tax_paid_cents"].sum(months=6)
        / payments["tax_paid_cents"].sum(months=12, skip=6),
        unit="times",
        direction=-1,
        title_zh="近 6 个月纳税额与此前 6 个月之比",
        title_en="Tax of the last 6 months over the 6 months before",
        null_zh="此前 6 个月没有纳税",
        null_en="no tax was paid in the 6 months before",
        too_high_zh="近 6 个月纳税额是此前 6 个月的 {value} 倍，上升",
        too_high_en="Tax of the last 6 months is {value} times that of the 6 before, rising",
        too_low_zh="近 6 个月纳税额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Tax of the last 6 months is only {value} times that of the 6 before, falling",
    ),
    Feature(
        name="tax_late_share",
        theme=THEME,
        value=payments.count(months=12, where=payments["status"].equals("late"))
        / payments.count(months=12),
        unit="fraction",
        direction=+1,
        title_zh="近 12 个月逾期申报缴税比例",
        title_en="Share of tax paid late over 12 months",
        null_zh="没有纳税记录",
        null_en="no tax record is on file",
        too_high_zh="近 12 个月有 {value} 的税款逾期缴纳，偏高",
        too_high_en="{value} of the tax was paid late over 12 months, high",
        too_low_zh="近 12 个月仅 {value} 的税款逾期缴纳",
        too_low_en="Only {value} of the tax was paid late over 12 months",
    ),
)
