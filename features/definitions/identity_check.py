"""Checks of identity: for rules before a decision, not for a score."""

from __future__ import annotations

from features.expressions import Records, months_since
from features.view import Feature

THEME = "identity_check"
NO_RECORD_ZH = "没有身份核验记录"
NO_RECORD_EN = "no check of identity is on record"
NO_RECORD_MISMATCH_ZH = "没有不一致的身份核验"
NO_RECORD_MISMATCH_EN = "no check of identity failed"

checks = Records("identity_check")
result = checks["result"]
failed = result.one_of("mismatch", "not_found")

FEATURES = (
    Feature(
        name="identity_checks_12",
        theme=THEME,
        value=checks.count(months=12),
        unit="records",
        direction=0,
        title_zh="近 12 个月身份核验次数",
        title_en="Checks of identity over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月身份核验 {value} 次，偏多",
        too_high_en="There were {value} checks of identity over 12 months, many",
        too_low_zh="近 12 个月身份核验 {value} 次，偏少",
        too_low_en="There were {value} checks of identity over 12 months, few",
    ),
    Feature(
        name="identity_mismatches_24",
        theme=THEME,
        value=checks.count(months=24, where=failed),
        unit="records",
        direction=+1,
        title_zh="近 24 个月身份核验不一致次数",
        title_en="Failed checks of identity over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月身份核验不一致或无记录 {value} 次，偏多",
        too_high_en="{value} checks of identity over 24 months failed, many",
        too_low_zh="近 24 个月身份核验不一致或无记录 {value} 次，偏少",
        too_low_en="{value} checks of identity over 24 months failed, few",
    ),
    Feature(
        name="identity_mismatch_share_24",
        theme=THEME,
        value=checks.count(months=24, where=failed)
        / checks.count(months=24, where=result.one_of("match", "mismatch", "not_found")),
        unit="fraction",
        direction=+1,
        title_zh="近 24 个月身份核验不一致比例",
        title_en="Share of failed checks of identity over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月有 {value} 的身份核验不一致，偏高",
        too_high_en="{value} of the checks of identity over 24 months failed, high",
        too_low_zh="近 24 个月有 {value} 的身份核验不一致，偏低",
        too_low_en="{value} of the checks of identity over 24 months failed, low",
    ),
    Feature(
        name="identity_months_since_mismatch",
        theme=THEME,
        value=months_since(checks["checked_on"].largest(where=failed)),
        unit="months",
        direction=-1,
        title_zh="距最近一次身份核验不一致的月数",
        title_en="Months since a check of identity last failed",
        null_zh=NO_RECORD_MISMATCH_ZH,
        null_en=NO_RECORD_MISMATCH_EN,
        too_high_zh="距最近一次身份核验不一致 {value} 个月，偏长",
        too_high_en="A check of identity last failed {value} month(s) ago, long",
        too_low_zh="距最近一次身份核验不一致 {value} 个月，偏短",
        too_low_en="A check of identity last failed {value} month(s) ago, short",
    ),
)
