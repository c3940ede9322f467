"""Social security and wages in arrears, by the labour bureau's own lists."""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Records
from features.view import Feature

THEME = "social_security"

owed = Records("social_security_arrears")
wages = Records("wage_arrears")

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
    Feature(
        name="wage_arrears_open",
        theme=THEME,
        value=wages.count(where=wages["cleared_on"].open_on_day()).more_than(0),
        unit="yes/no",
        direction=+1,
        title_zh="目前拖欠工资",
        title_en="Wages in arrears now",
        null_zh="没有列入拖欠工资名单",
        null_en="no listing for wage arrears is on file",
        too_high_zh="企业目前仍有拖欠的工资未清偿",
        too_high_en="Wages in arrears have not been paid yet",
        too_low_zh="拖欠的工资已经清偿",
        too_low_en="The wages in arrears have been paid",
    ),
    Feature(
        name="wage_arrears_36",
        theme=THEME,
        value=wages.count(months=36),
        unit="records",
        direction=+1,
        title_zh="近 36 个月拖欠工资次数",
        title_en="Times on the list of wage arrears over 36 months",
        null_zh="没有列入拖欠工资名单",
        null_en="no listing for wage arrears is on file",
        too_high_zh="近 36 个月有 {value} 次拖欠工资",
        too_high_en="The enterprise was listed {value} times for wage arrears over 36 months",
        too_low_zh="近 36 个月仅 {value} 次拖欠工资",
        too_low_en="The enterprise was listed only {value} times for wage arrears over 36 months",
    ),
    Feature(
        name="wages_owed_36",
        theme=THEME,
        value=(wages["amount_cents"].total(months=36) / 100).only_if(told(wages["amount_cents"])),
        unit="CNY",
        direction=+1,
        title_zh="近 36 个月拖欠工资金额",
        title_en="Wages listed as in arrears over 36 months",
        null_zh="没有列入拖欠工资名单",
        null_en="no listing for wage arrears is on file",
        too_high_zh="近 36 个月拖欠工资 {value} 元，偏高",
        too_high_en="Wages of {value} CNY were listed as in arrears over 36 months, high",
        too_low_zh="近 36 个月拖欠工资仅 {value} 元",
        too_low_en="Wages of only {value} CNY were listed as in arrears over 36 months",
    ),
    Feature(
        name="people_unpaid_36",
        theme=THEME,
        value=wages["people"].total(months=36).only_if(told(wages["people"])),
        unit="people",
        direction=+1,
        title_zh="近 36 个月被拖欠工资人数",
        title_en="People whose wages were in arrears over 36 months",
        null_zh="没有列入拖欠工资名单",
        null_en="no listing for wage arrears is on file",
        too_high_zh="近 36 个月拖欠 {value} 人的工资",
        too_high_en="Wages of {value} people were in arrears over 36 months",
        too_low_zh="近 36 个月仅拖欠 {value} 人的工资",
        too_low_en="Wages of only {value} people were in arrears over 36 months",
    ),
)
