"""The application: how much is asked for, under which programme, for how many jobs."""

from __future__ import annotations

from features.expressions import EVERYONE, Records
from features.view import Feature, code_titles

THEME = "application"

applications = Records("loan_application")
registrations = Records("registration")
loans = Records("loan_account")

amount = applications["amount_cents"].latest()
usual_amount = loans["amount_cents"].sum(months=12).among(EVERYONE) / loans.count(months=12).among(
    EVERYONE
)
jobs = applications["jobs_created"].latest() + applications["jobs_retained"].latest()

FEATURES = (
    Feature(
        name="loan_amount",
        theme=THEME,
        value=amount / 100,
        unit="USD",
        direction=0,
        title_zh="申请金额",
        title_en="Amount",
        null_zh="没有贷款申请记录",
        null_en="no application is on record",
        too_high_zh="申请金额为 {value} 美元，偏高",
        too_high_en="The amount is {value} USD, high",
        too_low_zh="申请金额为 {value} 美元，偏低",
        too_low_en="The amount is {value} USD, low",
    ),
    Feature(
        name="loan_amount_relative",
        theme=THEME,
        value=amount / usual_amount,
        unit="times",
        direction=0,
        title_zh="申请金额相当于近一年平均放款额的倍数",
        title_en="Amount relative to the mean loan of the last year",
        null_zh="没有贷款申请记录，或近一年没有任何放款",
        null_en="no application is on record, or nobody was lent to in the last year",
        too_high_zh="申请金额是近一年平均放款额的 {value} 倍，偏高",
        too_high_en="The amount is {value} times the mean loan of the last year, high",
        too_low_zh="申请金额是近一年平均放款额的 {value} 倍，偏低",
        too_low_en="The amount is {value} times the mean loan of the last year, low",
    ),
    Feature(
        name="guaranteed_share",
        theme=THEME,
        value=applications["guaranteed_cents"].latest() / amount,
        unit="fraction",
        direction=0,
        title_zh="担保比例",
        title_en="Guaranteed share",
        null_zh="没有贷款申请记录",
        null_en="no application is on record",
        too_high_zh="担保金额占申请金额的 {value}，偏高",
        too_high_en="{value} of the amount is guaranteed, a high share",
        too_low_zh="担保金额占申请金额的 {value}，偏低",
        too_low_en="{value} of the amount is guaranteed, a low share",
    ),
    Feature(
        name="loan_programme",
        theme=THEME,
        value=applications["programme"].latest(),
        unit="code",
        direction=0,
        title_zh="贷款项目",
        title_en="Programme",
        labels=code_titles("loan_application", "programme"),
        null_zh="没有贷款申请记录",
        null_en="no application is on record",
        too_high_zh="所申请的贷款项目（{value}）以往风险较高",
        too_high_en="Loans under the programme applied for ({value}) carried more risk",
    ),
    Feature(
        name="jobs_created",
        theme=THEME,
        value=applications["jobs_created"].latest(),
        unit="jobs",
        direction=0,
        title_zh="预计新增岗位",
        title_en="Jobs to be created",
        null_zh="没有贷款申请记录",
        null_en="no application is on record",
        too_high_zh="预计新增岗位 {value} 个，偏多",
        too_high_en="{value} jobs are to be created, many",
        too_low_zh="预计新增岗位 {value} 个，偏少",
        too_low_en="{value} jobs are to be created, few",
    ),
    Feature(
        name="jobs_retained",
        theme=THEME,
        value=applications["jobs_retained"].latest(),
        unit="jobs",
        direction=0,
        title_zh="预计保留岗位",
        title_en="Jobs to be retained",
        null_zh="没有贷款申请记录",
        null_en="no application is on record",
        too_high_zh="预计保留岗位 {value} 个，偏多",
        too_high_en="{value} jobs are to be retained, many",
        too_low_zh="预计保留岗位 {value} 个，偏少",
        too_low_en="{value} jobs are to be retained, few",
    ),
    Feature(
        name="jobs_per_employee",
        theme=THEME,
        value=jobs / registrations["employees"].latest(),
        unit="times",
        direction=0,
        title_zh="新增与保留岗位相当于现有员工的倍数",
        title_en="Jobs created and retained relative to employees",
        null_zh="没有贷款申请或登记记录，或员工人数为零",
        null_en="no application or registration is on record, or there are no employees",
        too_high_zh="新增与保留岗位合计是现有员工的 {value} 倍，偏高",
        too_high_en="Jobs created and retained are {value} times the employees, high",
        too_low_zh="新增与保留岗位合计是现有员工的 {value} 倍，偏低",
        too_low_en="Jobs created and retained are {value} times the employees, low",
    ),
    Feature(
        name="lender_in_same_region",
        theme=THEME,
        value=applications["institution_region"].latest().equals(registrations["region"].latest()),
        unit="yes/no",
        direction=0,
        title_zh="贷款机构与企业同在一地区",
        title_en="Lender in the same region",
        null_zh="贷款机构或企业的地区不明",
        null_en="the region of the lender or of the enterprise is not known",
        too_high_zh="所选贷款机构与企业同在一地区",
        too_high_en="The lender is in the same region as the enterprise",
        too_low_zh="所选贷款机构不在企业所在地区",
        too_low_en="The lender is not in the region of the enterprise",
    ),
)
