"""Courts: cases for and against the subject.

A case is announced several times (filing, hearing, judgment), so that its numbers are counted and not its
announcements, and its amount is taken from the filing.
"""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Records, months_since
from features.view import Feature

THEME = "judicial"

cases = Records("court_case")
number = cases["case_no"]
against = cases["role"].equals("defendant")
filed_against = against.and_also(cases["kind"].equals("filing"))
decided_against = against.and_also(cases["outcome"].known())
pending = cases["closed_on"].open_on_day()

FEATURES = (
    Feature(
        name="cases_against_24",
        theme=THEME,
        value=number.distinct(months=24, where=against),
        unit="records",
        direction=+1,
        title_zh="近 24 个月作为被告的案件数",
        title_en="Cases as a defendant over 24 months",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="近 24 个月有 {value} 起案件作为被告",
        too_high_en="There are {value} court case(s) as a defendant over 24 months",
        too_low_zh="近 24 个月仅 {value} 起案件作为被告",
        too_low_en="There are only {value} court case(s) as a defendant over 24 months",
    ),
    Feature(
        name="cases_against_open",
        theme=THEME,
        value=number.distinct(where=against.and_also(pending)),
        unit="records",
        direction=+1,
        title_zh="作为被告的未结案件数",
        title_en="Open cases as a defendant",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="目前有 {value} 起作为被告的案件未结",
        too_high_en="{value} court case(s) as a defendant are open now",
        too_low_zh="目前仅 {value} 起作为被告的案件未结",
        too_low_en="Only {value} court case(s) as a defendant are open now",
    ),
    Feature(
        name="claimed_against_24",
        theme=THEME,
        value=(cases["amount_cents"].total(months=24, where=filed_against) / 100).only_if(
            told(cases["amount_cents"])
        ),
        unit="CNY",
        direction=+1,
        title_zh="近 24 个月被诉金额",
        title_en="Amount claimed as a defendant over 24 months",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="近 24 个月被诉金额 {value} 元，偏高",
        too_high_en="{value} CNY was claimed in court as a defendant over 24 months, high",
        too_low_zh="近 24 个月被诉金额仅 {value} 元",
        too_low_en="Only {value} CNY was claimed in court as a defendant over 24 months",
    ),
    Feature(
        name="largest_claim_against_24",
        theme=THEME,
        value=cases["amount_cents"].largest(months=24, where=against) / 100,
        unit="CNY",
        direction=+1,
        title_zh="近 24 个月单案最大被诉金额",
        title_en="Largest claim as a defendant over 24 months",
        null_zh="近 24 个月没有作为被告的案件，或未公布金额",
        null_en="no case as a defendant in 24 months, or its amount was not published",
        too_high_zh="近 24 个月单案最大被诉金额 {value} 元，偏高",
        too_high_en="The largest claim as a defendant over 24 months is {value} CNY, high",
        too_low_zh="近 24 个月单案最大被诉金额仅 {value} 元",
        too_low_en="The largest claim as a defendant over 24 months is only {value} CNY",
    ),
    Feature(
        name="lost_share_36",
        theme=THEME,
        value=number.distinct(months=36, where=against.and_also(cases["outcome"].equals("lost")))
        / number.distinct(months=36, where=decided_against),
        unit="fraction",
        direction=+1,
        title_zh="近 36 个月作为被告的败诉比例",
        title_en="Share of cases lost as a defendant over 36 months",
        null_zh="近 36 个月没有作为被告且公布结果的案件",
        null_en="no case as a defendant with a published outcome in 36 months",
        too_high_zh="近 36 个月作为被告的案件有 {value} 败诉，偏高",
        too_high_en="{value} of the cases as a defendant over 36 months were lost, high",
        too_low_zh="近 36 个月作为被告的案件仅 {value} 败诉",
        too_low_en="Only {value} of the cases as a defendant over 36 months were lost",
    ),
    Feature(
        name="cases_brought_24",
        theme=THEME,
        value=number.distinct(months=24, where=cases["role"].equals("plaintiff")),
        unit="records",
        direction=0,
        title_zh="近 24 个月作为原告的案件数",
        title_en="Cases as a plaintiff over 24 months",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="近 24 个月作为原告起诉 {value} 起，偏多",
        too_high_en="{value} court case(s) as a plaintiff over 24 months, many",
        too_low_zh="近 24 个月作为原告起诉 {value} 起，偏少",
        too_low_en="{value} court case(s) as a plaintiff over 24 months, few",
    ),
    Feature(
        # Many courts do not tell the role, and a case of any role blames nobody.
        name="court_cases_24",
        theme=THEME,
        value=number.distinct(months=24),
        unit="records",
        direction=0,
        title_zh="近 24 个月涉诉案件数（不论诉讼地位）",
        title_en="Court cases in any role over 24 months",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="近 24 个月涉诉案件 {value} 起（不论诉讼地位），偏多",
        too_high_en="{value} court case(s) in any role over 24 months, many",
        too_low_zh="近 24 个月涉诉案件 {value} 起（不论诉讼地位），偏少",
        too_low_en="{value} court case(s) in any role over 24 months, few",
    ),
    Feature(
        name="bankruptcy_cases_60",
        theme=THEME,
        value=number.distinct(
            months=60, where=cases["kind"].equals("bankruptcy").and_also(against)
        ),
        unit="records",
        direction=+1,
        title_zh="近 60 个月作为被申请人的破产案件数",
        title_en="Bankruptcy cases as the debtor over 60 months",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="近 60 个月有 {value} 起作为被申请人的破产案件",
        too_high_en="There are {value} bankruptcy case(s) as the debtor over 60 months",
        too_low_zh="近 60 个月仅 {value} 起作为被申请人的破产案件",
        too_low_en="There are only {value} bankruptcy case(s) as the debtor over 60 months",
    ),
    Feature(
        name="months_since_case_against",
        theme=THEME,
        value=months_since(cases["announced_on"].latest(where=against)),
        unit="months",
        direction=-1,
        title_zh="最近一次作为被告至今月数",
        title_en="Months since the last case as a defendant",
        null_zh="没有作为被告的案件",
        null_en="no case as a defendant is on file",
        too_high_zh="最近一次作为被告在 {value} 个月前，时间较久",
        too_high_en="The last case as a defendant was {value} month(s) ago, long ago",
        too_low_zh="最近一次作为被告在 {value} 个月前，时间较近",
        too_low_en="The last case as a defendant was {value} month(s) ago, recently",
    ),
)
