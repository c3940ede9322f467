"""Housing fund: how long and how regularly contributions are paid.

What is contributed tells of income, so that amounts are used with the person's written consent alone (REG-03).
"""

from __future__ import annotations

from features.expressions import Records, months_since
from features.view import Feature

THEME = "housing_fund"
NO_RECORD_ZH = "没有公积金缴存记录"
NO_RECORD_EN = "no housing fund record is on file"
NO_RECORD_CONSENT_ZH = "没有公积金缴存金额，或未取得书面授权"
NO_RECORD_CONSENT_EN = "no amount of the housing fund is on record, or there is no written consent"

fund = Records("housing_fund")
month = fund["month_on"]
contributed = fund["contributed_on"].known()

FEATURES = (
    Feature(
        name="fund_months_12",
        theme=THEME,
        value=month.distinct(months=12, where=contributed),
        unit="months",
        direction=-1,
        title_zh="近 12 个月公积金缴存月数",
        title_en="Months of 12 with a housing fund contribution",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月缴存公积金 {value} 个月，偏多",
        too_high_en="The housing fund was paid in {value} of the last 12 months, often",
        too_low_zh="近 12 个月缴存公积金 {value} 个月，偏少",
        too_low_en="The housing fund was paid in {value} of the last 12 months, seldom",
    ),
    Feature(
        name="fund_months_total",
        theme=THEME,
        value=month.distinct(where=contributed),
        unit="months",
        direction=-1,
        title_zh="累计公积金缴存月数",
        title_en="Months with a housing fund contribution",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="累计缴存公积金 {value} 个月，偏多",
        too_high_en="The housing fund was paid in {value} month(s) altogether, many",
        too_low_zh="累计缴存公积金 {value} 个月，偏少",
        too_low_en="The housing fund was paid in {value} month(s) altogether, few",
    ),
    Feature(
        name="fund_owed_months_12",
        theme=THEME,
        value=month.distinct(months=12, where=fund["fund_status"].equals("owed")),
        unit="months",
        direction=+1,
        title_zh="近 12 个月公积金欠缴月数",
        title_en="Months of 12 with the housing fund owed",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月欠缴公积金 {value} 个月，偏多",
        too_high_en="The housing fund was owed in {value} of the last 12 months, often",
        too_low_zh="近 12 个月欠缴公积金 {value} 个月，偏少",
        too_low_en="The housing fund was owed in {value} of the last 12 months, seldom",
    ),
    Feature(
        name="fund_months_since_contribution",
        theme=THEME,
        value=months_since(month.largest(where=contributed)),
        unit="months",
        direction=+1,
        title_zh="距最近一次缴存公积金的月数",
        title_en="Months since the last housing fund contribution",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="距最近一次缴存公积金 {value} 个月，偏长",
        too_high_en="The housing fund was last paid {value} month(s) ago, long",
        too_low_zh="距最近一次缴存公积金 {value} 个月，偏短",
        too_low_en="The housing fund was last paid {value} month(s) ago, short",
    ),
    Feature(
        name="fund_accounts_24",
        theme=THEME,
        value=fund["fund_account_no"].distinct(months=24),
        unit="accounts",
        direction=0,
        title_zh="近 24 个月公积金账户数",
        title_en="Housing fund accounts in 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月有 {value} 个公积金账户，偏多",
        too_high_en="There were {value} housing fund account(s) in 24 months, many",
        too_low_zh="近 24 个月有 {value} 个公积金账户，偏少",
        too_low_en="There were {value} housing fund account(s) in 24 months, few",
    ),
    Feature(
        name="fund_base",
        theme=THEME,
        value=fund["base_cents"].mean(months=6) / 100,
        unit="CNY",
        direction=-1,
        title_zh="近 6 个月公积金月均缴存基数",
        title_en="Mean housing fund base over 6 months",
        null_zh=NO_RECORD_CONSENT_ZH,
        null_en=NO_RECORD_CONSENT_EN,
        too_high_zh="近 6 个月公积金月均缴存基数为 {value} 元，偏高",
        too_high_en="The housing fund base averages {value} CNY over 6 months, high",
        too_low_zh="近 6 个月公积金月均缴存基数为 {value} 元，偏低",
        too_low_en="The housing fund base averages {value} CNY over 6 months, low",
    ),
    Feature(
        name="fund_base_growth",
        theme=THEME,
        value=fund["base_cents"].mean(months=6) / fund["base_cents"].mean(months=18, skip=6),
        unit="times",
        direction=-1,
        title_zh="公积金缴存基数变化倍数",
        title_en="Change of the housing fund base",
        null_zh=NO_RECORD_CONSENT_ZH,
        null_en=NO_RECORD_CONSENT_EN,
        too_high_zh="近 6 个月公积金缴存基数是此前 12 个月的 {value} 倍，上升",
        too_high_en="The housing fund base is {value} times that of the 12 months before, rising",
        too_low_zh="近 6 个月公积金缴存基数是此前 12 个月的 {value} 倍，下降",
        too_low_en="The housing fund base is {value} times that of the 12 months before, falling",
    ),
    Feature(
        name="fund_paid_share_12",
        theme=THEME,
        value=fund["contributed_cents"].sum(months=12) / fund["payable_cents"].sum(months=12),
        unit="fraction",
        direction=-1,
        title_zh="近 12 个月公积金实缴比例",
        title_en="Share of the housing fund paid over 12 months",
        null_zh=NO_RECORD_CONSENT_ZH,
        null_en=NO_RECORD_CONSENT_EN,
        too_high_zh="近 12 个月公积金应缴金额已缴 {value}，偏高",
        too_high_en="{value} of the housing fund due over 12 months was paid, high",
        too_low_zh="近 12 个月公积金应缴金额已缴 {value}，偏低",
        too_low_en="{value} of the housing fund due over 12 months was paid, low",
    ),
)
