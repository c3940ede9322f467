"""Credit history: what the subject owes, and whether it was ever late."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "credit_history"

reported = Records("credit_month")
enquiries = Records("credit_enquiry")

FEATURES = (
    Feature(
        name="overdue_periods_12",
        theme=THEME,
        value=reported["overdue_periods"].largest(months=12),
        unit="periods",
        direction=+1,
        title_zh="近 12 个月最高逾期期数",
        title_en="Most overdue periods over 12 months",
        null_zh="没有信贷记录",
        null_en="no credit is on record",
        too_high_zh="近 12 个月最高逾期 {value} 期",
        too_high_en="It was up to {value} periods overdue over 12 months",
        too_low_zh="近 12 个月最高逾期 {value} 期",
        too_low_en="It was up to {value} periods overdue over 12 months",
    ),
    Feature(
        name="enquiries_6",
        theme=THEME,
        value=enquiries.count(months=6),
        unit="records",
        direction=+1,
        title_zh="近 6 个月信用查询次数",
        title_en="Credit enquiries over 6 months",
        null_zh="没有查询记录",
        null_en="no enquiry is on record",
        too_high_zh="近 6 个月被查询 {value} 次，偏多",
        too_high_en="There were {value} enquiries over 6 months, many",
        too_low_zh="近 6 个月仅被查询 {value} 次",
        too_low_en="There were only {value} enquiries over 6 months",
    ),
)
