"""Decisions of lenders on earlier applications: for rules and reports, not for a score."""

from __future__ import annotations

from features.expressions import Records, months_since
from features.view import Feature

THEME = "credit_decision"
NO_RECORD_ZH = "没有授信决定记录"
NO_RECORD_EN = "no decision of a lender is on record"
NO_RECORD_REJECTED_ZH = "没有被拒绝的记录"
NO_RECORD_REJECTED_EN = "no rejection is on record"

decisions = Records("credit_decision")
rejected = decisions["decision"].equals("rejected")

FEATURES = (
    Feature(
        name="decisions_12",
        theme=THEME,
        value=decisions.count(months=12),
        unit="records",
        direction=0,
        title_zh="近 12 个月授信决定次数",
        title_en="Decisions of lenders over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月有 {value} 次授信决定，偏多",
        too_high_en="There were {value} decisions over 12 months, many",
        too_low_zh="近 12 个月有 {value} 次授信决定，偏少",
        too_low_en="There were {value} decisions over 12 months, few",
    ),
    Feature(
        name="rejections_12",
        theme=THEME,
        value=decisions.count(months=12, where=rejected),
        unit="records",
        direction=+1,
        title_zh="近 12 个月贷款申请被拒次数",
        title_en="Rejected applications over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月贷款申请被拒 {value} 次，偏多",
        too_high_en="{value} applications were rejected over 12 months, many",
        too_low_zh="近 12 个月贷款申请被拒 {value} 次，偏少",
        too_low_en="{value} applications were rejected over 12 months, few",
    ),
    Feature(
        name="rejection_share_24",
        theme=THEME,
        value=decisions.count(months=24, where=rejected) / decisions.count(months=24),
        unit="fraction",
        direction=+1,
        title_zh="近 24 个月贷款申请被拒比例",
        title_en="Share of rejected applications over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月有 {value} 的贷款申请被拒，偏高",
        too_high_en="{value} of the applications were rejected over 24 months, high",
        too_low_zh="近 24 个月有 {value} 的贷款申请被拒，偏低",
        too_low_en="{value} of the applications were rejected over 24 months, low",
    ),
    Feature(
        name="months_since_rejection",
        theme=THEME,
        value=months_since(decisions["decided_on"].largest(where=rejected)),
        unit="months",
        direction=-1,
        title_zh="距最近一次被拒的月数",
        title_en="Months since the last rejection",
        null_zh=NO_RECORD_REJECTED_ZH,
        null_en=NO_RECORD_REJECTED_EN,
        too_high_zh="距最近一次贷款申请被拒 {value} 个月，偏长",
        too_high_en="The last rejection was {value} month(s) ago, long",
        too_low_zh="距最近一次贷款申请被拒 {value} 个月，偏短",
        too_low_en="The last rejection was {value} month(s) ago, short",
    ),
)
