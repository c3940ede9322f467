"""Social security in arrears, by the labour bureau's own lists."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "social_security"

owed = Records("social_security_arrears")

owed_still = owed["cleared_on"].open_on_day()

FEATURES = (
    Feature(
        name="social_security_owed",
        theme=THEME,
        value=owed["owed_cents"].total(where=owed_still) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未清缴的社保欠费",
        title_en="Social security arrears not yet cleared",
        null_zh="没有社保欠费记录",
        null_en="no arrears of social security are on record",
        too_high_zh="尚未清缴的社保欠费 {value} 元，偏高",
        too_high_en="Social security arrears of {value} CNY have not been cleared, high",
        too_low_zh="尚未清缴的社保欠费 {value} 元，偏低",
        too_low_en="Social security arrears of {value} CNY have not been cleared, low",
    ),
    Feature(
        name="social_security_arrears_24",
        theme=THEME,
        value=owed.count(months=24),
        unit="records",
        direction=+1,
        title_zh="近 24 个月社保欠费次数",
        title_en="Social security arrears over 24 months",
        null_zh="没有社保欠费记录",
        null_en="no arrears of social security are on record",
        too_high_zh="近 24 个月有 {value} 次社保欠费",
        too_high_en="There were {value} cases of social security arrears over 24 months",
        too_low_zh="近 24 个月仅 {value} 次社保欠费",
        too_low_en="There were only {value} cases of social security arrears over 24 months",
    ),
    Feature(
        name="longest_social_arrears_24",
        theme=THEME,
        value=owed["owed_months"].largest(months=24),
        unit="months",
        direction=+1,
        title_zh="近 24 个月单次最长社保欠费月数",
        title_en="Longest social security arrears over 24 months",
        null_zh="近 24 个月没有社保欠费记录",
        null_en="no arrears of social security in 24 months are on record",
        too_high_zh="近 24 个月社保欠费最长达 {value} 个月",
        too_high_en="Social security was up to {value} months in arrears over 24 months",
        too_low_zh="近 24 个月社保欠费最长仅 {value} 个月",
        too_low_en="Social security was only up to {value} months in arrears over 24 months",
    ),
)
