"""Applications filed earlier: how many, with whom, for how much, and what became of them.

Amounts are compared in yuan alone: an application without a currency is one in US dollars. The application
that is being decided on has its own day, which is not before itself, and so does not count.
"""

from __future__ import annotations

from features.definitions.credit_history import credit_balance
from features.expressions import Records
from features.view import Feature

THEME = "applications_filed"
NO_RECORD_ZH = "没有此前的贷款申请记录"
NO_RECORD_EN = "no earlier application is on record"
NO_RECORD_CNY_ZH = "没有此前的人民币贷款申请"
NO_RECORD_CNY_EN = "no earlier application in yuan is on record"
NO_RECORD_CREDIT_ZH = "没有此前的人民币贷款申请，或没有信贷余额"
NO_RECORD_CREDIT_EN = "no earlier application in yuan, or no balance is on record"
NO_RECORD_LOAN_ZH = "没有此前的放款记录"
NO_RECORD_LOAN_EN = "no earlier loan is on record"
NO_RECORD_GRANTED_ZH = "近 24 个月没有贷款申请或放款记录"
NO_RECORD_GRANTED_EN = "no application or loan is on record over 24 months"

applications = Records("loan_application")
loans = Records("loan_account")
in_yuan = applications["currency"].equals("CNY")
asked = applications["amount_cents"]
secured = applications["guarantee_kind"].one_of("mortgage", "pledge", "mixed")

FEATURES = (
    Feature(
        name="applications_6",
        theme=THEME,
        value=applications.count(months=6),
        unit="records",
        direction=+1,
        title_zh="近 6 个月贷款申请次数",
        title_en="Applications over 6 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 6 个月申请贷款 {value} 次，偏多",
        too_high_en="There were {value} applications over 6 months, many",
        too_low_zh="近 6 个月申请贷款 {value} 次，偏少",
        too_low_en="There were {value} applications over 6 months, few",
    ),
    Feature(
        name="applications_24",
        theme=THEME,
        value=applications.count(months=24),
        unit="records",
        direction=+1,
        title_zh="近 24 个月贷款申请次数",
        title_en="Applications over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月申请贷款 {value} 次，偏多",
        too_high_en="There were {value} applications over 24 months, many",
        too_low_zh="近 24 个月申请贷款 {value} 次，偏少",
        too_low_en="There were {value} applications over 24 months, few",
    ),
    Feature(
        name="application_lenders_12",
        theme=THEME,
        value=applications["institution_code"].distinct(months=12),
        unit="lenders",
        direction=+1,
        title_zh="近 12 个月申请贷款的机构数",
        title_en="Lenders applied to over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月向 {value} 家机构申请贷款，偏多",
        too_high_en="{value} lender(s) were applied to over 12 months, many",
        too_low_zh="近 12 个月向 {value} 家机构申请贷款，偏少",
        too_low_en="{value} lender(s) were applied to over 12 months, few",
    ),
    Feature(
        name="application_amount_last",
        theme=THEME,
        value=asked.latest(where=in_yuan) / 100,
        unit="CNY",
        direction=0,
        title_zh="上一次申请金额",
        title_en="Amount of the last application",
        null_zh=NO_RECORD_CNY_ZH,
        null_en=NO_RECORD_CNY_EN,
        too_high_zh="上一次申请 {value} 元，偏高",
        too_high_en="The last application was for {value} CNY, high",
        too_low_zh="上一次申请 {value} 元，偏低",
        too_low_en="The last application was for {value} CNY, low",
    ),
    Feature(
        name="application_amount_12",
        theme=THEME,
        value=asked.total(months=12, where=in_yuan) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月申请总金额",
        title_en="Amount applied for over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月共申请 {value} 元，偏高",
        too_high_en="{value} CNY was applied for over 12 months, high",
        too_low_zh="近 12 个月共申请 {value} 元，偏低",
        too_low_en="{value} CNY was applied for over 12 months, low",
    ),
    Feature(
        name="application_to_credit",
        theme=THEME,
        value=asked.latest(where=in_yuan) / 100 / credit_balance,
        unit="times",
        direction=0,
        title_zh="上一次申请金额相当于信贷余额的倍数",
        title_en="Last application relative to the balance",
        null_zh=NO_RECORD_CREDIT_ZH,
        null_en=NO_RECORD_CREDIT_EN,
        too_high_zh="上一次申请金额是现有信贷余额的 {value} 倍，偏高",
        too_high_en="The last application is {value} times the balance, high",
        too_low_zh="上一次申请金额是现有信贷余额的 {value} 倍，偏低",
        too_low_en="The last application is {value} times the balance, low",
    ),
    Feature(
        name="application_term_last",
        theme=THEME,
        value=applications["term_months"].latest(),
        unit="months",
        direction=0,
        title_zh="上一次申请期限",
        title_en="Term of the last application",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="上一次申请期限为 {value} 个月，偏长",
        too_high_en="The last application was for {value} months, long",
        too_low_zh="上一次申请期限为 {value} 个月，偏短",
        too_low_en="The last application was for {value} months, short",
    ),
    Feature(
        name="application_secured_share_24",
        theme=THEME,
        value=applications.count(months=24, where=secured) / applications.count(months=24),
        unit="fraction",
        direction=0,
        title_zh="近 24 个月抵质押类申请占比",
        title_en="Share of applications with security over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月有 {value} 的申请提供抵押或质押，偏高",
        too_high_en="{value} of the applications over 24 months offered security, high",
        too_low_zh="近 24 个月有 {value} 的申请提供抵押或质押，偏低",
        too_low_en="{value} of the applications over 24 months offered security, low",
    ),
    Feature(
        name="applications_joint_24",
        theme=THEME,
        value=applications.count(months=24, where=applications["group_application_no"].known()),
        unit="records",
        direction=0,
        title_zh="近 24 个月联合申请次数",
        title_en="Joint applications over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月联合申请 {value} 次，偏多",
        too_high_en="There were {value} joint applications over 24 months, many",
        too_low_zh="近 24 个月联合申请 {value} 次，偏少",
        too_low_en="There were {value} joint applications over 24 months, few",
    ),
    Feature(
        name="loans_granted_share_24",
        theme=THEME,
        value=loans.count(months=24) / applications.count(months=24),
        unit="fraction",
        direction=-1,
        title_zh="近 24 个月放款占申请比例",
        title_en="Loans of 24 months relative to applications",
        null_zh=NO_RECORD_GRANTED_ZH,
        null_en=NO_RECORD_GRANTED_EN,
        too_high_zh="近 24 个月放款次数占申请次数的 {value}，偏高",
        too_high_en="Loans of 24 months are {value} of the applications, high",
        too_low_zh="近 24 个月放款次数占申请次数的 {value}，偏低",
        too_low_en="Loans of 24 months are {value} of the applications, low",
    ),
    Feature(
        name="loan_rate_last",
        theme=THEME,
        value=loans["rate_bp"].latest() / 10000,
        unit="fraction",
        direction=0,
        title_zh="上一笔贷款年利率",
        title_en="Yearly rate of the last loan",
        null_zh=NO_RECORD_LOAN_ZH,
        null_en=NO_RECORD_LOAN_EN,
        too_high_zh="上一笔贷款年利率为 {value}，偏高",
        too_high_en="The yearly rate of the last loan is {value}, high",
        too_low_zh="上一笔贷款年利率为 {value}，偏低",
        too_low_en="The yearly rate of the last loan is {value}, low",
    ),
)
