"""Enquiries: how often, by how many lenders and for what the credit record was looked at.

Only enquiries for an approval tell of wanting credit; those after lending, of oneself and of courts do not.
"""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "enquiry"
NO_RECORD_ZH = "没有查询记录"
NO_RECORD_EN = "no enquiry is on record"
NO_RECORD_YEAR_ZH = "近 12 个月没有审批类查询"
NO_RECORD_YEAR_EN = "there was no enquiry for an approval over 12 months"

enquiries = Records("credit_enquiry")
purpose = enquiries["purpose"]
for_approval = purpose.one_of("LOAN_APPROVAL", "CARD_APPROVAL", "GUARANTOR_REVIEW")

FEATURES = (
    Feature(
        name="approval_enquiries_1",
        theme=THEME,
        value=enquiries.count(months=1, where=for_approval),
        unit="records",
        direction=+1,
        title_zh="近 1 个月审批类查询次数",
        title_en="Enquiries for an approval over one month",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 1 个月因授信审批被查询 {value} 次，偏多",
        too_high_en="There were {value} enquiries for an approval over one month, many",
        too_low_zh="近 1 个月因授信审批被查询 {value} 次，偏少",
        too_low_en="There were {value} enquiries for an approval over one month, few",
    ),
    Feature(
        name="approval_enquiries_3",
        theme=THEME,
        value=enquiries.count(months=3, where=for_approval),
        unit="records",
        direction=+1,
        title_zh="近 3 个月审批类查询次数",
        title_en="Enquiries for an approval over 3 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月因授信审批被查询 {value} 次，偏多",
        too_high_en="There were {value} enquiries for an approval over 3 months, many",
        too_low_zh="近 3 个月因授信审批被查询 {value} 次，偏少",
        too_low_en="There were {value} enquiries for an approval over 3 months, few",
    ),
    Feature(
        name="approval_enquiries_12",
        theme=THEME,
        value=enquiries.count(months=12, where=for_approval),
        unit="records",
        direction=+1,
        title_zh="近 12 个月审批类查询次数",
        title_en="Enquiries for an approval over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月因授信审批被查询 {value} 次，偏多",
        too_high_en="There were {value} enquiries for an approval over 12 months, many",
        too_low_zh="近 12 个月因授信审批被查询 {value} 次，偏少",
        too_low_en="There were {value} enquiries for an approval over 12 months, few",
    ),
    Feature(
        name="enquiring_lenders_12",
        theme=THEME,
        value=enquiries["institution_code"].distinct(months=12, where=for_approval),
        unit="lenders",
        direction=+1,
        title_zh="近 12 个月审批类查询机构数",
        title_en="Lenders that enquired for an approval over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月有 {value} 家机构因授信审批查询，偏多",
        too_high_en="{value} lender(s) enquired for an approval over 12 months, many",
        too_low_zh="近 12 个月有 {value} 家机构因授信审批查询，偏少",
        too_low_en="{value} lender(s) enquired for an approval over 12 months, few",
    ),
    Feature(
        name="enquiry_pace",
        theme=THEME,
        value=enquiries.count(months=3, where=for_approval)
        * 4
        / enquiries.count(months=12, where=for_approval),
        unit="times",
        direction=0,
        title_zh="近 3 个月审批类查询相当于全年平均的倍数",
        title_en="Enquiries for an approval in 3 months, relative to the year",
        null_zh=NO_RECORD_YEAR_ZH,
        null_en=NO_RECORD_YEAR_EN,
        too_high_zh="近 3 个月审批类查询频度是全年平均的 {value} 倍，偏高",
        too_high_en="Enquiries of the last 3 months are {value} times the mean of the year, high",
        too_low_zh="近 3 个月审批类查询频度是全年平均的 {value} 倍，偏低",
        too_low_en="Enquiries of the last 3 months are {value} times the mean of the year, low",
    ),
    Feature(
        name="guarantor_enquiries_12",
        theme=THEME,
        value=enquiries.count(months=12, where=purpose.equals("GUARANTOR_REVIEW")),
        unit="records",
        direction=0,
        title_zh="近 12 个月担保资格审查查询次数",
        title_en="Enquiries as a guarantor over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月因担保资格审查被查询 {value} 次，偏多",
        too_high_en="There were {value} enquiries as a guarantor over 12 months, many",
        too_low_zh="近 12 个月因担保资格审查被查询 {value} 次，偏少",
        too_low_en="There were {value} enquiries as a guarantor over 12 months, few",
    ),
    Feature(
        name="post_loan_enquiries_12",
        theme=THEME,
        value=enquiries.count(months=12, where=purpose.equals("POST_LOAN")),
        unit="records",
        direction=0,
        title_zh="近 12 个月贷后管理查询次数",
        title_en="Enquiries after lending over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月因贷后管理被查询 {value} 次，偏多",
        too_high_en="There were {value} enquiries after lending over 12 months, many",
        too_low_zh="近 12 个月因贷后管理被查询 {value} 次，偏少",
        too_low_en="There were {value} enquiries after lending over 12 months, few",
    ),
)
